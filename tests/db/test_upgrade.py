"""Migrations build exactly the tables that the rooms describe, and can be walked back."""

from pathlib import Path

import pytest
from sqlalchemy import inspect, text

from domain.errors import Conflict
from store.base import Base
from store.database import Database
from store.migrations.make import load_rows
from store.upgrade import differences, downgrade, head, upgrade

pytestmark = pytest.mark.db
load_rows(Path(__file__).parents[2])


async def _tables(database: Database) -> set[str]:
    async with database.read() as connection:
        return set(await connection.run_sync(lambda c: inspect(c).get_table_names()))


async def test_from_nothing_to_exactly_what_the_rooms_describe(database: Database) -> None:
    assert await differences(database, Base.metadata)
    assert await upgrade(database, Base.metadata) == head()
    assert await differences(database, Base.metadata) == []
    assert await upgrade(database, Base.metadata) == head()
    assert await _tables(database) == {*Base.metadata.tables, "alembic_version"}


async def test_one_step_back_and_forth_and_all_the_way_back(database: Database) -> None:
    await upgrade(database, Base.metadata)
    assert await downgrade(database, Base.metadata, "-1") != head()
    await upgrade(database, Base.metadata)
    assert await differences(database, Base.metadata) == []
    await downgrade(database, Base.metadata, "base")
    assert await _tables(database) == {"alembic_version"}


async def test_a_database_of_a_newer_version_is_left_alone(database: Database) -> None:
    await upgrade(database, Base.metadata)
    async with database.write() as connection:
        await connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(Conflict, match="newer version"):
        await upgrade(database, Base.metadata)
