"""The database: transactions hold, writers take turns, failures come as ours."""

import asyncio
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from domain.errors import Refused, Unavailable
from store.database import Database, open_database

pytestmark = pytest.mark.db


async def _count(database: Database) -> int:
    async with database.read() as connection:
        return int((await connection.execute(text("SELECT n FROM counter"))).scalar_one())


@pytest.fixture
async def counter(database: Database) -> Database:
    async with database.write() as connection:
        await connection.execute(text("CREATE TABLE counter (n INTEGER)"))
        await connection.execute(text("INSERT INTO counter VALUES (0)"))
    return database


async def test_read_then_write_transactions_never_lose_each_other(counter: Database) -> None:
    lock = " FOR UPDATE" if counter.dialect == "postgresql" else ""

    async def add() -> None:
        for _ in range(10):
            async with counter.write() as connection:
                seen = (await connection.execute(text("SELECT n FROM counter" + lock))).scalar_one()
                await connection.execute(text("UPDATE counter SET n = :n"), {"n": seen + 1})

    await asyncio.gather(*(add() for _ in range(5)))
    assert await _count(counter) == 50


async def test_a_body_that_raises_leaves_nothing(counter: Database) -> None:
    with pytest.raises(KeyError):
        async with counter.write() as connection:
            await connection.execute(text("UPDATE counter SET n = 9"))
            raise KeyError
    assert await _count(counter) == 0


async def test_a_reader_is_not_held_up_by_a_writer(counter: Database) -> None:
    async with counter.write() as connection:
        await connection.execute(text("UPDATE counter SET n = 9"))
        assert await asyncio.wait_for(_count(counter), 30) == 0
    assert await _count(counter) == 9


async def test_a_database_that_does_not_answer_is_unavailable() -> None:
    database = open_database("postgresql://nobody@127.0.0.1:1/nothing")
    with pytest.raises(Unavailable):
        async with database.read():
            pass
    await database.close()


async def test_a_server_that_ends_our_session_is_unavailable_and_then_there_again(
    postgres: str,
) -> None:
    database = open_database(postgres)
    with pytest.raises(Unavailable):
        async with database.write() as connection:
            await connection.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))
    async with database.read() as connection:
        assert (await connection.execute(text("SELECT 1"))).scalar_one() == 1
    with pytest.raises(DBAPIError):  # a statement that is wrong is our own fault
        async with database.write() as connection:
            await connection.execute(text("SELECT * FROM nowhere"))
    await database.close()


@pytest.mark.parametrize("url", ["nonsense", "mysql://x/y", "sqlite://"])
def test_other_urls_are_refused(url: str, tmp_path: Path) -> None:
    with pytest.raises(Refused):
        open_database(url)
