"""How a number is dialled on a line: its class, then the line's template for that class.

A key (`domain.numbers`) goes in, digits for that trunk come out, or "" when the line does not
dial such numbers. Nothing but digits, with + in front at most, ever leaves.
"""

import re
from typing import Protocol

MOBILE, LANDLINE, SERVICE, ABROAD, EMERGENCY = (
    "mobile",
    "landline",
    "service",
    "abroad",
    "emergency",
)
CLASSES = (MOBILE, LANDLINE, SERVICE, ABROAD)
"""The classes that may be allowed; an emergency number never is."""

_HELP = r"110|112|119|120|122|911|999|12110|12395"
_CLASSES = (
    (EMERGENCY, rf"(?:0(?:10|2[0-9]|[3-9][0-9]{{2}}))?(?:{_HELP})"),
    (MOBILE, r"1[3-9][0-9]{9}"),
    (LANDLINE, r"0(?:10|2[0-9])[2-8][0-9]{7}|0[3-9][0-9]{2}[2-8][0-9]{6,7}"),
    (SERVICE, r"(?:400|800)[0-9]{7}|9[56][0-9]{3,6}|1[0-2][0-9]{1,4}"),
    (ABROAD, r"\+(?!86|0)[0-9]{7,15}"),
)
_TABLE = tuple((name, re.compile(pattern)) for name, pattern in _CLASSES)
_LEAVES = re.compile(r"\+?[0-9]{3,32}")


class Line(Protocol):
    """What is known of a trunk here; `domain.settings.Trunk` is one."""

    @property
    def name(self) -> str: ...
    @property
    def area_code(self) -> str: ...
    @property
    def numbers(self) -> tuple[str, ...]: ...
    @property
    def dial_mobile(self) -> str: ...
    @property
    def dial_local(self) -> str: ...
    @property
    def dial_long(self) -> str: ...
    @property
    def dial_service(self) -> str: ...
    @property
    def dial_abroad(self) -> str: ...


def class_of(key: str) -> str:
    """Tell the class of a number's key, "" for what nobody can be reached by.

    Stricter than reading a caller's number: premium lines (16x…), extensions and short odds
    have no class. Emergency: 110, 112, 119, 120, 122, 911, 999, 12110, 12395, also behind an
    area code.

    >>> class_of("13800138000"), class_of("02861234567"), class_of("95588"), class_of("120")
    ('mobile', 'landline', 'service', 'emergency')
    >>> class_of("+14155550100"), class_of("028110"), class_of("16812345"), class_of("")
    ('abroad', 'emergency', '', '')
    """
    return next((name for name, pattern in _TABLE if pattern.fullmatch(key)), "")


def dialled(key: str, line: Line) -> str:
    """Write the number as this line wants it dialled, "" when the line does not dial such.

    In a template `{n}` is the number as dialled inside China, `{e}` the same without its 0 (of
    numbers abroad: with 00 and without), `{l}` the part of a landline after its area code.
    """
    kind = class_of(key)
    template = _template(key, kind, line)
    if not template:
        return ""
    full = "00" + key[1:] if kind == ABROAD else key
    bare = key.removeprefix("+") if kind == ABROAD else key.removeprefix("0")
    text = template.replace("{n}", full).replace("{e}", bare).replace("{l}", _local(key, line))
    return text if _LEAVES.fullmatch(text) else ""


def _template(key: str, kind: str, line: Line) -> str:
    if kind == LANDLINE:
        return line.dial_local if _local(key, line) else line.dial_long
    return {
        MOBILE: line.dial_mobile,
        SERVICE: line.dial_service,
        ABROAD: line.dial_abroad,
    }.get(kind, "")


def _local(key: str, line: Line) -> str:
    """Give the subscriber's part of a landline in the line's own area, else ""."""
    area = line.area_code
    near = class_of(key) == LANDLINE and area and key.startswith(area)
    return key.removeprefix(area) if near else ""
