"""How long agents were in each state, cut by the clock. A stretch that a border cuts counts on
both sides; whole ones are added up in SQL, so that the cost grows with the time asked for only."""

from collections.abc import AsyncIterator, Iterable, Mapping
from functools import cache
from typing import Any

from sqlalchemy import and_, case, func, not_, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from cdr.rows import AgentSpan
from reports import days
from reports.report import Filters, Key
from reports.sources import sum_if

SPAN: Any = AgentSpan.__table__
STATES = ("ready", "reserved", "ringing", "talking", "holding", "dialling", "wrapping", "break")
TIMES = ("t_login", *(f"t_{state}" for state in STATES))

Sums = Mapping[str, int]
Time = tuple[int, int]


async def in_all(
    connection: AsyncConnection, time: Time, filters: Filters
) -> AsyncIterator[tuple[Key, Sums]]:
    """Give each agent's ms by state within the time; of those who may be seen."""
    for name, *sums in await connection.execute(_clipped(time, filters)):
        yield (name,), _named(sums)


async def by_interval(
    connection: AsyncConnection, time: Time, filters: Filters, by: str
) -> AsyncIterator[tuple[Key, Sums]]:
    """Give the same for each interval; a key comes several times, its sums are to be added."""
    size = days.step(by)
    label = cache(lambda nth: days.label(by, nth * size - days.OFFSET_MS))
    for name, nth, *sums in await connection.execute(_whole(time, filters, size)):
        yield (name, label(nth)), _named(sums)
    async for name, state, began, ended in await connection.stream(_cut(time, filters, size)):
        until = time[1] if ended is None else min(ended, time[1])
        for start, end in days.borders(by, max(began, time[0]), until):
            key = (name, label((start + days.OFFSET_MS) // size))
            yield key, {"t_login": end - start, f"t_{state}": end - start}


def _named(sums: Iterable[Any]) -> Sums:
    return dict(zip(TIMES, (int(value or 0) for value in sums), strict=True))


def _clipped(time: Time, filters: Filters) -> Any:
    start, end = time
    began = case((SPAN.c.started > start, SPAN.c.started), else_=start)
    until = case((SPAN.c.ended < end, SPAN.c.ended), else_=end)
    sums = _sums(until - began)
    return select(SPAN.c.agent, *sums).where(*_overlaps(time, filters)).group_by(SPAN.c.agent)


def _whole(time: Time, filters: Filters, size: int) -> Any:
    """Add up the stretches that lie within one interval."""
    nth = _interval(SPAN.c.started, size).label("nth")
    where = (*_overlaps(time, filters), *_uncut(time, size))
    sums = _sums(SPAN.c.ended - SPAN.c.started)
    return select(SPAN.c.agent, nth, *sums).where(*where).group_by(SPAN.c.agent, "nth")


def _cut(time: Time, filters: Filters, size: int) -> Any:
    """List the stretches that a border cuts, and those that still go on."""
    columns = (SPAN.c.agent, SPAN.c.state, SPAN.c.started, SPAN.c.ended)
    cut = or_(SPAN.c.ended.is_(None), not_(and_(*_uncut(time, size))))
    return select(*columns).where(*_overlaps(time, filters), cut)


def _uncut(time: Time, size: int) -> tuple[Any, ...]:
    same = _interval(SPAN.c.started, size) == _interval(SPAN.c.ended - 1, size)
    return (SPAN.c.started >= time[0], SPAN.c.ended <= time[1], same)


def _interval(at: Any, size: int) -> Any:
    return (at + days.OFFSET_MS) // size


def _sums(length: Any) -> tuple[Any, ...]:
    return (func.sum(length), *(sum_if(SPAN.c.state == state, length) for state in STATES))


def _overlaps(time: Time, filters: Filters) -> tuple[Any, ...]:
    where = (SPAN.c.started < time[1], (SPAN.c.ended > time[0]) | SPAN.c.ended.is_(None))
    own = (SPAN.c.agent == filters.agent,) if filters.agent else ()
    seen = () if filters.reach is None else (SPAN.c.agent.in_(sorted(filters.reach.staff)),)
    return (*where, *own, *seen)
