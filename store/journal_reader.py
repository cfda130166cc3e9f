"""Reading the journal: a read-only connection of its own, for any process and any thread."""

import sqlite3
from collections import Counter
from itertools import pairwise
from pathlib import Path
from threading import Lock
from typing import Any

from domain.errors import Damaged, Unavailable
from domain.events import Record
from store.journal_record import BadRecord as BadRecord, Row, UnknownKind, unpack
from store.journal_table import BUSY_MS, LOOK_CLOSER

DAMAGE = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
_COLUMNS = "SELECT seq, version, crc, mono, utc_ms, call, kind, data FROM journal "


class JournalReader:
    """Looks into a journal file; damaged records go to `bad`, unknown kinds are counted."""

    def __init__(self, path: Path) -> None:
        self._lock = Lock()
        self._seen_bad: set[int] = set()
        self.bad: list[BadRecord] = []
        self.skipped: Counter[str] = Counter()
        try:
            self._connection = sqlite3.connect(
                f"{path.absolute().as_uri()}?mode=ro",
                uri=True,
                isolation_level=None,
                check_same_thread=False,
            )
            self._connection.execute(f"PRAGMA busy_timeout={BUSY_MS}")
            self._connection.execute(LOOK_CLOSER)
        except sqlite3.Error as error:
            raise Unavailable(f"the journal {path} cannot be read: {error}") from error

    @property
    def last_seq(self) -> int:
        """Tell the number of the newest record, 0 for none."""
        return int(self._rows("SELECT coalesce(max(seq), 0) FROM journal")[0][0])

    def read(self, after_seq: int, limit: int = 1000) -> list[Record]:
        """Give up to `limit` records after a place; empty only at the end of the journal."""
        while rows := self._rows(_COLUMNS + "WHERE seq > ? ORDER BY seq LIMIT ?", after_seq, limit):
            records = self._opened(rows)
            if records:
                return records
            after_seq = rows[-1][0]  # a whole page of damage or of newer kinds
        return []

    def read_call(self, call: str) -> list[Record]:
        """Give all that happened to one call."""
        return self._records("WHERE call = ? AND call != '' ORDER BY seq", call)

    def of_kind(self, kind: str) -> list[Record]:
        """Give all facts of one kind; looks at every record."""
        return self._records("WHERE kind = ? ORDER BY seq", kind)

    def since(self, utc_ms: int) -> list[Record]:
        """Give all that happened from a moment on."""
        return self._records("WHERE utc_ms >= ? ORDER BY seq", utc_ms)

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()

    def _records(self, where: str, *values: object) -> list[Record]:
        return self._opened(self._rows(_COLUMNS + where, *values))

    def _opened(self, rows: list[Row]) -> list[Record]:
        if any(one[0] >= two[0] for one, two in pairwise(rows)):
            raise Damaged("the journal cannot be read: its records are out of order")
        records = []
        for row in rows:
            match unpack(row):
                case Record() as record:
                    records.append(record)
                case BadRecord() as bad:
                    self._report(bad)
                case UnknownKind(_, kind):
                    self.skipped[kind] += 1
        return records

    def _report(self, bad: BadRecord) -> None:
        if bad.seq not in self._seen_bad:
            self._seen_bad.add(bad.seq)
            self.bad.append(bad)

    def _rows(self, statement: str, *values: object) -> list[Any]:
        try:
            with self._lock:
                return self._looked_up(statement, values)
        except sqlite3.Error as error:
            raise unreadable(error) from error

    def _looked_up(self, statement: str, values: tuple[object, ...]) -> list[Any]:
        try:
            return self._connection.execute(statement, values).fetchall()
        except (sqlite3.Error, UnicodeDecodeError):
            # one byte that is no text would hide its whole page: no seal will fit what is put there
            self._connection.text_factory = _text
            return self._connection.execute(statement, values).fetchall()
        finally:
            self._connection.text_factory = str


def unreadable(error: sqlite3.Error) -> Unavailable:
    """Translate an error of reading or writing the journal: damage, or something around it."""
    kind = Damaged if is_damage(error) else Unavailable
    return kind(f"the journal cannot be read: {error}")


def is_damage(error: sqlite3.Error) -> bool:
    """Tell whether the file itself is at fault, not the disk, a lock or a right."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF in DAMAGE


def _text(data: bytes) -> str:
    return data.decode(errors="replace")


def verify(journal: Path) -> tuple[int, list[str]]:
    """Read every record of a journal; count the good ones, name the damaged."""
    if not journal.exists():
        return 0, []
    reader, seen, after = JournalReader(journal), 0, 0
    try:
        while records := reader.read(after):
            seen, after = seen + len(records), records[-1].seq
        return seen, [f"record {bad.seq}: {bad.why}" for bad in reader.bad]
    finally:
        reader.close()
