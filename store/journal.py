"""The write-ahead journal: every fact, durable before anything acts on it.

One SQLite file in WAL mode with `synchronous=FULL`, one writer (a lock file keeps a second engine
out) on a thread of its own, one commit for a whole batch. Readers, also in other processes, look
through `JournalReader`. Each record carries a CRC32 over all its columns.
"""

import asyncio
import contextlib
import fcntl
import os
import sqlite3
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import IO, Self

from domain.errors import Conflict, Unavailable
from domain.events import Event, Record
from store.journal_reader import BadRecord as BadRecord, JournalReader as JournalReader
from store.journal_record import Row, pack

Entry = tuple[float, int, Event]
"""Monotonic seconds, UTC milliseconds, what happened."""

BALLAST_BYTES = 16 * 2**20
LOG_BYTES = 4_400_000
"""What SQLite's write-ahead log takes before it begins anew: 1000 pages and their headers."""
BUSY_MS = 5000
AT_ONCE = 100
"""So many facts fit into one statement."""
_INSERT = "INSERT INTO journal (seq, version, crc, mono, utc_ms, call, kind, data) VALUES "
_VALUES = "(?, ?, ?, ?, ?, ?, ?, ?)"
_UPDATE = "UPDATE journal SET version = ?, crc = ?, data = ? WHERE seq = ? AND kind = ?"
_SCHEMA = """
CREATE TABLE IF NOT EXISTS journal (
  seq INTEGER PRIMARY KEY, version INTEGER NOT NULL, crc INTEGER NOT NULL, mono REAL NOT NULL,
  utc_ms INTEGER NOT NULL, call TEXT NOT NULL, kind TEXT NOT NULL, data TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS journal_call ON journal (call, seq) WHERE call != '';
CREATE INDEX IF NOT EXISTS journal_time ON journal (utc_ms);
"""


class JournalFile:
    """The journal with the right to write; make it with `JournalFile.open`."""

    def __init__(self, path: Path, lock: IO[str], connection: sqlite3.Connection) -> None:
        self._path = path
        self._lock = lock
        self._connection = connection
        self._thread = ThreadPoolExecutor(1, "journal")
        self._reader = JournalReader(path)
        self.last_seq: int = self._reader.last_seq

    @classmethod
    def open(cls, path: Path, ballast_bytes: int = BALLAST_BYTES) -> Self:
        """Open or make the file; Conflict if another engine holds it."""
        path.parent.mkdir(parents=True, exist_ok=True)
        lock = _locked(path)
        try:
            connection = _connected(path)
        except sqlite3.Error as error:
            lock.close()
            raise Unavailable(f"the journal {path} cannot be opened: {error}") from error
        _lay_ballast(_ballast(path), ballast_bytes)
        if ballast_bytes:
            _make_room(path)
        return cls(path, lock, connection)

    async def append(self, entries: Sequence[Entry]) -> list[Record]:
        """Write facts in one commit; on return they survive a crash. Unavailable: none is kept."""
        if not entries:
            return []
        done: asyncio.Future[list[Record]] = asyncio.get_running_loop().create_future()
        self._thread.submit(self._write_for, list(entries), done)
        return await done

    async def put_anew(self, records: Sequence[Record]) -> None:
        """Write what facts say anew, at their own places: the only change a fact ever sees.

        For taking a person out (`domain.erase`). What was written before is overwritten, not only
        unlinked; a few of its pages may outlive this in the log until it begins anew (4 MB).
        """
        for start in range(0, len(records), AT_ONCE):
            rows = [pack(record) for record in records[start : start + AT_ONCE]]
            await self._aside(partial(self._put, rows))
        if records:
            await self._aside(self._wipe_log)

    async def _aside(self, act: Callable[[], None]) -> None:
        try:
            await asyncio.get_running_loop().run_in_executor(self._thread, act)
        except sqlite3.Error as error:
            raise Unavailable(f"the journal cannot be written: {error}") from error

    def _put(self, rows: list[Row]) -> None:
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            for seq, version, crc, _, _, _, kind, data in rows:
                values = (version, crc, data, seq, kind)
                self._connection.execute(_UPDATE, values)
            self._connection.execute("COMMIT")
        except sqlite3.Error:
            self._connection.execute("ROLLBACK")
            raise

    def _wipe_log(self) -> None:
        """Move all into the file and empty the log; not while somebody reads: nobody may wait."""
        self._connection.execute("PRAGMA busy_timeout=0")
        try:
            self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        finally:
            self._connection.execute(f"PRAGMA busy_timeout={BUSY_MS}")

    def read(self, after_seq: int, limit: int = 1000) -> list[Record]:
        """Give records after a place, oldest first."""
        return self._reader.read(after_seq, limit)

    def read_call(self, call: str) -> list[Record]:
        """Give all that happened to one call."""
        return self._reader.read_call(call)

    def since(self, utc_ms: int) -> list[Record]:
        """Give all that happened from a moment on."""
        return self._reader.since(utc_ms)

    @property
    def bad(self) -> list[BadRecord]:
        """List the damaged records met by this object's reads."""
        return self._reader.bad

    @property
    def skipped(self) -> dict[str, int]:
        """Count records of kinds that this version does not know."""
        return self._reader.skipped

    def close(self) -> None:
        """Finish the writer and let the next engine in."""
        self._thread.shutdown(wait=True)
        self._reader.close()
        self._connection.close()
        self._lock.close()

    def _write_for(self, entries: list[Entry], done: asyncio.Future[list[Record]]) -> None:
        """In the thread: write and tell the loop, in one step of it; nobody may wait any more."""
        written: list[Record] | BaseException
        try:
            written = self._write(entries)
        except BaseException as error:
            written = error
        with contextlib.suppress(RuntimeError):  # the loop has ended
            done.get_loop().call_soon_threadsafe(_settle, done, written)

    def _write(self, entries: list[Entry]) -> list[Record]:
        records = [
            Record(self.last_seq + number, mono, utc_ms, event)
            for number, (mono, utc_ms, event) in enumerate(entries, 1)
        ]
        rows = [pack(record) for record in records]
        try:
            self._commit(rows)
        except sqlite3.OperationalError as error:
            if not _gave_way(_ballast(self._path)):
                raise Unavailable(f"the journal cannot be written: {error}") from error
            self._commit_again(rows)
        self.last_seq = records[-1].seq
        return records

    def _commit(self, rows: list[Row]) -> None:
        if len(rows) <= AT_ONCE:
            # one statement is one transaction, and one wait for the interpreter instead of many
            statement = _INSERT + ", ".join([_VALUES] * len(rows))
            self._connection.execute(statement, [value for row in rows for value in row])
            return
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            self._connection.executemany(_INSERT + _VALUES, rows)
            self._connection.execute("COMMIT")
        except sqlite3.Error:
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
            raise

    def _commit_again(self, rows: list[Row]) -> None:
        try:
            self._commit(rows)
        except sqlite3.Error as error:
            raise Unavailable(f"the journal cannot be written: {error}") from error


def _connected(path: Path) -> sqlite3.Connection:
    # SQLite gives its log the file's own rights when it makes it: they are narrow from the start
    path.touch(mode=0o600)
    os.chmod(path, 0o600)
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("PRAGMA secure_delete=ON")  # whom `put_anew` takes out is gone
    connection.execute(f"PRAGMA busy_timeout={BUSY_MS}")
    connection.executescript(_SCHEMA)
    return connection


def _locked(path: Path) -> IO[str]:
    lock = path.with_suffix(".lock").open("a")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        lock.close()
        raise Conflict(f"another engine is running: it holds {path}") from error
    return lock


def _settle(done: asyncio.Future[list[Record]], written: list[Record] | BaseException) -> None:
    if done.done():
        return
    if isinstance(written, BaseException):
        done.set_exception(written)
    else:
        done.set_result(written)


def _make_room(path: Path) -> None:
    """Let the write-ahead log have its full length: a commit that makes no file longer is quicker.

    SQLite takes nothing behind the last frame for data: each frame carries the log's own salt.
    """
    log = path.with_name(f"{path.name}-wal")
    with contextlib.suppress(OSError), log.open("r+b") as out:
        out.seek(0, os.SEEK_END)
        out.write(b"\0" * max(0, LOG_BYTES - out.tell()))
        out.flush()
        os.fdatasync(out.fileno())


def _ballast(path: Path) -> Path:
    return path.with_suffix(".ballast")


def _lay_ballast(ballast: Path, size: int) -> None:
    # space that gives way when the disk is full, so that running calls can still be written
    if size and not (ballast.exists() and ballast.stat().st_size == size):
        try:
            ballast.write_bytes(b"\0" * size)
        except OSError:
            ballast.unlink(missing_ok=True)


def _gave_way(ballast: Path) -> bool:
    held = ballast.exists()
    ballast.unlink(missing_ok=True)
    return held
