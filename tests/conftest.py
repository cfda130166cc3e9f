"""What every test may ask for: a running installation, started once for all.

With YINGDA_CORE=compiled in the environment the tests' own process runs the compiled core too.
"""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from domain import compiled

if os.environ.get(compiled.ASKED) == "compiled":
    compiled.use(Path(__file__).parents[1], os.environ)

from tests.house.system import System, started


@pytest.fixture(scope="session")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    """Give a real running installation; at the end Ctrl-C must leave nothing behind."""
    system = started(tmp_path_factory.mktemp("s"))
    yield system
    system.stop()
