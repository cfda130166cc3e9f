"""Rows of calls: any cut into batches, told twice, or rebuilt, the rows are the same."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from cdr.last import last_talk
from cdr.project import AgentProjection, CallProjection
from cdr.rebuild import rebuild
from cdr.rows import AgentSpan, Call, FlowStep, SegmentRow
from cdr.spans import Spans
from domain.events import CallArrived
from domain.ids import CallId
from store.base import Base
from store.database import Database
from store.journal import JournalFile, JournalReader
from tests.unit.cdr.stories import day

pytestmark = pytest.mark.db
TABLES: tuple[Any, ...] = (
    *(Call.__table__, SegmentRow.__table__),
    *(AgentSpan.__table__, FlowStep.__table__),
)


@pytest.fixture
async def journal(tmp_path: Path) -> AsyncIterator[JournalFile]:
    opened = JournalFile.open(tmp_path / "journal.db", ballast_bytes=0)
    yield opened
    opened.close()


@pytest.fixture
async def tables(database: Database) -> Database:
    async with database.write() as connection:
        await connection.run_sync(Base.metadata.create_all, tables=list(TABLES))
    return database


async def rows(database: Database) -> list[list[Any]]:
    async with database.read() as connection:
        return [
            [tuple(row) for row in await connection.execute(select(t).order_by(*t.primary_key))]
            for t in TABLES
        ]


async def test_the_last_agent_of_a_number_is_one_row_away(
    tables: Database, journal: JournalFile
) -> None:
    await _play(tables, journal, step=50, seed=1)
    async with tables.read() as connection:
        calls = (await connection.execute(select(TABLES[0]))).all()
    talked = [row for row in calls if row.answered and row.agent and row.direction == "in"]
    for number in {row.caller for row in calls}:
        mine = [row for row in talked if row.caller == number]
        last = max(mine, key=lambda row: row.started, default=None)
        found = await last_talk(tables, number, 0)
        assert found == ((last.agent, last.answered) if last else ("", 0))
        assert await last_talk(tables, number, 1 << 60) == ("", 0)


async def _play(database: Database, journal: JournalFile, step: int, seed: int) -> None:
    records = day(seed, 20)
    calls, agents = CallProjection(journal.read_call), AgentProjection()
    for start in range(0, len(records), step):
        batch = records[start : start + step]
        await journal.append([(r.mono, r.utc_ms, r.event) for r in batch])
        for _ in range(2):
            async with database.write() as connection:
                await calls.apply(connection, batch)
                await agents.apply(connection, batch)
        agents = AgentProjection()


@pytest.mark.parametrize("step", [1, 7, 500])
async def test_live_rows_equal_rebuilt_rows(
    tables: Database, journal: JournalFile, tmp_path: Path, step: int
) -> None:
    await _play(tables, journal, step, seed=step)
    live = await rows(tables)
    reader = JournalReader(tmp_path / "journal.db")
    done = await rebuild(tables, reader)
    reader.close()
    assert done.records == journal.last_seq and done.bad == 0
    assert await rows(tables) == live
    assert all(len(table) > 10 for table in live)


async def test_what_a_caller_sends_cannot_break_a_row(
    tables: Database, journal: JournalFile
) -> None:
    call = CallId("01ARYZ6S410000000000000000")
    name = "\0\ud800" + "长" * 500
    records = await journal.append([(0.0, 1, CallArrived(call, "1", "1", "2", caller_name=name))])
    async with tables.write() as connection:
        await CallProjection(journal.read_call).apply(connection, records)
    assert (await rows(tables))[0][0][7:10] == ("2", "", "?" + "长" * 99)


async def test_a_commit_that_failed_is_made_up_for(tables: Database, journal: JournalFile) -> None:
    records = day(3, 10)
    agents = AgentProjection()
    for start in range(0, len(records), 40):
        batch = records[start : start + 40]
        with pytest.raises(KeyError):
            async with tables.write() as connection:
                await agents.apply(connection, batch)
                raise KeyError
        async with tables.write() as connection:
            await agents.apply(connection, batch)
    async with tables.read() as connection:
        found = [tuple(row) for row in await connection.execute(select(TABLES[2]))]
    assert sorted(row[:5] for row in found) == sorted(
        (s.agent, s.seq, s.state, s.started, s.ended) for s in Spans().feed(records)
    )
