"""What is said for a value, as names of prompts, in the language of the call. Pure.

A value comes as text from keys or another system: what is not of its kind is spelled out.
"""

from collections.abc import Callable, Mapping
from datetime import date, datetime, time
from decimal import Decimal, InvalidOperation

import speech
from domain.errors import YingdaError
from ivr.acts import Spoken


def names_of(spoken: Spoken, language: str) -> list[str]:
    """Name the prompts that say a value; nothing for what cannot be said at all.

    >>> names_of(Spoken("digits", "10"), "en")
    ['num/1', 'num/0']
    >>> names_of(Spoken("number", "a1"), "en")
    ['letter/a', 'num/1']
    """
    try:
        return _WAYS[spoken.kind](spoken.text.strip(), language)
    except (YingdaError, ValueError, InvalidOperation, OverflowError):
        return speech.say_code(spoken.text, language)


def _number(text: str, language: str) -> list[str]:
    value = Decimal(text)
    return speech.say_number(int(value) if value == value.to_integral_value() else value, language)


def _amount(text: str, language: str) -> list[str]:
    return speech.say_amount(Decimal(text), language)


def _date(text: str, language: str) -> list[str]:
    return speech.say_date(date.fromisoformat(text.replace("/", "-")[:10]), language)


def _time(text: str, language: str) -> list[str]:
    clock = datetime.fromisoformat(text).time() if len(text) > 10 else time.fromisoformat(text)
    return speech.say_time(clock, language)


def _place(text: str, language: str) -> list[str]:
    return speech.say_place(max(0, int(text) - 1), language)


_WAYS: Mapping[str, Callable[[str, str], list[str]]] = {
    "digits": speech.say_digits,
    "number": _number,
    "amount": _amount,
    "date": _date,
    "time": _time,
    "place": _place,
    "code": speech.say_code,
    "phone": speech.say_phone,
}
