"""The kinds of text that a configuration holds: ids, numbers, times of day, addresses.

A fault says in both languages what is wrong; it never repeats the value, which may be a secret.
"""

import re
from datetime import date, datetime
from typing import Annotated, Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, Field

from domain.numbers import classify, parse
from office.texts import both

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
"""Days of the week as calendars write them, Monday first."""
_MINUTE = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d")


def fits(pattern: str, zh: str, en: str) -> AfterValidator:
    """Demand that the whole text matches; the refusal never repeats the text."""
    wanted = re.compile(pattern)

    def check(text: str) -> str:
        if not wanted.fullmatch(text):
            raise ValueError(both(zh, en))
        return text

    return AfterValidator(check)


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (OSError, ValueError, LookupError) as error:
        raise ValueError(both("没有这个时区", "is not a known time zone")) from error
    return name


def _day(text: str) -> str:
    try:
        date.fromisoformat(text)
    except ValueError as error:
        raise ValueError(
            both("应为日期，如 2026-10-01", "must be a date like 2026-10-01")
        ) from error
    return text


def _moment(text: str) -> str:
    """Give a wall-clock minute as `2026-11-23T14:00`; a space may stand for the T."""
    try:
        if not _MINUTE.fullmatch(text):
            raise ValueError(text)
        return datetime.fromisoformat(text).isoformat("T", "minutes")
    except ValueError as error:
        raise ValueError(
            both("应为时刻，如 2026-11-23T14:00", "must be a time like 2026-11-23T14:00")
        ) from error


def _once(items: tuple[Any, ...]) -> tuple[Any, ...]:
    """Demand that nothing (or no id) stands twice."""
    names = [getattr(item, "id", item) for item in items]
    twice = sorted({str(name) for name in names if names.count(name) > 1})
    if twice:
        listed = ", ".join(twice)
        raise ValueError(both(f"重复：{listed}", f"stands twice: {listed}"))
    return items


def _some(items: Any) -> Any:
    """Demand an entry; pydantic's own min_length also complains when an entry is spoilt."""
    if not items:
        raise ValueError(both("至少要有一项", "needs at least one entry"))
    return items


def _url(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError(both("应为 http(s) 网址", "must be an http(s) address"))
    if parts.username or parts.password:
        raise ValueError(
            both("网址里不能写账号密码，请用引用", "must not carry a password; use the reference")
        )
    return text


def _person(text: str) -> str:
    """Give the key of a number under which somebody is reached; "" stays: there is none."""
    key = parse(text)
    if text and classify(key) not in ("mobile", "landline"):
        raise ValueError(
            both(
                "应为手机号码或带区号的固定电话",
                "must be a mobile, or a landline with its area code",
            )
        )
    return key


def _no_400(text: str) -> str:
    if classify(parse(text)) == "free400":
        raise ValueError(
            both(
                "400/800 号码只能呼入，请填中继上登记的号码",
                "a 400 or 800 number only takes calls: give a number registered on a trunk",
            )
        )
    return text


_DAY_LIST = rf"(?:{'|'.join(DAYS)})(?:-(?:{'|'.join(DAYS)}))?"
Id = Annotated[
    str,
    fits(
        r"[a-z][a-z0-9_-]{0,31}",
        "应为小写英文字母开头的短名（字母、数字、- 和 _）",
        "must be a short name of lower-case letters, digits, - and _, a letter first",
    ),
]
Line = Annotated[
    str,
    Field(min_length=1, max_length=60),
    fits(
        r"[^\x00-\x1f\x7f\u2028\u2029]*", "不能含换行或控制字符", "must not hold control characters"
    ),
]
Number = Annotated[
    str,
    fits(r"\+?[0-9]{2,20}", "应为 2–20 位数字号码", "must be a telephone number of 2-20 digits"),
]
AlsoCalled = Annotated[
    str,
    fits(
        r"\+?[0-9]{2,20}(?:@[a-z0-9][a-z0-9-]{0,31})?",
        "应为 2–20 位数字号码，可加 @中继名",
        "must be a telephone number of 2-20 digits, @trunk allowed after it",
    ),
]
CallerId = Annotated[Number, AfterValidator(_no_400)]
Person = Annotated[str, Field(max_length=32), AfterValidator(_person)]
Called = Annotated[
    str,
    fits(r"[0-9+() -]{3,32}", "应为电话号码", "must be a telephone number"),
    AfterValidator(parse),
    fits(r"\+?[0-9]{3,20}", "应为电话号码", "must be a telephone number"),
]
Permitted = Annotated[
    str,
    fits(
        r"mobile|landline|service|abroad|\+?[0-9]{1,15}",
        "应为 mobile、landline、service、abroad 或号码的开头",
        "must be mobile, landline, service, abroad or the beginning of numbers",
    ),
]
AgentNumber = Annotated[
    str, fits(r"[0-9]{2,10}", "工号应为 2–10 位数字", "must be an agent number of 2-10 digits")
]
Opens = Annotated[
    str,
    fits(
        r"(?:[01][0-9]|2[0-3]):[0-5][0-9]",
        "应为时刻，如 09:00",
        "must be a time of day like 09:00",
    ),
]
Closes = Annotated[
    str,
    fits(
        r"(?:[01][0-9]|2[0-3]):[0-5][0-9]|24:00",
        "应为时刻，如 18:00，最晚 24:00",
        "must be a time of day like 18:00, at the latest 24:00",
    ),
]
Days = Annotated[
    str,
    fits(
        rf"{_DAY_LIST}(?:,\s*{_DAY_LIST})*",
        "应为星期，如 mon-fri 或 sat,sun",
        "must be days like mon-fri or sat,sun",
    ),
]
Day = Annotated[str, AfterValidator(_day)]
Moment = Annotated[str, AfterValidator(_moment)]
Url = Annotated[str, Field(max_length=500), AfterValidator(_url)]
SecretRef = Annotated[
    str,
    fits(
        r"env:[A-Z_][A-Z0-9_]*|file:[A-Za-z0-9_.-]+",
        "密钥只能引用：env:变量名，或 file:var/secrets.json 里的名字",
        "must refer to a secret: env:NAME, or file:NAME for a name in var/secrets.json",
    ),
]
Zone = Annotated[str, AfterValidator(_zone)]
Once = AfterValidator(_once)
Some = AfterValidator(_some)
