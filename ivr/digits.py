"""Whether digits that were typed in can be right: check sums. Pure."""

from collections.abc import Callable, Mapping

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_LAST = "10X98765432"


def is_id_card(text: str) -> bool:
    """Tell whether it is a resident identity number (GB 11643): 18 signs, the last a check.

    >>> is_id_card("11010519491231002X"), is_id_card("110105194912310021"), is_id_card("1")
    (True, False, False)
    """
    body, last = text[:-1], text[-1:].upper()
    if len(text) != 18 or not (body.isascii() and body.isdecimal()):
        return False
    total = sum(int(digit) * weight for digit, weight in zip(body, _WEIGHTS, strict=True))
    return _LAST[total % 11] == last


def is_luhn(text: str) -> bool:
    """Tell whether the last digit is the check sum of ISO/IEC 7812 (bank cards).

    >>> is_luhn("4111111111111111"), is_luhn("4111111111111112"), is_luhn("")
    (True, False, False)
    """
    if not (text.isascii() and text.isdecimal()):
        return False
    doubled = (int(digit) * (2 if n % 2 else 1) for n, digit in enumerate(reversed(text)))
    return sum(value // 10 + value % 10 for value in doubled) % 10 == 0


CHECKS: Mapping[str, Callable[[str], bool]] = {
    "": lambda text: True,
    "id_card": is_id_card,
    "luhn": is_luhn,
}
"""The checks by the word that a flow uses."""
