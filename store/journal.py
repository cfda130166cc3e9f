"""The write-ahead journal: every fact, durable before anything acts on it.

One SQLite file in WAL mode with `synchronous=FULL`, one writer (a lock file keeps a second engine
out) on a thread of its own, one commit for a whole batch. Readers, also in other processes, look
through `JournalReader`. Each record carries a CRC32 over all its columns. A file that is damaged is
mended when it is opened (`store/mending.py`).
"""

import asyncio
import contextlib
import fcntl
import os
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import IO, Self

from domain.errors import Conflict, Damaged, Unavailable
from domain.events import Event, JournalMended, Record
from store.hand import Hand
from store.journal_reader import (
    BadRecord as BadRecord,
    JournalReader as JournalReader,
    is_damage,
)
from store.journal_record import Row, pack
from store.journal_table import BUSY_MS, INSERT, VALUES, connected
from store.mending import doubt, mended

Entry = tuple[float, int, Event]
"""Monotonic seconds, UTC milliseconds, what happened."""

BALLAST_BYTES = 16 * 2**20
LOG_BYTES = 4_400_000
"""What SQLite's write-ahead log takes before it begins anew: 1000 pages and their headers."""
AT_ONCE = 100
"""So many facts fit into one statement."""
_UPDATE = "UPDATE journal SET version = ?, crc = ?, data = ? WHERE seq = ? AND kind = ?"
RESERVE_AGAIN_S = 60.0
"""How soon after it gave way the ballast is laid again, if there is room."""


class JournalFile:
    """The journal with the right to write; make it with `JournalFile.open`."""

    def __init__(self, path: Path, lock: IO[str], connection: sqlite3.Connection) -> None:
        self._path = path
        self._lock = lock
        self._connection = connection
        self._thread = Hand("journal")
        self._reader = JournalReader(path)
        self._ballast_bytes, self._gave_way_at = 0, 0.0
        self.last_seq: int = self._reader.last_seq
        self.mended: JournalMended | None = None
        """What was found when a damaged file was opened just now."""
        self.on_reserve: Callable[[bool], None] = lambda there: None
        """Hears in the loop that the reserve gave way to a full disk, and that it is back."""

    @classmethod
    def open(cls, path: Path, ballast_bytes: int = BALLAST_BYTES) -> Self:
        """Open or make the file; Conflict if another engine holds it."""
        path.parent.mkdir(parents=True, exist_ok=True)
        lock = _locked(path)
        try:
            found = mended(path)
            connection = connected(path)
        except (sqlite3.Error, OSError) as error:
            lock.close()
            raise Unavailable(f"the journal {path} cannot be opened: {error}") from error
        _lay_ballast(_ballast(path), ballast_bytes)
        if ballast_bytes:
            _make_room(path)
        journal = cls(path, lock, connection)
        journal.mended, journal._ballast_bytes = found, ballast_bytes
        return journal

    async def append(self, entries: Sequence[Entry]) -> list[Record]:
        """Write facts in one commit; on return they survive a crash. Unavailable: none is kept."""
        if not entries:
            return []
        done: asyncio.Future[list[Record]] = asyncio.get_running_loop().create_future()
        had = self._gave_way_at
        self._thread.give(partial(self._write_for, list(entries), done))
        records = await done
        if self._gave_way_at != had:
            self.on_reserve(not self._gave_way_at)
        return records

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
        with self._doubted():
            return self._reader.read(after_seq, limit)

    def read_call(self, call: str) -> list[Record]:
        """Give all that happened to one call."""
        with self._doubted():
            return self._reader.read_call(call)

    def since(self, utc_ms: int) -> list[Record]:
        """Give all that happened from a moment on."""
        with self._doubted():
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
        with self._doubted():
            self._keep(rows, records[-1].mono)
        self.last_seq = records[-1].seq
        return records

    def _keep(self, rows: list[Row], mono: float) -> None:
        """Commit; where the disk is full, the ballast gives way once."""
        try:
            self._commit(rows)
        except sqlite3.Error as error:
            if is_damage(error) or not _gave_way(_ballast(self._path)):
                raise _unwritten(error) from error
            self._gave_way_at = mono
            self._commit_again(rows)
        else:
            self._lay_again(mono)

    def _lay_again(self, mono: float) -> None:
        if self._gave_way_at and mono - self._gave_way_at >= RESERVE_AGAIN_S:
            there = _lay_ballast(_ballast(self._path), self._ballast_bytes)
            self._gave_way_at = 0.0 if there else mono

    @contextlib.contextmanager
    def _doubted(self) -> Iterator[None]:
        """Remember damage on the disk: the next engine to open the file mends it."""
        try:
            yield
        except Damaged:
            doubt(self._path)
            raise

    def _commit(self, rows: list[Row]) -> None:
        if len(rows) <= AT_ONCE:
            # one statement is one transaction, and one wait for the interpreter instead of many
            statement = INSERT + ", ".join([VALUES] * len(rows))
            self._connection.execute(statement, [value for row in rows for value in row])
            return
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            self._connection.executemany(INSERT + VALUES, rows)
            self._connection.execute("COMMIT")
        except sqlite3.Error:
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
            raise

    def _commit_again(self, rows: list[Row]) -> None:
        try:
            self._commit(rows)
        except sqlite3.Error as error:
            raise _unwritten(error) from error


def _unwritten(error: sqlite3.Error) -> Unavailable:
    kind = Damaged if is_damage(error) else Unavailable
    return kind(f"the journal cannot be written: {error}")


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


def _lay_ballast(ballast: Path, size: int) -> bool:
    # space that gives way when the disk is full, so that running calls can still be written
    if size and not (ballast.exists() and ballast.stat().st_size == size):
        try:
            ballast.write_bytes(b"\0" * size)
        except OSError:
            ballast.unlink(missing_ok=True)
    return ballast.exists()


def _gave_way(ballast: Path) -> bool:
    held = ballast.exists()
    ballast.unlink(missing_ok=True)
    return held
