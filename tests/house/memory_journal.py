"""A journal in memory, in the bytes of the real one: for thousands of virtual days.

What is written is packed and unpacked as `store.journal` does; only the disk is missing. A fault
may be asked for: the n-th batch that is written fails, and every one after it.
"""

from collections.abc import Sequence

from domain.errors import Unavailable
from domain.events import Record
from store.journal import Entry
from store.journal_record import Row, pack, unpack


class MemoryJournal:
    """Keeps rows for one engine after the other; `fails_at` counts the batches from 1."""

    def __init__(self) -> None:
        self.rows: list[Row] = []
        self.batches = 0
        self.fails_at = 0

    @property
    def last_seq(self) -> int:
        """Give the newest record's number, 0 for none."""
        return len(self.rows)

    async def append(self, entries: Sequence[Entry]) -> Sequence[Record]:
        """Write a batch whole; Unavailable when the disk is full."""
        self.batches += 1
        if self.fails_at and self.batches >= self.fails_at:
            raise Unavailable("no space left for the journal")
        seq = self.last_seq
        records = [Record(seq + n, *entry) for n, entry in enumerate(entries, 1)]
        self.rows += map(pack, records)
        return records

    def since(self, utc_ms: int) -> list[Record]:
        """Read everything from a moment on."""
        return [record for record in map(unpacked, self.rows) if record.utc_ms >= utc_ms]

    def read(self, after_seq: int, limit: int = 1000) -> list[Record]:
        """Read what follows a record."""
        return [unpacked(row) for row in self.rows[after_seq : after_seq + limit]]

    def read_call(self, call: str) -> list[Record]:
        """Read what there is of one call."""
        return [unpacked(row) for row in self.rows if row[5] == call]

    def close(self) -> None:
        """Keep everything: the next engine reads it."""


def unpacked(row: Row) -> Record:
    """Open a row that we wrote ourselves."""
    record = unpack(row)
    assert isinstance(record, Record), record
    return record
