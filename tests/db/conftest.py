"""Every test here runs on SQLite, and on PostgreSQL when YINGDA_TEST_POSTGRES_URL names one."""

import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import text

from store.database import Database, open_database

POSTGRES = os.environ.get("YINGDA_TEST_POSTGRES_URL", "")


@pytest.fixture(params=["sqlite", *(["postgresql"] if POSTGRES else [])])
async def database(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Database]:
    """Open an empty database."""
    sqlite = request.param == "sqlite"
    opened = open_database(f"sqlite:///{tmp_path / 'yingda.db'}" if sqlite else POSTGRES)
    if not sqlite:
        async with opened.write() as connection:
            await connection.execute(text("DROP SCHEMA public CASCADE"))
            await connection.execute(text("CREATE SCHEMA public"))
    yield opened
    await opened.close()
