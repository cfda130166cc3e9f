"""The last day of SIP in a file of its own: written in batches, cut by age and by size.

SQLite in WAL mode, so that commands read while the tracer writes. It is no record: losing it
costs the diagnosis of yesterday's calls and nothing else. Messages are in the order in which they
were captured: Asterisk's own times are cut to milliseconds for what came in.
"""

import sqlite3
from collections.abc import Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from domain.errors import NotFound, Unavailable

MAX_BYTES = 512 << 20
SLICE = 500
"""Rows that one deletion takes: the writer is never away for long."""
_SCHEMA = """
CREATE TABLE IF NOT EXISTS message (
    id INTEGER PRIMARY KEY,
    at_us INTEGER NOT NULL,
    call_id TEXT NOT NULL,
    call TEXT NOT NULL,
    source TEXT NOT NULL,
    target TEXT NOT NULL,
    transport INTEGER NOT NULL,
    inward INTEGER NOT NULL,
    text TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS message_call_id ON message (call_id);
CREATE INDEX IF NOT EXISTS message_call ON message (call) WHERE call <> '';
CREATE INDEX IF NOT EXISTS message_at ON message (at_us);
"""
_COLUMNS = "at_us, call_id, call, source, target, transport, inward, text"


@dataclass(frozen=True, slots=True)
class Captured:
    """One message as it is kept: redacted. `inward` came to us; `call` is our own id, if named."""

    at_us: int
    call_id: str
    call: str
    source: str
    target: str
    transport: int
    inward: bool
    text: str

    @property
    def far(self) -> str:
        """The other end's address and port."""
        return self.source if self.inward else self.target


class Buffer:
    """The file, open for writing (the tracer) or for reading (everybody else)."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection

    @classmethod
    def open(cls, file: Path) -> "Buffer":
        """Open for writing; made when missing."""
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch(0o600)
        try:
            connection = sqlite3.connect(file, timeout=5, isolation_level=None)
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = OFF")
            connection.executescript(_SCHEMA)
        except sqlite3.Error as error:
            raise Unavailable(f"the trace cannot be written: {error}") from error
        return cls(connection)

    @classmethod
    def read(cls, file: Path) -> "Buffer":
        """Open for reading; NotFound when nothing was ever captured."""
        if not file.exists():
            raise NotFound("no SIP was captured yet: yingda run starts the tracer")
        return cls(sqlite3.connect(f"file:{file}?mode=ro", uri=True, timeout=5))

    def close(self) -> None:
        """Let go of the file."""
        self._db.close()

    def add(self, messages: Iterable[Captured]) -> None:
        """Write a batch; OSError or sqlite3.Error when the disk does not take it."""
        rows = [
            (m.at_us, m.call_id, m.call, m.source, m.target, m.transport, m.inward, m.text)
            for m in messages
        ]
        self._db.execute("BEGIN")
        try:
            self._db.executemany(
                f"INSERT INTO message ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",  # noqa: S608
                rows,
            )
            self._db.execute("COMMIT")
        except sqlite3.Error:
            self._db.execute("ROLLBACK")
            raise

    def cut(self, before_us: int, max_bytes: int = MAX_BYTES) -> int:
        """Delete one slice of what is too old or too much; gives how many rows went."""
        where = "WHERE at_us < ?" if self.bytes < max_bytes else "WHERE at_us >= ? OR 1"
        oldest = f"SELECT id FROM message {where} ORDER BY id LIMIT {SLICE}"  # noqa: S608
        done = self._db.execute(
            f"DELETE FROM message WHERE id IN ({oldest})",  # noqa: S608
            (before_us,),
        )
        return done.rowcount

    def forget(self, call: str, call_ids: Sequence[str]) -> int:
        """Delete the messages of a call's legs; gives how many went."""
        named = self._db.execute("SELECT DISTINCT call_id FROM message WHERE call = ?", (call,))
        ids = sorted({*call_ids, *(row[0] for row in named)} - {""})
        marks = ", ".join("?" * len(ids))
        self._db.execute("PRAGMA secure_delete=ON")
        gone = self._db.execute(f"DELETE FROM message WHERE call_id IN ({marks})", ids)  # noqa: S608
        self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return gone.rowcount

    @property
    def bytes(self) -> int:
        """How much of the file is in use."""
        with closing(self._db.cursor()) as cursor:
            pages, free, size = (
                int(cursor.execute(f"PRAGMA {name}").fetchone()[0])
                for name in ("page_count", "freelist_count", "page_size")
            )
        return (pages - free) * size

    def of_call(self, call: str, call_ids: Sequence[str]) -> list[Captured]:
        """Give the messages of a call's legs: by their Call-IDs and by our own header."""
        named = self._db.execute("SELECT DISTINCT call_id FROM message WHERE call = ?", (call,))
        ids = sorted({*call_ids, *(row[0] for row in named)} - {""})
        marks = ", ".join("?" * len(ids))
        return self._rows(f"call_id IN ({marks}) ORDER BY id", *ids)

    def since(self, at_us: int, most: int = 5000) -> list[Captured]:
        """Give the newest messages since an instant, oldest first."""
        newest = self._rows(f"at_us >= ? ORDER BY id DESC LIMIT {most}", at_us)
        return newest[::-1]

    def _rows(self, where: str, *values: object) -> list[Captured]:
        query = f"SELECT {_COLUMNS} FROM message WHERE {where}"  # noqa: S608  # our own words only
        try:
            return [_captured(row) for row in self._db.execute(query, values)]
        except sqlite3.Error as error:
            raise Unavailable(f"the trace cannot be read: {error}") from error


def _captured(row: tuple[Any, ...]) -> Captured:
    at_us, call_id, call, source, target, transport, inward, text = row
    return Captured(at_us, call_id, call, source, target, transport, bool(inward), text)
