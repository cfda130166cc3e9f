"""Rows of calls for a CPU second: our writer beside row by row and the database's own bulk load.

The same made-up days on SQLite and, where it is installed, PostgreSQL (its processes count too).
`row` is SQLAlchemy's session with a commit for each row, `limit` one executemany (SQLite) or COPY
(PostgreSQL) of rows that are all known before. Ours writes in batches and may meet each call again.
`calls_per_cpu_s` is the whole way: journal on disk, fold, rows; then all is counted again.
"""

import asyncio
import os
import statistics
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Callable
from contextlib import ExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from bench.processes import cpu_s, tree_cpu_s
from cdr import AgentProjection, CallProjection
from cdr.fold import fold
from cdr.project import _row, write_calls, write_steps
from cdr.rows import Call, FlowStep, SegmentRow
from cdr.steps import steps
from domain.clock import DAY_MS
from domain.events import Record
from store.base import Base
from store.database import Database, open_database
from store.journal import JournalFile
from switchboard.projector import Projector
from tests.db import postgres
from tests.unit.cdr.stories import day

DAYS = 12
PAIRS = 5
A_BATCH = 80
"""Calls of a batch of the projector."""
ONE_IN = 12
"""Row by row is slow: it gets every so manieth row."""
MODELS: tuple[Any, ...] = (Call, SegmentRow, FlowStep)

Rows = list[tuple[Any, dict[str, Any]]]


def facts() -> list[Record]:
    """Tell some days, one after the other."""
    told: list[Record] = []
    for nth in range(DAYS):
        for record in day(nth, 500):
            mono, utc_ms = record.mono + nth * DAY_MS / 1000, record.utc_ms + nth * DAY_MS
            told.append(Record(len(told) + 1, mono, utc_ms, record.event))
    return told


class Known:
    """The same calls as facts, as records and as rows."""

    def __init__(self) -> None:
        self.facts = facts()
        of: dict[str, list[Record]] = defaultdict(list)
        for record in self.facts:
            if record.call:
                of[record.call].append(record)
        self.calls = [(fold(told), steps(told)) for told in of.values()]
        self.rows: Rows = []
        for record, passes in self.calls:
            mine = {"call": record.call}
            self.rows.append((Call, _row(Call.__table__, record)))
            for segment in record.segments:
                self.rows.append((SegmentRow, _row(SegmentRow.__table__, segment) | mine))
            for n, each in enumerate(passes, 1):
                row = _row(FlowStep.__table__, each) | mine | {"n": n}
                self.rows.append((FlowStep, row))

    def by_model(self) -> dict[Any, list[tuple[Any, ...]]]:
        """Give the rows of each table as the database takes them."""
        found: dict[Any, list[tuple[Any, ...]]] = {model: [] for model in MODELS}
        for model, row in self.rows:
            found[model].append(tuple(row[column.name] for column in model.__table__.c))
        return found


async def row_by_row(database: Database, known: Known) -> int:
    """Add one row, commit, and so on."""
    some = known.rows[::ONE_IN]
    for model, row in some:
        async with AsyncSession(database.writer) as session:
            session.add(model(**row))
            await session.commit()
    return len(some)


async def ours(database: Database, known: Known) -> int:
    """Write what was folded as the projection does."""
    for start in range(0, len(known.calls), A_BATCH):
        some = known.calls[start : start + A_BATCH]
        async with database.write() as connection:
            await write_calls(connection, [record for record, _ in some])
            await write_steps(connection, {record.call: passes for record, passes in some})
    return len(known.rows)


async def limit(database: Database, known: Known) -> int:
    """Load rows as fast as the database takes them."""
    async with database.write() as connection:
        driver = (await connection.get_raw_connection()).driver_connection
        assert driver is not None
        for model, rows in known.by_model().items():
            table = model.__table__
            names = [column.name for column in table.c]
            if database.dialect == "postgresql":
                await driver.copy_records_to_table(table.name, records=rows, columns=names)
            else:
                marks = ",".join("?" * len(names))
                await driver.executemany(f'INSERT INTO "{table.name}" VALUES ({marks})', rows)
    return len(known.rows)


async def _empty(database: Database) -> None:
    async with database.write() as connection:
        for table in reversed(Base.metadata.sorted_tables):
            await connection.execute(table.delete())
    if database.dialect == "postgresql":
        async with database.reader.connect() as connection:
            apart = await connection.execution_options(isolation_level="AUTOCOMMIT")
            await apart.execute(text("VACUUM"))


async def compared(database: Database, known: Known, spent: Callable[[], float]) -> Any:
    """Let the arms take turns; rows for a CPU second of each run."""
    arms = {"row": row_by_row, "ours": ours, "limit": limit}
    rates: dict[str, list[float]] = {name: [] for name in arms}
    for nth in range(-1, PAIRS):
        for name in arms if nth % 2 == 0 else reversed(arms):
            await _empty(database)
            before = spent()
            count = await arms[name](database, known)
            if nth >= 0:  # the first round only warms up
                rates[name].append(count / (spent() - before))
    return rates


async def whole_way(
    database: Database, known: Known, folder: Path, spent: Callable[[], float]
) -> dict[str, float]:
    """Project a journal as the engine does, and count everything again."""
    await _empty(database)
    journal = JournalFile.open(folder / database.dialect / "journal.db", 0)
    for start in range(0, len(known.facts), 500):
        some = known.facts[start : start + 500]
        await journal.append([(each.mono, each.utc_ms, each.event) for each in some])
    projections = (CallProjection(journal.read_call), AgentProjection())
    before, began = spent(), time.perf_counter()
    projector = Projector(journal, database, projections)
    while await projector.catch_up():
        pass
    took, wall = spent() - before, time.perf_counter() - began
    journal.close()
    return {
        "calls_per_cpu_s": round(len(known.calls) / took),
        "calls_per_s": round(len(known.calls) / wall),
        "not_equal": await _unequal(database, known),
    }


async def _unequal(database: Database, known: Known) -> int:
    """Count the rows that are there and should not be, or the other way round."""
    wanted: Counter[Any] = Counter()
    found: Counter[Any] = Counter()
    for model, row in known.rows:
        wanted[model, tuple(row.get(column.name) for column in model.__table__.c)] += 1
    async with database.read() as connection:
        for model in MODELS:
            for row in await connection.execute(select(*model.__table__.c)):
                found[model, tuple(row)] += 1
    return sum(((wanted - found) + (found - wanted)).values())


@asynccontextmanager
async def opened(url: str) -> AsyncIterator[Database]:
    """Open a database with every table of ours."""
    database = open_database(url)
    async with database.write() as connection:
        await connection.run_sync(Base.metadata.create_all)
    yield database
    await database.close()


async def figures_of(url: str, known: Known, folder: Path, server: int) -> dict[str, float]:
    """Measure on one database; `server` is the process whose children count too, 0 = none."""

    def spent() -> float:
        return cpu_s(os.getpid()) + (tree_cpu_s(server) if server else 0.0)

    async with opened(url) as database:
        rates = await compared(database, known, spent)
        way = await whole_way(database, known, folder, spent)
    figures = {f"{arm}_per_cpu_s": round(statistics.median(each)) for arm, each in rates.items()}
    for other in ("row", "limit"):
        ratios = [one / two for one, two in zip(rates["ours"], rates[other], strict=True)]
        figures[f"over_{other}"] = round(statistics.median(ratios), 2)
        figures[f"over_{other}_worst"] = round(min(ratios), 2)
    return figures | way


def measure() -> tuple[dict[str, float], dict[str, tuple[str, float]]]:
    """Measure on SQLite, then on a PostgreSQL of our own."""
    known, figures, aims = Known(), {}, {}
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="cdr")))
        places = {"": (f"sqlite:///{folder / 'rows.db'}", 0)}
        tools = postgres.binaries()
        if tools is not None:
            url = stack.enter_context(postgres.running(tools))
            home = Path(url.partition("host=")[2])
            pid = int((home / "data" / "postmaster.pid").read_text().split()[0])
            places["pg."] = (url, pid)
        for prefix, (url, server) in places.items():
            found = asyncio.run(figures_of(url, known, folder, server))
            figures |= {f"{prefix}{key}": value for key, value in found.items()}
            aims |= {
                f"{prefix}over_row": (">=", 20.0),
                f"{prefix}over_limit": (">=", 0.3),
                f"{prefix}not_equal": ("<=", 0.0),
            }
    return figures, aims
