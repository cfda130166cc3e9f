"""Every test here runs on SQLite and on PostgreSQL; one is started where it is installed."""

import os
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from store.database import Database, open_database
from tests.db.postgres import binaries, running

GIVEN = os.environ.get("YINGDA_TEST_POSTGRES_URL", "")


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """Give the URL of a PostgreSQL: the one that was named, else one of our own."""
    tools = binaries()
    if GIVEN:
        yield GIVEN
    elif tools is None:
        missing = "PostgreSQL is not installed (apt-get install postgresql)"
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(missing)
    else:
        with running(tools) as url:
            yield url


@pytest.fixture(params=["sqlite", "postgresql"])
async def database(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Database]:
    """Open an empty database."""
    sqlite = request.param == "sqlite"
    url = f"sqlite:///{tmp_path / 'yingda.db'}" if sqlite else request.getfixturevalue("postgres")
    opened = open_database(url)
    if not sqlite:
        async with opened.write() as connection:
            await connection.execute(text("DROP SCHEMA public CASCADE"))
            await connection.execute(text("CREATE SCHEMA public"))
    yield opened
    await opened.close()
