"""Days that the calendar data of a country lacks or has wrong: off, and make-up working days."""

from typing import Annotated, Literal

from pydantic import Field

from office.kinds import Day, Once
from office.part import Part

Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]


class WorkDay(Part):
    """A working day by the hours of another weekday (调休上班)."""

    date: Day
    by: Weekday = Field("mon", alias="as")


class HolidayOverrides(Part):
    """What goes before the published holidays, for every calendar that keeps them."""

    off: Annotated[tuple[Day, ...], Once] = ()
    work: tuple[WorkDay, ...] = ()
