"""A journal that is damaged is never the end of the engine: what can be proved of it is kept.

Opening looks whether SQLite believes the file and all of its log, and whether a record can be
written. If not, every record whose seal fits goes into a new file (`store/salvage.py`), a fact
that says so behind it, and the old files are laid aside for whoever wants to look.
"""

import contextlib
import os
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from domain.events import JournalMended, Record
from store.journal_record import Row, pack
from store.journal_table import INSERT, SCHEMA, VALUES, as_made, connected
from store.salvage import promised, salvage

GAP = 1000
"""Numbers left free behind what was found: a lost record's number is never given again."""
AROUND = (
    *(sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR),
    *(sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM),
    *(sqlite3.SQLITE_NOMEM, sqlite3.SQLITE_AUTH),
)
"""What is wrong around the file, not with it."""
_TRIAL: Row = (1 << 62, 0, 0, 0.0, 1 << 62, "trial", "", "")


def doubt(path: Path) -> None:
    """Have the file mended by whoever opens it next."""
    with contextlib.suppress(OSError):
        _doubt(path).touch()


def mended(path: Path) -> JournalMended | None:
    """Mend a journal that needs it; the writer's lock must be held. None: it is well.

    Raises sqlite3.Error or OSError where the disk does not let us.
    """
    if _new(path).exists():
        _put_in_place(path)
    with _held(_log(path)) as log:
        if not _doubt(path).exists() and _is_whole(path, promised(log)):
            return None
        return _mend(path, log)


def _is_whole(path: Path, wanted: int) -> bool:
    try:
        with contextlib.closing(connected(path)) as connection:
            there = connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()[1]
            connection.execute("BEGIN IMMEDIATE")
            connection.execute(INSERT + VALUES, _TRIAL)
            connection.execute("ROLLBACK")
            connection.execute("SELECT * FROM journal ORDER BY seq DESC LIMIT 1").fetchall()
            return bool(there >= wanted) and as_made(connection)
    except (sqlite3.Error, UnicodeDecodeError) as error:
        if _lies_around(path, getattr(error, "sqlite_errorcode", 0) & 0xFF):
            raise
        return False


def _lies_around(path: Path, code: int) -> bool:
    """Tell whether disk, lock or rights are at fault; a damaged head may say "read only" too."""
    return code in AROUND and not (code == sqlite3.SQLITE_READONLY and os.access(path, os.W_OK))


def _mend(path: Path, log: Path) -> JournalMended:
    found = salvage(path, log)
    rows = [found.rows[seq] for seq in sorted(found.rows)]
    lost = found.last - rows[0][0] + 1 - len(rows) if rows else 0
    folder = _free(path)
    said = JournalMended(len(rows), lost, folder.name)
    mono, utc_ms = (rows[-1][3], rows[-1][4]) if rows else (0.0, 0)
    part = path.with_suffix(".part")
    part.unlink(missing_ok=True)
    _write(part, [*rows, pack(Record(found.last + GAP, mono, utc_ms, said))])
    folder.mkdir(mode=0o700)
    if log.exists():
        os.link(log, folder / _log(path).name)  # SQLite removes its log with the last connection
    part.replace(_new(path))
    _put_in_place(path)
    return said


def _write(file: Path, rows: list[Row]) -> None:
    file.touch(mode=0o600)
    with contextlib.closing(sqlite3.connect(file, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode=OFF")
        connection.executescript(SCHEMA)
        connection.execute("BEGIN")
        connection.executemany(INSERT + VALUES, rows)
        connection.execute("COMMIT")
    with file.open("rb") as data:
        os.fsync(data.fileno())


def _put_in_place(path: Path) -> None:
    """Lay the old files aside and let the new one take their place; may be done again."""
    folder = max(path.parent.glob("damaged-*"), key=_number)
    for old in (path, _log(path), path.with_name(f"{path.name}-shm")):
        if old.exists() and not (folder / old.name).exists():
            old.replace(folder / old.name)
        old.unlink(missing_ok=True)
    _new(path).replace(path)
    _doubt(path).unlink(missing_ok=True)
    here = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(here)
    finally:
        os.close(here)


@contextlib.contextmanager
def _held(log: Path) -> Iterator[Path]:
    """Keep the log by a second name: SQLite removes it with the last connection."""
    second = log.with_name(f"{log.name}-held")
    second.unlink(missing_ok=True)
    if log.exists():
        os.link(log, second)
    try:
        yield second
    finally:
        second.unlink(missing_ok=True)


def _free(path: Path) -> Path:
    taken = [_number(each) for each in path.parent.glob("damaged-*")]
    return path.with_name(f"damaged-{max(taken, default=0) + 1}")


def _number(folder: Path) -> int:
    digits = folder.name.removeprefix("damaged-")
    return int(digits) if digits.isdigit() else 0


def _log(path: Path) -> Path:
    return path.with_name(f"{path.name}-wal")


def _new(path: Path) -> Path:
    return path.with_suffix(".mended")


def _doubt(path: Path) -> Path:
    return path.with_suffix(".doubted")
