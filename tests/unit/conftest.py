"""How hard the properties are tried: `make check` quickly, `make test` and CI thoroughly."""

import os

from hypothesis import settings

settings.register_profile("quick", max_examples=15, deadline=None)
settings.register_profile("thorough", max_examples=200, deadline=None)
settings.load_profile(os.environ.get("YINGDA_PROPERTIES", "thorough"))
