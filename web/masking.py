"""The one place where callers' numbers are masked before anything leaves for a browser."""

from collections.abc import Mapping
from typing import Any

from domain.numbers import mask, mask_within

NUMBER_FIELDS = frozenset(("caller", "caller_raw", "caller_name"))


def masked(row: Mapping[str, Any]) -> dict[str, Any]:
    """Copy a call, a card or a call row with its caller's number masked, left out if withheld."""
    copy = dict(row)
    if copy.get("withheld"):
        return copy | dict.fromkeys(NUMBER_FIELDS & copy.keys(), "")
    for name in ("caller", "caller_raw"):
        if copy.get(name):
            copy[name] = mask(str(copy[name]))
    if copy.get("caller_name"):
        copy["caller_name"] = mask_within(str(copy["caller_name"]))
    return copy
