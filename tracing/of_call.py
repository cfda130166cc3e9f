"""Everything that is known of one call's signalling: journal and ring buffer put together."""

from dataclasses import dataclass
from pathlib import Path

from domain import events as ev
from domain.errors import NotFound
from domain.events import Record
from store.journal import JournalReader
from tracing.buffer import Buffer
from tracing.ladder import LegOf, Measured, Rung, Words, ladder


@dataclass(frozen=True, slots=True)
class Files:
    """Where the two files lie."""

    journal: Path
    trace: Path


@dataclass(frozen=True, slots=True)
class CallTrace:
    """The ladder and the RTP of a call; `rungs` is empty when the buffer has let go of it."""

    call: str
    rungs: list[Rung]
    media: list[Measured]


def trace_of(files: Files, call: str, words: Words) -> CallTrace:
    """Put one call's signalling together. NotFound when nobody knows the call."""
    records = _records(files.journal, call)
    legs = legs_of(records)
    rungs: list[Rung] = []
    if files.trace.exists():
        buffer = Buffer.read(files.trace)
        try:
            rungs = ladder(buffer.of_call(call, sorted(legs)), legs, words)
        finally:
            buffer.close()
    if not records and not rungs:
        raise NotFound(f"no such call: {call}")
    return CallTrace(call, rungs, measured_of(records))


def _records(journal: Path, call: str) -> list[Record]:
    if not journal.exists():
        return []
    reader = JournalReader(journal)
    try:
        return reader.read_call(call)
    finally:
        reader.close()


def legs_of(records: list[Record]) -> dict[str, LegOf]:
    """Give Call-ID → leg, as the journal has them."""
    legs: dict[str, LegOf] = {}
    for record in records:
        match record.event:
            case ev.CallArrived(sip_id=sip_id, trunk=trunk) if sip_id:
                legs[sip_id] = LegOf("caller", trunk)
            case ev.LegOpened(_, side, sip_id, endpoint) if sip_id:
                legs[sip_id] = LegOf(side, endpoint)
    return legs


def measured_of(records: list[Record]) -> list[Measured]:
    """Give the RTP of every leg that has ended."""
    return [
        Measured(each.side, each.received, each.sent, each.lost, each.jitter_ms)
        for record in records
        if isinstance(each := record.event, ev.LegMeasured)
    ]
