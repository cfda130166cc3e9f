"""Hotline flows as text: model, check, walk, calendar, simulator and the talk with a caller.

`load`/`review` read a flow, `talk` walks it with a `Caller`, `World` is what it may know;
`walk` and `shown` walk it without a telephone, in the scene of a `Situation`.
"""

from ivr.calendar import Calendar, DayKind, calendar_from, is_open
from ivr.given import Situation
from ivr.holidays_cn import day_kind_cn, year_known_cn
from ivr.house import House, Seconds
from ivr.kinds import KINDS
from ivr.lint import Known
from ivr.load import Review, check, load, review, shape
from ivr.model import NOBODY, Flow, Given, Node
from ivr.show import Words, lines_of, shown
from ivr.simulate import CALL, Walk, read_keys, walk
from ivr.talk import MessagePlace, World, talk

__all__ = [
    "CALL",
    "KINDS",
    "NOBODY",
    "Calendar",
    "DayKind",
    "Flow",
    "Given",
    "House",
    "Known",
    "MessagePlace",
    "Node",
    "Review",
    "Seconds",
    "Situation",
    "Walk",
    "Words",
    "World",
    "calendar_from",
    "check",
    "day_kind_cn",
    "is_open",
    "lines_of",
    "load",
    "read_keys",
    "review",
    "shape",
    "shown",
    "talk",
    "walk",
    "year_known_cn",
]
