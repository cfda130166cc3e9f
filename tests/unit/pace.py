"""How much of an exhaustive test `make check` does; `make test` and CI do all of it."""

import os
from collections.abc import Iterable
from typing import TypeVar

T = TypeVar("T")
QUICK = os.environ.get("YINGDA_PROPERTIES") == "quick"


def some(cases: Iterable[T], every: int) -> list[T]:
    """Give all cases; when quick, one of so many."""
    return list(cases)[:: every if QUICK else 1]
