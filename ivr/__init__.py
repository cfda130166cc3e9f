"""Hotline flows as text: model, check, walk, calendar, simulator and the talk with a caller.

`load`/`check` read a flow, `talk` walks it with a `Caller`, `World` is what it may know.
"""

from ivr.calendar import Calendar, DayKind, calendar_from, is_open
from ivr.holidays_cn import day_kind_cn, year_known_cn
from ivr.kinds import KINDS
from ivr.lint import Known
from ivr.load import check, load
from ivr.model import NOBODY, Flow, Node
from ivr.talk import MessagePlace, World, talk

__all__ = [
    "KINDS",
    "NOBODY",
    "Calendar",
    "DayKind",
    "Flow",
    "Known",
    "MessagePlace",
    "Node",
    "World",
    "calendar_from",
    "check",
    "day_kind_cn",
    "is_open",
    "load",
    "talk",
    "year_known_cn",
]
