"""Journal → SQL rows: follows the journal with a cursor, in small transactions, idempotently.

The database may be away: calls go on, the projector waits and catches up.
"""

import asyncio
import logging
from collections.abc import Sequence
from typing import Any, Protocol

from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.errors import Unavailable
from domain.events import Record
from store.database import Database
from store.rows import Cursor

log = logging.getLogger("yingda.projector")

_CURSOR: Any = Cursor.__table__
BATCH = 500
RETRY_S = 1.0


class Projection(Protocol):
    """Turns records into one room's rows."""

    name: str

    async def apply(self, connection: AsyncConnection, records: Sequence[Record]) -> None: ...


class Records(Protocol):
    """Where records are read from."""

    def read(self, after_seq: int, limit: int = ...) -> list[Record]: ...


class Projector:
    """Feeds every projection from where it stopped. `wake` after each commit of the journal."""

    def __init__(
        self, journal: Records, database: Database, projections: Sequence[Projection]
    ) -> None:
        self._newest = 0
        self._journal = journal
        self._database = database
        self._projections = projections
        self._seq: dict[str, int] = {}
        self._woken = asyncio.Event()

    def wake(self, record: Record) -> None:
        """Listener: there is something new."""
        self._newest = record.seq
        self._woken.set()

    @property
    def behind(self) -> int:
        """Count the records that are in the journal and not in every projection's rows yet."""
        done = [self._seq.get(projection.name, 0) for projection in self._projections]
        return max(0, self._newest - min(done, default=self._newest))

    async def run(self) -> None:
        """Follow the journal until cancelled."""
        self._woken.set()
        while True:
            await self._woken.wait()
            self._woken.clear()
            try:
                while await self.catch_up():
                    pass
            except (SQLAlchemyError, OSError, Unavailable) as error:
                log.warning("the database is away, rows will follow: %s", type(error).__name__)
                self._seq.clear()
                await asyncio.sleep(RETRY_S)
                self._woken.set()

    async def catch_up(self) -> bool:
        """Project one batch; tell whether there may be more."""
        more = False
        for projection in self._projections:
            more = await self._advance(projection) or more
        return more

    async def _advance(self, projection: Projection) -> bool:
        async with self._database.write() as connection:
            seq = self._seq.get(projection.name)
            if seq is None:
                seq = await self._cursor(connection, projection.name)
            records = await asyncio.to_thread(self._journal.read, seq, BATCH)
            if not records:
                self._seq[projection.name] = seq
                return False
            await projection.apply(connection, records)
            await connection.execute(
                _CURSOR.update()
                .where(_CURSOR.c.name == projection.name)
                .values(seq=records[-1].seq)
            )
        self._seq[projection.name] = records[-1].seq
        return len(records) == BATCH

    async def _cursor(self, connection: AsyncConnection, name: str) -> int:
        found = await connection.scalar(select(_CURSOR.c.seq).where(_CURSOR.c.name == name))
        if found is None:
            await connection.execute(_CURSOR.insert().values(name=name, seq=0))
        return int(found or 0)
