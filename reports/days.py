"""Days and intervals of reports, in China's time (UTC+8, no summer time). Pure."""

from datetime import date, datetime, timedelta, timezone

from domain.clock import DAY_MS
from domain.errors import Fault, Refused

CHINA = timezone(timedelta(hours=8))
OFFSET_MS = 8 * 3_600_000
SIZES = {"half_hour": 1_800_000, "hour": 3_600_000, "day": DAY_MS}
"""Intervals of one length; week and month are made of days."""
INTERVALS = (*SIZES, "week", "month")


def midnight(day: date) -> int:
    """Give the start of a day, UTC ms.

    >>> midnight(date(2026, 11, 22))
    1795276800000
    """
    return int(datetime(day.year, day.month, day.day, tzinfo=CHINA).timestamp() * 1000)


def day_of(utc_ms: int) -> date:
    """Tell the day of a moment.

    >>> day_of(1795276799999).isoformat(), day_of(1795276800000).isoformat()
    ('2026-11-21', '2026-11-22')
    """
    return datetime.fromtimestamp(utc_ms / 1000, CHINA).date()


def span(start: str, end: str, now_ms: int) -> tuple[int, int]:
    """Read --from and --to: today, yesterday, a date (its whole day) or an ISO time.

    >>> span("2026-11-22", "2026-11-22", 0)
    (1795276800000, 1795363200000)
    >>> span("yesterday", "today", 1795276800000)
    (1795190400000, 1795363200000)
    >>> span("2026-11-22T09:30", "2026-11-22T10:00", 0)
    (1795311000000, 1795312800000)
    """
    first, _ = _moment("from", start, now_ms)
    last, whole_day = _moment("to", end or start, now_ms)
    until = last + DAY_MS if whole_day else last
    if until <= first:
        raise Refused(Fault("", 0, "to", f"{end} is not after {start}"))
    return first, until


def _moment(key: str, text: str, now_ms: int) -> tuple[int, bool]:
    named = {"today": 0, "yesterday": 1}
    if text in named:
        return midnight(day_of(now_ms) - timedelta(days=named[text])), True
    try:
        if len(text) == 10:
            return midnight(date.fromisoformat(text)), True
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        wanted = "today, yesterday, 2026-11-22 or 2026-11-22T09:30"
        raise Refused(Fault("", 0, key, f"{text!r} is no day; use {wanted}")) from error
    moment = moment if moment.tzinfo else moment.replace(tzinfo=CHINA)
    return int(moment.timestamp() * 1000), False


def label(interval: str, utc_ms: int) -> str:
    """Name the interval that a moment lies in, sortable.

    >>> [label(i, 1795312799999) for i in INTERVALS]
    ['2026-11-22 09:30', '2026-11-22 09:00', '2026-11-22', '2026-W47', '2026-11']
    """
    moment = datetime.fromtimestamp(utc_ms / 1000, CHINA)
    week = moment.isocalendar()
    return {
        "half_hour": f"{moment:%Y-%m-%d %H}:{moment.minute // 30 * 30:02d}",
        "hour": f"{moment:%Y-%m-%d %H}:00",
        "day": f"{moment:%Y-%m-%d}",
        "week": f"{week.year}-W{week.week:02d}",
        "month": f"{moment:%Y-%m}",
    }[interval]


def step(interval: str) -> int:
    """Give the length that SQL groups by, ms; weeks and months are put together from days."""
    return SIZES.get(interval, DAY_MS)


def labels(interval: str, start_ms: int, end_ms: int) -> list[str]:
    """Name every interval of a time, empty ones too.

    >>> labels("hour", 1795312799999, 1795312800001)
    ['2026-11-22 09:00', '2026-11-22 10:00']
    """
    size = step(interval)
    first = (start_ms + OFFSET_MS) // size * size - OFFSET_MS
    return list(dict.fromkeys(label(interval, at) for at in range(first, end_ms, size)))


def borders(interval: str, start_ms: int, end_ms: int) -> list[tuple[int, int]]:
    """Cut a time at the interval's borders: half-open stretches, UTC ms.

    >>> borders("hour", 1795312799999, 1795312800001)
    [(1795312799999, 1795312800000), (1795312800000, 1795312800001)]
    """
    size = step(interval)
    first = (start_ms + OFFSET_MS) // size * size - OFFSET_MS
    return [(max(at, start_ms), min(at + size, end_ms)) for at in range(first, end_ms, size)]
