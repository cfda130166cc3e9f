"""For developers: `python -m store.migrations.make "what changes"` writes the next step.

Compares the tables of every room's `rows.py` with what the steps so far build on an empty SQLite
file; read and correct the result before it is committed.
"""

import asyncio
import importlib
import sys
import tempfile
from pathlib import Path

from alembic import command

from store.base import Base
from store.database import open_database
from store.upgrade import head, on_our_connection, upgrade


async def _make(message: str, folder: Path) -> None:
    database = open_database(f"sqlite:///{folder / 'empty.db'}")
    await upgrade(database, Base.metadata)
    number = f"{int(head() or 0) + 1:04d}"
    await on_our_connection(
        database,
        Base.metadata,
        lambda config: command.revision(config, message, rev_id=number, autogenerate=True),
    )
    await database.close()


def load_rows(root: Path) -> list[str]:
    """Import every room's tables, so that the metadata is whole."""
    rooms = sorted(rows.parent.name for rows in root.glob("*/rows.py"))
    for room in rooms:
        importlib.import_module(f"{room}.rows")
    return rooms


if __name__ == "__main__":
    load_rows(Path(__file__).parents[2])
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(_make(sys.argv[1], Path(folder)))
