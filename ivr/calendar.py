"""When a hotline is open. Pure: the instant and the kinds of days come as arguments.

The order of the rules: a day in `open` goes by its own hours; a day in `closed` is closed; a
public holiday is closed where the calendar keeps them; a make-up working day goes by the weekday
that it stands in for; any other day goes by its weekday. Hours that end at or before their start
go over midnight and belong to the day on which they start. What the firm overrides of a country's
holidays goes before what is published (`overridden`). An emergency switch goes before everything
(`forced`).
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

DayKind = Callable[[date], int | None]
"""Which weekday's hours hold on this date (Monday is 0); None on a public holiday."""

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_DAY_MINUTES = 24 * 60
_LAST_MONTH = 12
CHINA = timezone(timedelta(hours=8), "Asia/Shanghai")
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
    return seen_at(calendar, when_utc_ms, day_kind).open


@dataclass(frozen=True, slots=True)
class DayPlan:
    """When a day is open and why: open_day, closed_day, holiday, make_up or weekday.

    `weekday` is the one whose hours hold (Monday 0), None on a day off and where single hours hold.
    """

    day: date
    why: str
    weekday: int | None
    hours: tuple[Hours, ...]


def day_plan(calendar: Calendar, day: date, day_kind: DayKind = plain_day) -> DayPlan:
    """Say by which rule a day goes, and its hours."""
    if day in calendar.open:
        return DayPlan(day, "open_day", None, calendar.open[day])
    if day in calendar.closed:
        return DayPlan(day, "closed_day", None, ())
    weekday = day_kind(day) if calendar.holidays else day.weekday()
    if weekday is None:
        return DayPlan(day, "holiday", None, ())
    why = "weekday" if weekday == day.weekday() else "make_up"
    return DayPlan(day, why, weekday, calendar.week.get(weekday, ()))


@dataclass(frozen=True, slots=True)
class Seen:
    """Whether a calendar is open at an instant, and the day whose rule says so."""

    open: bool
    day: DayPlan


def seen_at(calendar: Calendar, when_utc_ms: int, day_kind: DayKind = plain_day) -> Seen:
    """Say whether a calendar is open at an instant, and why; hours of yesterday may go on."""
    local = datetime.fromtimestamp(when_utc_ms / 1000, UTC).astimezone(calendar.zone)
    minute = local.hour * 60 + local.minute
    today = day_plan(calendar, local.date(), day_kind)
    yesterday = day_plan(calendar, local.date() - timedelta(days=1), day_kind)
    if any(hours.hold(minute) for hours in today.hours):
        return Seen(True, today)
    if any(hours.hold(minute + _DAY_MINUTES) for hours in yesterday.hours):
        return Seen(True, yesterday)
    return Seen(False, today)


def overridden(day_kind: DayKind, overrides: Mapping[str, Any]) -> DayKind:
    """Put a firm's `holiday_overrides` (the office's dump of them) before what is published."""
    free = frozenset(map(_date, overrides.get("off", ())))
    made_up = {_date(each["date"]): _DAYS.index(each["as"]) for each in overrides.get("work", ())}
    if not free and not made_up:
        return day_kind

    def kind(day: date) -> int | None:
        if day in made_up:
            return made_up[day]
        return None if day in free else day_kind(day)

    return kind


def overridden_years(overrides: Mapping[str, Any]) -> frozenset[int]:
    """Give the years for which a firm wrote holidays of its own: it knows about them."""
    work = (each["date"] for each in overrides.get("work", ()))
    return frozenset(_date(day).year for day in (*overrides.get("off", ()), *work))


def forced(calendar: Calendar, is_open: bool) -> Calendar:
    """Give the calendar as it is while somebody holds it open, or closed, by hand."""
    whole = {day: (Hours(0, _DAY_MINUTES),) for day in range(7)} if is_open else {}
    return replace(calendar, week=whole, holidays=False, closed=frozenset(), open={})


def year_missing(today: date, is_known: Callable[[int], bool]) -> int:
    """Give the year whose holidays are still missing, 0 = none.

    This year counts always, the next one from 1 December on: the State Council publishes it in
    November.

    >>> year_missing(date(2026, 11, 30), lambda year: year == 2026)
    0
    >>> year_missing(date(2026, 12, 1), lambda year: year == 2026)
    2027
    """
    wanted = (today.year, today.year + 1) if today.month == _LAST_MONTH else (today.year,)
    return next((year for year in wanted if not is_known(year)), 0)


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
    return CHINA if name == "Asia/Shanghai" else ZoneInfo(name)


def local_ms(calendar: Calendar, text: str) -> int:
    """Read a local date and time such as 2026-02-14T10:00 as UTC milliseconds."""
    moment = datetime.fromisoformat(text)
    aware = moment if moment.tzinfo else moment.replace(tzinfo=calendar.zone)
    return int(aware.timestamp() * 1000)
