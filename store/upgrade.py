"""Bring the tables to what this version needs, and tell whether they are.

The metadata is the caller's, who has imported every room's `rows.py`: the store knows no room.
All runs on a connection of ours inside the running loop; there is no ini file.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, MetaData

from domain.errors import Conflict
from store.database import Database

_SCRIPTS = Path(__file__).parent / "migrations"


async def upgrade(database: Database, metadata: MetaData, to: str = "head") -> str:
    """Take every step up to a revision; all of them hold or none. Gives the revision reached."""
    return await on_our_connection(database, metadata, lambda config: command.upgrade(config, to))


async def downgrade(database: Database, metadata: MetaData, to: str) -> str:
    """Take steps back to a revision (`-1`: one step, `base`: all)."""
    return await on_our_connection(database, metadata, lambda config: command.downgrade(config, to))


async def differences(database: Database, metadata: MetaData) -> list[str]:
    """List how the tables differ from what this version needs; empty is good."""
    async with database.moving() as connection:
        return await connection.run_sync(_compared, metadata)


def head() -> str:
    """Name the newest revision that this version ships."""
    return ScriptDirectory(str(_SCRIPTS)).get_current_head() or ""


def knows(revision: str) -> bool:
    """Tell whether this version can read rows of a revision."""
    return revision in _known()


async def on_our_connection(
    database: Database, metadata: MetaData, move: Callable[[Config], Any]
) -> str:
    """Let an Alembic command work on our connection; gives the revision it leaves."""
    async with database.moving() as connection:
        return await connection.run_sync(_moved, metadata, move)


def _moved(connection: Connection, metadata: MetaData, move: Callable[[Config], Any]) -> str:
    current = _current(connection)
    if current and current not in _known():
        raise Conflict(
            f"the database was written by a newer version (revision {current}); install that one"
        )
    config = Config()
    config.set_main_option("script_location", str(_SCRIPTS).replace("%", "%%"))
    config.attributes.update(connection=connection, metadata=metadata)
    move(config)
    return _current(connection)


def _compared(connection: Connection, metadata: MetaData) -> list[str]:
    found = []
    if _current(connection) != head():
        found.append(f"revision {_current(connection) or 'none'} instead of {head()}")
    context = MigrationContext.configure(connection, opts={"compare_type": True})
    return found + [_said(difference) for difference in compare_metadata(context, metadata)]


def _said(difference: Any) -> str:
    parts = difference[0] if isinstance(difference, list) else difference
    return " ".join(getattr(part, "name", None) or str(part) for part in parts if part is not None)


def _current(connection: Connection) -> str:
    return MigrationContext.configure(connection).get_current_revision() or ""


def _known() -> set[str]:
    return {step.revision for step in ScriptDirectory(str(_SCRIPTS)).walk_revisions()}
