"""What is said for a value: a list of prompt names, played one after the other. Pure.

The rules of each language stand in `chinese` and `english`; here a language is chosen and the
values are checked.
"""

from collections.abc import Sequence
from datetime import date, time
from decimal import Decimal
from math import ceil
from typing import Protocol

from domain.errors import Fault, NotFound, Refused
from speech import chinese, english

MOST = 10**15
"""Numbers are said below this; beyond it nobody can follow."""
MOST_MINUTES = 30
"""A wait that may be longer is not told as a range; that it is long is."""


class _Tongue(Protocol):
    """What a language module offers."""

    def number(self, value: int) -> list[str]: ...
    def count(self, value: int) -> list[str]: ...
    def digit(self, digit: str) -> str: ...
    def amount(self, yuan: int, fen: int) -> list[str]: ...
    def day(self, when: date, with_year: bool) -> list[str]: ...
    def clock(self, when: time) -> list[str]: ...
    def duration(self, hours: int, minutes: int, seconds: int) -> list[str]: ...
    def place(self, ahead: int) -> list[str]: ...


_TONGUES: dict[str, _Tongue] = {"zh": chinese, "en": english}


def say_number(value: int | Decimal, language: str) -> list[str]:
    """Say a number, decimals digit by digit; `Refused` from 10^15 on."""
    tongue = _tongue(language)
    whole = _checked(int(value if value >= 0 else -value))
    names = ["num/minus"] if value < 0 else []
    names += tongue.number(whole)
    if isinstance(value, Decimal) and value != value.to_integral_value():
        decimals = format(abs(value).normalize(), "f").partition(".")[2]
        names += ["num/point", *(f"num/{digit}" for digit in decimals)]
    return names


def say_count(value: int, language: str) -> list[str]:
    """Say how many of something there are (zh: 两, not 二)."""
    return _tongue(language).count(_checked(value))


def say_digits(text: str, language: str) -> list[str]:
    """Say digit by digit as numbers are told on a phone (zh: 幺 for 1); others are left out."""
    tongue = _tongue(language)
    return [tongue.digit(sign) for sign in text if sign in "0123456789"]


def say_phone(number: str, language: str) -> list[str]:
    """Say a phone number in the groups that people expect: 138 0013 8000, 400 820 8820."""
    digits = "".join(sign for sign in number if sign in "0123456789")
    sizes: Sequence[int] = ()
    if len(digits) == 11 and digits.startswith("1"):
        sizes = (3, 4, 4)
    elif len(digits) == 10 and digits.startswith(("400", "800")):
        sizes = (3, 3, 4)
    names: list[str] = []
    at = 0
    for size in sizes or (len(digits),):
        names += ["pause"] if names else []
        names += say_digits(digits[at : at + size], language)
        at += size
    return names


def say_code(code: str, language: str) -> list[str]:
    """Say an order id or the like: digits, letters, and a pause for what parts them."""
    tongue = _tongue(language)
    names: list[str] = []
    for sign in code.lower():
        if sign in "0123456789":
            names.append(tongue.digit(sign))
        elif "a" <= sign <= "z":
            names.append(f"letter/{sign}")
        elif names and names[-1] != "pause":
            names.append("pause")
    return names[:-1] if names[-1:] == ["pause"] else names


def say_amount(yuan: Decimal, language: str) -> list[str]:
    """Say an amount of money given in yuan, rounded to the fen."""
    cents = int((abs(yuan) * 100).to_integral_value())
    names = ["num/minus"] if yuan < 0 and cents else []
    return names + _tongue(language).amount(_checked(cents // 100), cents % 100)


def say_date(when: date, language: str, *, with_year: bool = True) -> list[str]:
    """Say a day of the calendar."""
    return _tongue(language).day(when, with_year)


def say_time(when: time, language: str) -> list[str]:
    """Say a time of day to the minute, in the twelve-hour way people speak."""
    return _tongue(language).clock(when)


def say_weekday(when: date, language: str) -> list[str]:
    """Say the day of the week."""
    _tongue(language)
    return [f"weekday/{when.isoweekday()}"]


def say_duration(seconds: float, language: str) -> list[str]:
    """Say a length of time given in seconds, in hours, minutes and seconds."""
    whole = _checked(round(seconds))
    return _tongue(language).duration(whole // 3600, whole % 3600 // 60, whole % 60)


def say_place(ahead: int, language: str) -> list[str]:
    """Tell a waiting caller how many stand before them; 0 means being next."""
    if ahead == 0:
        _tongue(language)
        return ["place_next"]
    return _tongue(language).place(_checked(ahead))


def say_wait(low_s: float, high_s: float, language: str) -> list[str]:
    """Tell a waiting caller how long it will take: whole minutes, the range rounded outwards."""
    low, high = _checked(int(low_s // 60)), _checked(ceil(high_s / 60))
    tongue = _tongue(language)
    if high <= 1:
        return ["wait_short"]
    if high > MOST_MINUTES:
        most = min(low, MOST_MINUTES)
        return ["wait_over", *tongue.duration(0, most, 0)] if low else ["wait_long"]
    if low in (0, high):
        return ["wait_about" if low else "wait_within", *tongue.duration(0, high, 0)]
    return ["wait_about", *tongue.count(low), "wait/to", *tongue.duration(0, high, 0)]


def _tongue(language: str) -> _Tongue:
    try:
        return _TONGUES[language[:2].lower()]
    except KeyError:
        raise NotFound(f"no prompts in the language {language!r}") from None


def _checked(value: int) -> int:
    if not 0 <= value < MOST:
        raise Refused(Fault("", 0, "number", f"{value} cannot be said"))
    return value
