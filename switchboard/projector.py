"""Journal → SQL rows: follows the journal with a cursor, in small transactions, idempotently.

The database may be away: calls go on, the projector waits and catches up.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Sequence
from itertools import islice
from typing import Any, Protocol

from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.errors import Damaged, Unavailable
from domain.events import Record
from store.database import Database
from store.rows import Cursor

log = logging.getLogger("yingda.projector")

_CURSOR: Any = Cursor.__table__
BATCH = 1000
NEWEST = 2000
"""Records that are kept as they were written, for rows that are not far behind."""
RETRY_S = 1.0
STUCK_S = 15.0
"""A database that has not taken one batch by then is away, though it says nothing."""
GATHER_S, GATHER_EACH_S, LONGEST_S = 0.1, 0.01, 1.0
"""So long news gather, longer after many records: every batch folds each call of it anew."""


class Projection(Protocol):
    """Turns records into one room's rows."""

    name: str

    async def apply(self, connection: AsyncConnection, records: Sequence[Record]) -> None: ...


class Records(Protocol):
    """Where records are read from."""

    def read(self, after_seq: int, limit: int = ...) -> list[Record]: ...


class Newest:
    """The last records as they were written: who is not far behind need not read them again."""

    def __init__(self, most: int = NEWEST) -> None:
        self._records: deque[Record] = deque(maxlen=most)

    def add(self, record: Record) -> None:
        """Take in the next one."""
        self._records.append(record)

    def after(self, seq: int, limit: int) -> list[Record] | None:
        """Give what follows a place, None where that reaches further back than we do."""
        first = self._records[0].seq if self._records else seq + 2
        if first > seq + 1:
            return None
        found = list(islice(self._records, seq + 1 - first, seq + 1 - first + limit))
        return None if found and found[0].seq != seq + 1 else found


class Projector:
    """Feeds every projection from where it stopped. `wake` after each commit of the journal."""

    def __init__(
        self,
        journal: Records,
        database: Database,
        projections: Sequence[Projection],
        stuck_s: float = STUCK_S,
    ) -> None:
        self._stuck_s = stuck_s
        self._last = 0
        self._newest = Newest()
        self._journal = journal
        self._database = database
        self._projections = projections
        self._seq: dict[str, int] = {}
        self._woken = asyncio.Event()
        self.on_late: Callable[[str], None] = lambda why: None
        """Hears why rows cannot be written, "" when they are again."""

    def wake(self, record: Record) -> None:
        """Listener: there is something new."""
        self._last = record.seq
        self._newest.add(record)
        self._woken.set()

    @property
    def behind(self) -> int:
        """Count the records that are in the journal and not in every projection's rows yet."""
        return max(0, self._last - self._done)

    @property
    def _done(self) -> int:
        done = [self._seq.get(projection.name, 0) for projection in self._projections]
        return min(done, default=self._last)

    async def run(self) -> None:
        """Follow the journal until cancelled; what gathers in a moment goes in together."""
        self._woken.set()
        while True:
            await self._woken.wait()
            self._woken.clear()
            before = self._done
            try:
                while await self._in_time():
                    pass
            except Damaged:  # of the journal: the next engine mends it, callers are safe meanwhile
                raise
            except (SQLAlchemyError, OSError, Unavailable) as error:
                log.warning("the database is away, rows will follow: %s", type(error).__name__)
                self.on_late(_said(error))
                self._seq.clear()
                self._woken.set()
                await asyncio.sleep(RETRY_S)
            else:
                self.on_late("")
                busy_s = (self._done - before) * GATHER_EACH_S
                await asyncio.sleep(min(GATHER_S + busy_s, LONGEST_S))

    async def _in_time(self) -> bool:
        """Project one batch; say so where nobody answers, as of a lock or a host that is gone."""
        why = f"no answer for {self._stuck_s:g} s"
        timer = asyncio.get_running_loop().call_later(self._stuck_s, lambda: self.on_late(why))
        try:
            return await self.catch_up()
        finally:
            timer.cancel()

    async def catch_up(self) -> bool:
        """Project one batch; tell whether there may be more.

        All in one transaction. Where one of them fails, each has its own: the others go on.
        """
        try:
            return await self._advance(self._projections)
        except (SQLAlchemyError, OSError, Unavailable):
            if len(self._projections) == 1:
                raise
        return any([await self._advance([each]) for each in self._projections])

    async def _advance(self, projections: Sequence[Projection]) -> bool:
        async with self._database.write() as connection:
            seqs = {each: await self._place(connection, each.name) for each in projections}
            after: dict[int, Sequence[Record]] = {}
            for seq in set(seqs.values()):
                after[seq] = await self._after(seq)
            for seq, records in after.items():
                together = [each for each in projections if seqs[each] == seq]
                await _project(connection, together, records)
        for each, seq in seqs.items():
            self._seq[each.name] = after[seq][-1].seq if after[seq] else seq
        return any(len(records) == BATCH for records in after.values())

    async def _after(self, seq: int) -> Sequence[Record]:
        known = self._newest.after(seq, BATCH)
        if known is None:
            return await asyncio.to_thread(self._journal.read, seq, BATCH)
        return known

    async def _place(self, connection: AsyncConnection, name: str) -> int:
        seq = self._seq.get(name)
        return await self._cursor(connection, name) if seq is None else seq

    async def _cursor(self, connection: AsyncConnection, name: str) -> int:
        found = await connection.scalar(select(_CURSOR.c.seq).where(_CURSOR.c.name == name))
        if found is None:
            await connection.execute(_CURSOR.insert().values(name=name, seq=0))
        return int(found or 0)


def _said(error: Exception) -> str:
    """Give the error's first words, without statement or values."""
    cause = getattr(error, "orig", None) or error
    return str(cause).splitlines()[0][:80] if str(cause) else type(cause).__name__


async def _project(
    connection: AsyncConnection, together: Sequence[Projection], records: Sequence[Record]
) -> None:
    """Let projections that stand at the same place take in what follows there."""
    if not records:
        return
    for each in together:
        await each.apply(connection, records)
    names = [each.name for each in together]
    moved = _CURSOR.update().where(_CURSOR.c.name.in_(names)).values(seq=records[-1].seq)
    await connection.execute(moved)
