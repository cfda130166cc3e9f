"""Where a Chinese number comes from: province and city, of mobiles and of area codes.

Stands on the table of the package `phone` (as of the end of 2023; who took a number to another
carrier kept its city). Read once, when first asked: 4.5 MB, some milliseconds.
"""

import logging
from dataclasses import dataclass
from functools import cache
from typing import Any

from domain.numbers import classify

log = logging.getLogger("yingda.origins")


@dataclass(frozen=True, slots=True)
class Origin:
    """Province and city in Chinese, without 省 and 市; both "" where nothing is known."""

    province: str = ""
    city: str = ""


NOWHERE = Origin()


def origin(key: str) -> Origin:
    """Say where the number of this key was issued.

    >>> origin("02861234567"), origin("4008000001")
    (Origin(province='四川', city='成都'), Origin(province='', city=''))
    """
    kind = classify(key)
    if kind == "mobile":
        found = _table().find(key)
        return Origin(found["province"], found["city"]) if found else NOWHERE
    if kind == "landline":
        codes = _areas()
        return codes.get(key[:3]) or codes.get(key[:4]) or NOWHERE
    return NOWHERE


@cache
def _table() -> Any:
    from phone import Phone  # 4.5 MB that many installations never ask for

    return Phone()


@cache
def _areas() -> dict[str, Origin]:
    """Index the table's places by area code; of several that share one, the seat of most."""
    table = _table()
    head: int = table.head_fmt_length
    lines = table.buf[head : table.first_phone_record_offset].decode().split("\0")
    places = [parts for line in lines if len(parts := line.split("|")) == 4]
    found: dict[str, Origin] = {}
    for province, city, _, code in sorted(places, key=lambda parts: parts[2], reverse=True):
        found[code] = Origin(province, city)  # the lowest post code comes last: the largest city
    return found
