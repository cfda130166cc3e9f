"""Chinese public holidays and make-up working days (调休), as the State Council published them.

The data come with the `holidays` package; nothing here reads a clock. For years that are not yet
published only the holidays fixed by law are known.
"""

import re
from datetime import date, timedelta
from functools import lru_cache

import holidays

_SWAPPED = re.compile(r"(\d{4}-\d{2}-\d{2})")
_PLAIN = re.compile(r"（.*）$")
"""What the library adds to a name in brackets: from which day it was moved."""
_SATURDAY = 5


@lru_cache(maxsize=16)
def _year(year: int) -> tuple[frozenset[date], dict[date, int]]:
    """Give a year's days off and, by make-up working day, the weekday it stands in for."""
    days = holidays.country_holidays("CN", years=[year], expand=False, language="zh_CN")
    work = {day: 0 for day in days.weekend_workdays if day.year == year}
    for off, name in days.items():
        swapped = _SWAPPED.search(name)
        if swapped and date.fromisoformat(swapped[1]) in work:
            work[date.fromisoformat(swapped[1])] = off.weekday()
    return frozenset(days), work


def year_known_cn(year: int) -> bool:
    """Tell whether a year's make-up working days are known; every published year has some."""
    return bool(_year(year)[1])


def day_name_cn(day: date) -> str:
    """Name a public holiday in Chinese, "" for other days and for weekends beside one."""
    return _names(day.year).get(day, "")


@lru_cache(maxsize=16)
def _names(year: int) -> dict[date, str]:
    days = holidays.country_holidays("CN", years=[year], expand=False, language="zh_CN")
    return {day: _PLAIN.sub("", name) for day, name in days.items()}


def day_kind_cn(day: date) -> int | None:
    """Say which weekday's hours hold in China on this date, None on a public holiday.

    The weekend inside or beside a holiday belongs to it, as in the published notice.
    """
    off, work = _year(day.year)
    if day in work:
        return work[day]
    if day in off or _joins_holiday(day):
        return None
    return day.weekday()


def _joins_holiday(day: date) -> bool:
    return day.weekday() >= _SATURDAY and any(
        _reaches_holiday(day, timedelta(days=way)) for way in (-1, 1)
    )


def _reaches_holiday(day: date, way: timedelta) -> bool:
    """Go over the weekend in one direction: is the first other day a holiday?"""
    day += way
    while day.weekday() >= _SATURDAY and not _is(day):
        day += way
    return _is(day) is True


def _is(day: date) -> bool | None:
    """True on a holiday, False on a make-up working day, None otherwise."""
    off, work = _year(day.year)
    return True if day in off else False if day in work else None
