"""A month of a hundred and more agents in the rows: over 100,000 calls, folded by the product.

One day of forty-four teams is folded; every other day of the month is a copy of it, moved in time.
Loaded at once, as a restored backup would be.
"""

import itertools
import os
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from dataclasses import asdict
from pathlib import Path
from typing import Any

from cdr.fold import fold
from cdr.project import _row
from cdr.rows import AgentSpan, Call, FlowStep, SegmentRow
from cdr.spans import Spans
from cdr.steps import steps
from domain.ids import call_id
from tests.unit.cdr.stories import AGENTS, DAY_MS, by_call, day

DAYS, A_DAY_MS = 31, 86_400_000
TEAMS, OF_A_TEAM = 44, 500
"""Each team of three has a made-up day of its own, of about eighty calls."""
FIRST_AGENT = 30_001
MODELS: tuple[Any, ...] = (Call, SegmentRow, FlowStep, AgentSpan)
FIRST_MS = DAY_MS
"""The midnight at which the month begins."""
_TIMES = ("started", "ended", "entered", "answered", "at")

Told = tuple[Any, dict[str, Any]]


def fill(database: Path, teams: int = TEAMS) -> int:
    """Put the month into an SQLite database that has the tables; gives the number of calls."""
    told_by_team = [_team(nth) for nth in range(teams)]
    with closing(sqlite3.connect(database, timeout=60)) as connection:
        connection.executescript("PRAGMA synchronous=OFF; PRAGMA cache_size=-400000")
        for model in MODELS:
            rows = [row for told in told_by_team for kind, row in told if kind is model]
            _load(connection, model.__table__, rows)
        connection.execute("ANALYZE")
        connection.commit()
    os.sync()  # or the disk would write it while something is measured
    return DAYS * sum(model is Call for told in told_by_team for model, _ in told)


def _team(nth: int) -> list[Told]:
    """Fold one day of a team: the rows of its calls and of its agents' time."""
    records, others = day(nth, OF_A_TEAM), itertools.count(FIRST_AGENT + len(AGENTS) * nth)
    own, told = dict(zip(AGENTS, map(str, others), strict=False)), list[Told]()
    for facts in by_call(records):
        record = fold(facts)
        mine = {"call": call_id(record.started, nth << 40 | len(told) << 10)}
        told.append((Call, _row(Call.__table__, record) | mine))
        told += ((SegmentRow, _row(SegmentRow.__table__, each) | mine) for each in record.segments)
        passes = enumerate(steps(facts), 1)
        told += ((FlowStep, _row(FlowStep.__table__, each) | mine | {"n": n}) for n, each in passes)
    told += ((AgentSpan, asdict(span)) for span in Spans().feed(records))
    return [(model, row | _theirs(row, own)) for model, row in told]


def _theirs(row: dict[str, Any], own: dict[str, str]) -> dict[str, str]:
    return {"agent": own[row["agent"]]} if row.get("agent") in own else {}


def _load(connection: sqlite3.Connection, table: Any, rows: Sequence[dict[str, Any]]) -> None:
    """Insert a day's rows and its copies; the last two signs of a call's id are the day."""
    names = [column.name for column in table.c]
    listed, marks = ",".join(f'"{name}"' for name in names), ",".join("?" * len(names))
    values = [[row.get(name) for name in names] for row in rows]
    sql = f'INSERT INTO "{table.name}" ({listed})'  # our own names
    connection.executemany(f"{sql} VALUES ({marks})", values)
    last = connection.execute(f'SELECT max(rowid) FROM "{table.name}"').fetchone()
    first = last[0] - len(rows)
    for nth in range(1, DAYS):
        moved = ",".join(_moved(name, nth) for name in names)
        source = f'FROM "{table.name}" WHERE rowid > ? AND rowid <= ?'
        connection.execute(f"{sql} SELECT {moved} {source}", (first, last[0]))


def _moved(name: str, nth: int) -> str:
    """Name a column's value so many days later."""
    if name in _TIMES:
        return f'"{name}" + {nth * A_DAY_MS}'
    if name == "seq":
        return f'"{name}" + {nth * 1_000_000}'
    if name == "call":
        return f"substr(\"call\", 1, 24) || '{nth:02}'"
    return f'"{name}"'
