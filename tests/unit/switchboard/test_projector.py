"""Journal to rows: in order, once, from where it stopped, also after the database was away."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from domain import events as ev
from domain.errors import Unavailable
from domain.events import Record
from store.base import Base
from store.database import Database, open_database
from switchboard import projector as projector_module
from switchboard.projector import Projector


class Facts:
    """A journal in memory."""

    def __init__(self) -> None:
        self.records: list[Record] = []

    def happen(self, count: int) -> Record:
        for _ in range(count):
            number = len(self.records) + 1
            self.records.append(Record(number, 0.0, 0, ev.PbxLeft(str(number))))
        return self.records[-1]

    def read(self, after_seq: int, limit: int = 1000) -> list[Record]:
        return self.records[after_seq : after_seq + limit]


class Rows:
    """A projection that adds one row a record, and fails when told to."""

    def __init__(self, name: str = "rows") -> None:
        self.name = name
        self.fails: Exception | None = None
        self.asked = 0

    async def apply(self, connection: AsyncConnection, records: Sequence[Record]) -> None:
        self.asked += 1
        for record in records:
            await connection.execute(text("INSERT INTO seen VALUES (:n)"), {"n": record.seq})
        if self.fails is not None:
            raise self.fails


class Silent(Rows):
    """A projection that only counts records."""

    async def apply(self, connection: AsyncConnection, records: Sequence[Record]) -> None:
        self.asked += len(records)
        if self.fails is not None:
            raise self.fails


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    """Open a database with the cursor's table and one for the rows."""
    opened = open_database(f"sqlite:///{tmp_path / 'rows.db'}")
    async with opened.write() as connection:
        await connection.run_sync(Base.metadata.create_all)
        await connection.execute(text("CREATE TABLE seen (n INTEGER PRIMARY KEY)"))
    yield opened
    await opened.close()


async def seen(database: Database) -> list[int]:
    async with database.read() as connection:
        return list(await connection.scalars(text("SELECT n FROM seen ORDER BY n")))


async def until(condition: Callable[[], bool], within: float = 5.0) -> None:
    async with asyncio.timeout(within):
        while not condition():
            await asyncio.wait([asyncio.create_task(asyncio.to_thread(int))])


async def test_every_record_becomes_a_row_once(database: Database) -> None:
    facts, rows = Facts(), Rows()
    facts.happen(projector_module.BATCH + 20)
    first = Projector(facts, database, [rows])
    while await first.catch_up():
        pass
    assert await seen(database) == list(range(1, projector_module.BATCH + 21))
    facts.happen(5)
    assert not await Projector(facts, database, [rows]).catch_up()
    assert len(await seen(database)) == projector_module.BATCH + 25


async def test_a_batch_that_failed_leaves_nothing_and_comes_again(
    database: Database,
) -> None:
    facts, rows = Facts(), Rows()
    facts.happen(3)
    rows.fails = Unavailable("in the middle")
    projector = Projector(facts, database, [rows])
    with pytest.raises(Unavailable):
        await projector.catch_up()
    assert await seen(database) == []
    rows.fails = None
    await projector.catch_up()
    assert await seen(database) == [1, 2, 3]


async def test_one_that_fails_does_not_keep_those_before_it(database: Database) -> None:
    facts, rows, bad = Facts(), Rows(), Silent("bad")
    facts.happen(3)
    bad.fails = Unavailable("only this one")
    projector = Projector(facts, database, [rows, bad])
    with pytest.raises(Unavailable):
        await projector.catch_up()
    assert await seen(database) == [1, 2, 3]


async def test_those_at_the_same_place_share_a_look_into_the_journal(database: Database) -> None:
    class Looked(Facts):
        looks = 0

        def read(self, after_seq: int, limit: int = 1000) -> list[Record]:
            self.looks += 1
            return super().read(after_seq, limit)

    facts, some = Looked(), [Silent(name) for name in "abc"]
    facts.happen(3)
    await Projector(facts, database, some).catch_up()
    facts.happen(2)
    await Projector(facts, database, [*some, late := Silent("late")]).catch_up()
    assert [each.asked for each in some] == [5, 5, 5] and late.asked == 5
    assert facts.looks == 3


@pytest.mark.parametrize("fault", [Unavailable("away"), OSError("away")])
async def test_rows_follow_when_the_database_is_back(
    database: Database, fault: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(projector_module, "RETRY_S", 0.01)
    facts, rows = Facts(), Rows()
    rows.fails = fault
    projector, told = Projector(facts, database, [rows]), list[str]()
    projector.on_late = told.append
    running = asyncio.create_task(projector.run())
    projector.wake(facts.happen(4))
    await until(lambda: rows.asked >= 2)
    assert projector.behind == 4 and all(told), "why rows are late"
    rows.fails = None
    projector.wake(facts.happen(2))
    await until(lambda: projector.behind == 0)
    await until(lambda: told[-1] == "")
    running.cancel()
    assert await seen(database) == [1, 2, 3, 4, 5, 6]


class Standing(Rows):
    """A projection whose database answers nothing until told to go on."""

    def __init__(self) -> None:
        super().__init__()
        self.go_on = asyncio.Event()

    async def apply(self, connection: AsyncConnection, records: Sequence[Record]) -> None:
        await self.go_on.wait()
        await super().apply(connection, records)


async def test_a_database_that_answers_nothing_is_said_to_be_away(database: Database) -> None:
    facts, rows = Facts(), Standing()
    projector, told = Projector(facts, database, [rows], stuck_s=0.02), list[str]()
    projector.on_late = told.append
    running = asyncio.create_task(projector.run())
    projector.wake(facts.happen(3))
    await until(lambda: told == ["no answer for 0.02 s"])
    rows.go_on.set()
    await until(lambda: told[-1] == "" and projector.behind == 0)
    running.cancel()
    assert await seen(database) == [1, 2, 3]
