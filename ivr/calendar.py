"""When a hotline is open. Pure: the instant and the kinds of days come as arguments.

The order of the rules: a day in `open` goes by its own hours; a day in `closed` is closed; a
public holiday is closed where the calendar keeps them; a make-up working day goes by the weekday
that it stands in for; any other day goes by its weekday. Hours that end at or before their start
go over midnight and belong to the day on which they start.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

DayKind = Callable[[date], int | None]
"""Which weekday's hours hold on this date (Monday is 0); None on a public holiday."""

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_DAY_MINUTES = 24 * 60
_CHINA = timezone(timedelta(hours=8), "Asia/Shanghai")
"""China has kept one offset since 1992, so that no time zone data is needed for it."""


@dataclass(frozen=True, slots=True)
class Hours:
    """From one minute of the day up to, without, another."""

    start: int
    end: int

    def hold(self, minute: int) -> bool:
        """Tell whether this minute of the starting day lies within; past 1440 is the next day."""
        end = self.end if self.end > self.start else self.end + _DAY_MINUTES
        return self.start <= minute < end


@dataclass(frozen=True, slots=True)
class Calendar:
    """Opening hours: per weekday, whether holidays are kept, and single days that differ."""

    id: str
    zone: tzinfo
    week: Mapping[int, tuple[Hours, ...]]
    holidays: bool
    closed: frozenset[date]
    open: Mapping[date, tuple[Hours, ...]]


def plain_day(day: date) -> int | None:
    """Take every date by its own weekday: a `DayKind` without holidays."""
    return day.weekday()


def is_open(calendar: Calendar, when_utc_ms: int, day_kind: DayKind = plain_day) -> bool:
    """Tell whether the calendar is open at this instant."""
    local = datetime.fromtimestamp(when_utc_ms / 1000, UTC).astimezone(calendar.zone)
    today, minute = local.date(), local.hour * 60 + local.minute
    yesterday = today - timedelta(days=1)
    return any(hours.hold(minute) for hours in _hours(calendar, today, day_kind)) or any(
        hours.hold(minute + _DAY_MINUTES) for hours in _hours(calendar, yesterday, day_kind)
    )


def _hours(calendar: Calendar, day: date, day_kind: DayKind) -> tuple[Hours, ...]:
    if day in calendar.open:
        return calendar.open[day]
    if day in calendar.closed:
        return ()
    weekday = day_kind(day) if calendar.holidays else day.weekday()
    return () if weekday is None else calendar.week.get(weekday, ())


def calendar_from(data: Mapping[str, Any]) -> Calendar:
    """Make a calendar from an entry of calendars.yaml (or the office's dump of it).

    Raises ValueError or KeyError on what the office's check refuses.
    """
    week: dict[int, tuple[Hours, ...]] = {}
    for period in data.get("periods", ()):
        for day in weekdays(period["days"]):
            week[day] = (*week.get(day, ()), _span(period))
    opened: dict[date, tuple[Hours, ...]] = {}
    for entry in data.get("open", ()):
        day_ = _date(entry["date"])
        opened[day_] = (*opened.get(day_, ()), _span(entry))
    return Calendar(
        id=data["id"],
        zone=_zone(data.get("timezone") or "Asia/Shanghai"),
        week=week,
        holidays=data.get("holidays") == "CN",
        closed=frozenset(map(_date, data.get("closed", ()))),
        open=opened,
    )


def weekdays(text: str) -> tuple[int, ...]:
    """Read days of the week; a range may go over the week's end.

    >>> weekdays("mon-wed, sat")
    (0, 1, 2, 5)
    >>> weekdays("sat-mon")
    (5, 6, 0)
    """
    return tuple(day for part in text.replace(" ", "").split(",") for day in _range(part))


def minute_of(text: str) -> int:
    """Read a time of day; 24:00 is the day's end.

    >>> minute_of("09:30"), minute_of("24:00")
    (570, 1440)
    """
    hour, _, minute = text.partition(":")
    total = int(hour) * 60 + int(minute)
    if not 0 <= total <= _DAY_MINUTES:
        raise ValueError(f"no time of day: {text}")
    return total


def _span(data: Mapping[str, Any]) -> Hours:
    start = data.get("from") or data["opens"]
    end = data.get("to") or data["closes"]
    return Hours(minute_of(start), minute_of(end))


def _range(part: str) -> Iterable[int]:
    first, _, last = part.partition("-")
    start, end = _DAYS.index(first), _DAYS.index(last or first)
    return ((start + step) % 7 for step in range((end - start) % 7 + 1))


def _date(value: object) -> date:
    return value if isinstance(value, date) else date.fromisoformat(str(value))


def _zone(name: str) -> tzinfo:
    return _CHINA if name == "Asia/Shanghai" else ZoneInfo(name)


def local_ms(calendar: Calendar, text: str) -> int:
    """Read a local date and time such as 2026-02-14T10:00 as UTC milliseconds."""
    moment = datetime.fromisoformat(text)
    aware = moment if moment.tzinfo else moment.replace(tzinfo=calendar.zone)
    return int(aware.timestamp() * 1000)
