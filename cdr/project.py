"""Keep the rows of calls and agents in step with the journal.

Both projections are idempotent: a call's row is the fold of all its facts, whichever batch told
of them; an agent's spans are keyed by the record that began them.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from operator import attrgetter
from typing import Any

from sqlalchemy import String, bindparam, delete, func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from cdr.fold import fold
from cdr.record import CallRecord, Segment
from cdr.rows import AgentSpan, Call, FlowStep, SegmentRow
from cdr.spans import Span, Spans
from cdr.steps import Pass, steps
from domain.events import CallArrived, CallbackQueued, CallErased, DialAsked, Record

ANY_LENGTH = 1 << 30

_BEGINNINGS = (CallArrived, DialAsked, CallbackQueued)

ReadCall = Callable[[str], list[Record]]
"""Give all facts of one call from the journal."""

_CALL: Any = Call.__table__
_SEGMENT: Any = SegmentRow.__table__
_SPAN: Any = AgentSpan.__table__
_STEP: Any = FlowStep.__table__
_SAME_SPAN = delete(_SPAN).where(
    (_SPAN.c.agent == bindparam("an_agent")) & (_SPAN.c.seq == bindparam("a_seq"))
)


@dataclass(frozen=True, slots=True)
class Folded:
    """A call's record and its passes through flows."""

    record: CallRecord
    passes: tuple[Pass, ...]


class CallProjection:
    """Rows `call`, `segment` and `flow_step`, each call folded anew from all its facts.

    They are read from the journal when a call is first spoken of, and kept while it goes on.
    """

    name = "cdr.calls"

    def __init__(self, read_call: ReadCall) -> None:
        self._read_call = read_call
        self._live: dict[str, list[Record]] = {}

    async def apply(self, connection: AsyncConnection, records: Sequence[Record]) -> None:
        """Write the rows of every call that these records speak of."""
        news: dict[str, list[Record]] = {}
        for record in records:
            if record.call:
                news.setdefault(record.call, []).append(record)
        folded = await asyncio.to_thread(self._fold, news)
        await write_calls(connection, [each.record for each in folded])
        await write_steps(connection, {each.record.call: each.passes for each in folded})

    def _fold(self, news: Mapping[str, Sequence[Record]]) -> list[Folded]:
        kept = []
        for call in sorted(news):
            facts = self._facts(call, news[call])
            # a stray fact of a call that never arrived or was never dialled makes no row
            if not any(isinstance(record.event, _BEGINNINGS) for record in facts):
                continue
            folded = Folded(fold(facts), steps(facts))
            kept.append(folded)
            if folded.record.ended is None:
                self._live[call] = facts
            else:
                self._live.pop(call, None)
        return kept

    def _facts(self, call: str, news: Sequence[Record]) -> list[Record]:
        """Give all that is known of a call; told again, a fact is there once."""
        known = self._live.get(call)
        # who was taken out of a call is not in the journal any more
        if known is None or any(isinstance(record.event, CallErased) for record in news):
            return self._read_call(call)
        known += [record for record in news if record.seq > known[-1].seq]
        return known


class AgentProjection:
    """Rows `agent_span`; picks up the open spans from the rows at its first batch."""

    name = "cdr.agents"

    def __init__(self) -> None:
        self._spans: Spans | None = None

    async def apply(self, connection: AsyncConnection, records: Sequence[Record]) -> None:
        """Write the spans that began or ended."""
        spans = self._spans
        # told again means that the last commit failed: only the rows know how far it is
        if spans is None or (records and records[0].seq <= spans.seq):
            spans = await _resumed(connection)
        self._spans = None
        changed = spans.feed(records)
        if changed:
            keys = [{"an_agent": span.agent, "a_seq": span.seq} for span in changed]
            await connection.execute(_SAME_SPAN, keys)
            await connection.execute(insert(_SPAN), [asdict(span) for span in changed])
        self._spans = spans


async def _resumed(connection: AsyncConnection) -> Spans:
    spans = Spans()
    newest = (await connection.execute(select(func.max(_SPAN.c.seq)))).scalar()
    rows = await connection.execute(select(_SPAN).where(_SPAN.c.ended.is_(None)))
    spans.resume([Span(**row._mapping) for row in rows], newest or 0)
    return spans


async def write_calls(connection: AsyncConnection, records: Sequence[CallRecord]) -> None:
    """Replace the rows of these calls."""
    if not records:
        return
    calls = [record.call for record in records]
    await connection.execute(delete(_SEGMENT).where(_SEGMENT.c.call.in_(calls)))
    await connection.execute(delete(_CALL).where(_CALL.c.call.in_(calls)))
    await connection.execute(insert(_CALL), [_row(_CALL, record) for record in records])
    segments = [
        _row(_SEGMENT, segment) | {"call": record.call}
        for record in records
        for segment in record.segments
    ]
    if segments:
        await connection.execute(insert(_SEGMENT), segments)


async def write_steps(connection: AsyncConnection, passes: Mapping[str, Sequence[Pass]]) -> None:
    """Replace the passes of these calls."""
    if passes:
        await connection.execute(delete(_STEP).where(_STEP.c.call.in_(list(passes))))
    rows = [
        _row(_STEP, each) | {"call": call, "n": n}
        for call, walked in passes.items()
        for n, each in enumerate(walked, 1)
    ]
    if rows:
        await connection.execute(insert(_STEP), rows)


def _row(table: Any, record: CallRecord | Segment | Pass) -> dict[str, Any]:
    """Lay a record out as a row; what a caller sent may be longer than a column, or not UTF-8."""
    kind: Any = type(record)
    names, values, texts = _layout(table, kind)
    row = dict(zip(names, values(record), strict=True))
    for name, most in texts:
        text = row[name]
        if text and not (text.isascii() and len(text) <= most and "\0" not in text):
            row[name] = text.replace("\0", "").encode("utf-8", "replace").decode()[:most]
    return row


@cache
def _layout(table: Any, kind: Any) -> tuple[tuple[str, ...], Any, tuple[tuple[str, int], ...]]:
    """Tell which columns a record fills, what reads them, and how long each text may be."""
    columns = [column for column in table.c if column.name in kind.__slots__]
    names = tuple(column.name for column in columns)
    texts = tuple(
        (column.name, column.type.length or ANY_LENGTH)
        for column in columns
        if isinstance(column.type, String)
    )
    return names, attrgetter(*names), texts
