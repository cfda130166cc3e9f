"""Reads said numbers back: the other half of the property "what is said is what was meant"."""

from collections.abc import Sequence

_ZH_UNITS = {"num/ten": 10, "num/hundred": 100, "num/thousand": 1000}
_EN_UNITS = {
    "num/thousand": 10**3,
    "num/million": 10**6,
    "num/billion": 10**9,
    "num/trillion": 10**12,
}


def zh_value(names: Sequence[str]) -> int:
    """Value of a number said in Mandarin."""
    for unit, size in (("num/yi", 10**8), ("num/wan", 10**4)):
        if unit in names:
            at = len(names) - 1 - list(reversed(names)).index(unit)
            return zh_value(names[:at]) * size + (
                zh_value(names[at + 1 :]) if names[at + 1 :] else 0
            )
    total, digit = 0, None
    for name in names:
        if name in _ZH_UNITS:
            total += (1 if digit is None else digit) * _ZH_UNITS[name]
            digit = None
        elif name == "num/liang":
            digit = 2
        else:
            digit = int(name.removeprefix("num/")) or None
    return total + (digit or 0)


def en_value(names: Sequence[str]) -> int:
    """Value of a number said in English."""
    total = below = 0
    for name in names:
        if name in _EN_UNITS:
            total += below * _EN_UNITS[name]
            below = 0
        elif name == "num/hundred":
            below *= 100
        else:
            below += int(name.removeprefix("num/"))
    return total + below
