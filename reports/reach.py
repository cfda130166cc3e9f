"""Which part of the work somebody may see, as conditions on calls, their stretches and agents."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, false, or_, select

from cdr.rows import Call, SegmentRow

_SEGMENT: Any = SegmentRow.__table__.alias("part")
_CALL: Any = Call.__table__


@dataclass(frozen=True, slots=True)
class Reach:
    """Work of these groups, hotlines and agents; `staff` are the agents whose time is seen."""

    groups: frozenset[str] = frozenset()
    hotlines: frozenset[str] = frozenset()
    agents: frozenset[str] = frozenset()
    staff: frozenset[str] = frozenset()


def within(
    reach: Reach | None, hotline: Any, group: Any, agent: Any
) -> tuple[ColumnElement[bool], ...]:
    """Hold rows with these columns to what may be seen; None = everything."""
    if reach is None:
        return ()
    given = ((hotline, reach.hotlines), (group, reach.groups), (agent, reach.agents))
    return (_one_of(given),)


def touched(reach: Reach | None) -> tuple[ColumnElement[bool], ...]:
    """Hold calls to those in which a group, hotline or agent in reach had a part."""
    if reach is None:
        return ()
    part = _SEGMENT.c
    calls = select(part.call).where(part.call == _CALL.c.call, *_part_within(reach))
    own = within(reach, _CALL.c.hotline, _CALL.c.group, _CALL.c.agent)
    return (or_(*own, calls.exists()),)


def _part_within(reach: Reach) -> tuple[ColumnElement[bool], ...]:
    part = _SEGMENT.c
    given = ((part.group, reach.groups), (part.agent, reach.agents))
    return (_one_of(given),)


def _one_of(given: Iterable[tuple[Any, frozenset[str]]]) -> ColumnElement[bool]:
    """Hold rows to those that a column brings into reach; with none given, to no row."""
    return or_(false(), *(column.in_(sorted(ids)) for column, ids in given if ids))
