"""Looking at calendars: the days to come as open or closed with the reason, and "what if at …"."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Annotated

from pydantic import Field

from domain.errors import NotFound
from ivr.calendar import (
    Calendar,
    DayKind,
    DayPlan,
    Hours,
    calendar_from,
    day_plan,
    local_ms,
    overridden,
    overridden_years,
    seen_at,
    year_missing,
)
from ivr.holidays_cn import day_kind_cn, day_name_cn, year_known_cn
from office import edit_firm
from office.holidays import HolidayOverrides
from office.model import Config
from office.texts import both
from web.errors import Said
from web.publishing import change
from web.schema_admin import Base, Published
from web.table import Ask, Nothing, Schema, table

opening = table("calendars: a look ahead")

LOOKS = ("admin.calendars", "board.see")


class DaysQuery(Schema):
    """From which day on, "" = today, and how many."""

    start: Annotated[str, Field(alias="from", max_length=10, pattern=r"^(?:\d{4}-\d\d-\d\d)?$")] = (
        ""
    )
    count: Annotated[int, Field(ge=1, le=62)] = 14


class ProbeQuery(Schema):
    """A local minute such as 2026-12-25T10:00."""

    at: Annotated[str, Field(max_length=16, pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d$")]


class OpenHours(Schema):
    """From one time of day to another; an end at or before the start is the next day's."""

    start: Annotated[str, Field(alias="from")]
    end: Annotated[str, Field(alias="to")]


class DaySeen(Schema):
    """A day of a calendar; `why`: open_day, closed_day, holiday, make_up or weekday.

    `weekday` is the one whose hours hold (mon …), "" for none; `name` the holiday's name.
    """

    date: str
    why: str
    weekday: str
    name: str
    overridden: bool
    hours: list[OpenHours]


class DaysSeen(Schema):
    """The days to come; `missing_year` is the year whose make-up days are not known, 0 = none."""

    calendar: str
    timezone: str
    missing_year: int
    days: list[DaySeen]


class Probed(Schema):
    """Whether a calendar is open at a minute, and the day whose rule says so."""

    open: bool
    day: DaySeen


class HolidaysNow(Schema):
    """What the firm overrides of the published holidays."""

    version: int
    entry: HolidayOverrides


class HolidaysEntry(Schema):
    """The overrides to be; `base` is the version that was looked at, 0 = any."""

    entry: HolidayOverrides
    base: Base = 0


@opening.route("GET ./calendars/{id}/days", *LOOKS)
async def look_ahead(ask: Ask[DaysQuery, Nothing]) -> DaysSeen:
    """Give the coming days of a calendar as open or closed, with the reason."""
    config = ask.world.config.now
    calendar, kinds = _calendar(config, ask.path("id")), _kinds(config)
    today = _today(calendar, ask.world.clock.utc_ms())
    first = _date(ask.query.start) if ask.query.start else today
    plans = (day_plan(calendar, first + timedelta(days=n), kinds) for n in range(ask.query.count))
    missing = year_missing(today, lambda year: year in _own(config) or year_known_cn(year))
    return DaysSeen(
        calendar=calendar.id,
        timezone=str(calendar.zone),
        missing_year=missing if calendar.holidays else 0,
        days=[_shown(plan, config, calendar) for plan in plans],
    )


@opening.route("GET ./calendars/{id}/probe", *LOOKS)
async def probe(ask: Ask[ProbeQuery, Nothing]) -> Probed:
    """Say whether a calendar would be open at a minute, and why."""
    config = ask.world.config.now
    calendar = _calendar(config, ask.path("id"))
    _date(ask.query.at[:10])
    try:
        at = local_ms(calendar, ask.query.at)
    except ValueError as error:
        raise _no_date() from error
    seen = seen_at(calendar, at, _kinds(config))
    return Probed(open=seen.open, day=_shown(seen.day, config, calendar))


@opening.route("GET ./admin/holidays", "admin.calendars")
async def show_holidays(ask: Ask[Nothing, Nothing]) -> HolidaysNow:
    """Show what goes before the published holidays."""
    config = ask.world.config
    return HolidaysNow(version=config.version, entry=config.now.firm.holiday_overrides)


@opening.route("PUT ./admin/holidays", "admin.calendars")
async def put_holidays(ask: Ask[Nothing, HolidaysEntry]) -> Published:
    """Say which days are off or made up for beside the published ones, or against them."""
    entry = ask.body.entry.model_dump(mode="json", by_alias=True)

    def put(now: Config) -> Config:
        return edit_firm.put_holidays(now, entry)

    return await change(ask, "holidays", put, ask.body.base)


def _calendar(config: Config, name: str) -> Calendar:
    found = next((each for each in config.calendars if each.id == name), None)
    if found is None:
        raise NotFound(both(f"没有：{name}", f"there is no {name} in calendars"))
    return calendar_from(found.model_dump(by_alias=True))


def _kinds(config: Config) -> DayKind:
    return overridden(day_kind_cn, config.firm.holiday_overrides.model_dump(by_alias=True))


def _own(config: Config) -> frozenset[int]:
    return overridden_years(config.firm.holiday_overrides.model_dump(by_alias=True))


def _today(calendar: Calendar, now_ms: int) -> date:
    return datetime.fromtimestamp(now_ms / 1000, UTC).astimezone(calendar.zone).date()


def _date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise _no_date() from error


def _no_date() -> Said:
    return Said("refused", field="date", zh="没有这个日期。", en="There is no such date.")


def _shown(plan: DayPlan, config: Config, calendar: Calendar) -> DaySeen:
    names = "mon", "tue", "wed", "thu", "fri", "sat", "sun"
    text, own = plan.day.isoformat(), config.firm.holiday_overrides
    kept = calendar.holidays and plan.why in ("holiday", "make_up", "weekday")
    return DaySeen(
        date=text,
        why=plan.why,
        weekday="" if plan.weekday is None else names[plan.weekday],
        name=day_name_cn(plan.day) if plan.why == "holiday" else "",
        overridden=kept and text in {*own.off, *(each.date for each in own.work)},
        hours=list(_hours(plan.hours)),
    )


def _hours(hours: tuple[Hours, ...]) -> Iterator[OpenHours]:
    for each in sorted(hours, key=lambda one: one.start):
        yield OpenHours.model_validate({"from": _clock(each.start), "to": _clock(each.end)})


def _clock(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"
