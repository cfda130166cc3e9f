"""The one place where callers' numbers are masked before anything leaves for a browser."""

from collections.abc import Mapping
from typing import Any

from domain.numbers import mask

NUMBER_FIELDS = ("caller", "caller_raw")


def masked(row: Mapping[str, Any]) -> dict[str, Any]:
    """Copy a call, a card or a call row with its caller's number masked."""
    copy = dict(row)
    for name in NUMBER_FIELDS:
        if copy.get(name):
            copy[name] = mask(str(copy[name]))
    return copy
