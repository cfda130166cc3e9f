"""Make the rows of calls and agents anew from the journal; equal to what the projections kept."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from sqlalchemy import delete, text
from sqlalchemy.ext.asyncio import AsyncConnection

from cdr.project import AgentProjection, CallProjection
from cdr.rows import AgentSpan, Call, FlowStep, SegmentRow
from domain.events import Record
from store.database import Database
from store.journal import JournalReader

_TABLES: tuple[Any, ...] = (
    *(FlowStep.__table__, SegmentRow.__table__),
    *(Call.__table__, AgentSpan.__table__),
)


class Projection(Protocol):
    """Whatever folds records into rows, idempotently by the journal's numbers."""

    name: str

    async def apply(self, connection: AsyncConnection, records: Sequence[Record]) -> None: ...


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """How much was read, and what could not be."""

    records: int
    bad: int
    unknown: int


async def rebuild(
    database: Database,
    reader: JournalReader,
    others: Sequence[Projection] = (),
    progress: Callable[[int, int], None] = lambda done, all_: None,
) -> Rebuilt:
    """Empty the tables and read the whole journal, in one transaction: all or nothing."""
    projections: tuple[Projection, ...] = (
        CallProjection(reader.read_call),
        AgentProjection(),
        *others,
    )
    seen, after, last = 0, 0, reader.last_seq
    async with database.write() as connection:
        if database.dialect == "postgresql":
            await connection.execute(
                text("LOCK TABLE call, segment, flow_step, agent_span IN EXCLUSIVE MODE")
            )
        for table in _TABLES:
            await connection.execute(delete(table))
        while records := reader.read(after):
            for projection in projections:
                await projection.apply(connection, records)
            seen, after = seen + len(records), records[-1].seq
            progress(after, last)
    return Rebuilt(seen, len(reader.bad), sum(reader.skipped.values()))
