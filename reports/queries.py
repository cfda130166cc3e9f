"""Run a report: group in SQL by cohort, put days together into weeks and months, apply formulas."""

from typing import Any

from sqlalchemy import select

from domain.clock import real_clock
from domain.errors import Fault, Refused
from reports import days
from reports.agent_times import TIMES, by_interval, in_all
from reports.report import Cube, Filters, Key, Report, columns, figures, formulas
from reports.sources import BAND_NAMES, KINDS, Source
from store.database import Database


async def run(
    db: Database,
    kind: str,
    start_ms: int,
    end_ms: int,
    by: str = "",
    filters: Filters | None = None,
) -> Report:
    """Work out a report of what began in [start, end), UTC ms; Refused names what is wrong.

    `by` cuts the rows further: half_hour, hour, day, week, month, or another thing to tell apart
    (hotline, group, agent, brand, intent). The present state of an agent counts up to now.
    """
    wanted = filters or Filters()
    make, about, usual = _kind(kind)
    by = by or usual
    source = make(wanted, (start_ms, end_ms))
    dimensions = _dimensions(about, by, source)
    names = (*source.sums, *TIMES) if kind == "agent" else tuple(source.sums)
    cube = Cube(names)
    if kind == "interval" and by in days.INTERVALS:
        for label in days.labels(by, start_ms, end_ms):
            cube.add((label,), {})
    await _add_source(cube, db, source, (start_ms, end_ms), (dimensions, by))
    if kind == "agent":
        await _add_times(cube, db, (start_ms, end_ms), (dimensions, by), wanted)
    return _report(kind, (start_ms, end_ms), by, dimensions, cube)


def _report(
    kind: str, time: tuple[int, int], by: str, dimensions: tuple[str, ...], cube: Cube
) -> Report:
    rows = tuple(
        {**dict(zip(dimensions, key, strict=True)), **figures(kind, cube.cells[key])}
        for key in sorted(cube.cells, key=_order)
    )
    shown = columns(kind, dimensions)
    return Report(kind, *time, by, formulas(kind), shown, rows, figures(kind, cube.total()))


def _order(key: Key) -> list[tuple[int, str]]:
    return [(BAND_NAMES.index(part) if part in BAND_NAMES else 0, part) for part in key]


def _kind(kind: str) -> Any:
    if kind not in KINDS:
        raise Refused(Fault("", 0, "kind", f"{kind!r} is none of {', '.join(KINDS)}"))
    return KINDS[kind]


def _dimensions(about: tuple[str, ...], by: str, source: Source) -> tuple[str, ...]:
    if by in days.INTERVALS:
        return (*about, "bucket")
    if by and by not in source.dimensions:
        known = ", ".join((*days.INTERVALS, *source.dimensions))
        raise Refused(Fault("", 0, "by", f"{by!r} is none of {known}"))
    return tuple(dict.fromkeys((*about, by) if by else about))


async def _add_source(
    cube: Cube,
    db: Database,
    source: Source,
    time: tuple[int, int],
    cut: tuple[tuple[str, ...], str],
) -> None:
    dimensions, by = cut
    size = days.step(by)
    interval = (source.at + days.OFFSET_MS) // size
    keys = [interval if name == "bucket" else source.dimensions[name] for name in dimensions]
    # PostgreSQL knows an expression with values bound in it again only by its column's name
    named = [key.label(f"k{n}") for n, key in enumerate(keys)]
    statement = (
        select(*named, *(value.label(f"s_{name}") for name, value in source.sums.items()))
        .select_from(source.tables)
        .where(source.at >= time[0], source.at < time[1], *source.where)
        .group_by(*(f"k{n}" for n in range(len(keys))))
    )
    async with db.read() as connection:
        found = (await connection.execute(statement)).all()
    for row in found:
        key = tuple(
            days.label(by, value * size - days.OFFSET_MS) if name == "bucket" else str(value)
            for name, value in zip(dimensions, row[: len(keys)], strict=True)
        )
        cube.add(key, dict(zip(source.sums, map(_whole, row[len(keys) :]), strict=True)))


def _whole(value: Any) -> int:
    return int(value or 0)


async def _add_times(
    cube: Cube,
    db: Database,
    time: tuple[int, int],
    cut: tuple[tuple[str, ...], str],
    filters: Filters,
) -> None:
    """Add agents' time, cut by the clock; only where a row is about agents and intervals."""
    dimensions, by = cut
    if set(dimensions) - {"agent", "bucket"}:
        return
    now = real_clock().utc_ms() if filters.now_ms is None else filters.now_ms
    past = (time[0], min(time[1], now))
    async with db.read() as connection:
        found = (
            by_interval(connection, past, filters, by)
            if "bucket" in dimensions
            else in_all(connection, past, filters)
        )
        async for key, sums in found:
            cube.add(key, sums)
