"""The journal's one table, and how its file is opened by whoever may write."""

import contextlib
import os
import sqlite3
from pathlib import Path

INSERT = "INSERT INTO journal (seq, version, crc, mono, utc_ms, call, kind, data) VALUES "
VALUES = "(?, ?, ?, ?, ?, ?, ?, ?)"
BUSY_MS = 5000
_WORDS = "SELECT type, name, tbl_name, sql FROM sqlite_master ORDER BY name"
SCHEMA = """
CREATE TABLE IF NOT EXISTS journal (
  seq INTEGER PRIMARY KEY, version INTEGER NOT NULL, crc INTEGER NOT NULL, mono REAL NOT NULL,
  utc_ms INTEGER NOT NULL, call TEXT NOT NULL, kind TEXT NOT NULL, data TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS journal_call ON journal (call, seq) WHERE call != '';
CREATE INDEX IF NOT EXISTS journal_time ON journal (utc_ms);
"""
LOOK_CLOSER = "PRAGMA cell_size_check=ON"
"""Has SQLite call a page with a pointer to nowhere damaged, instead of reading what is there."""


def as_made(connection: sqlite3.Connection) -> bool:
    """Tell whether the file's own words for the table are ours: one letter off, and it is empty."""
    with contextlib.closing(sqlite3.connect(":memory:")) as new:
        new.executescript(SCHEMA)
        return connection.execute(_WORDS).fetchall() == new.execute(_WORDS).fetchall()


def connected(path: Path) -> sqlite3.Connection:
    """Open the file for writing, made when there is none; raises sqlite3.Error."""
    # SQLite gives its log the file's own rights when it makes it: they are narrow from the start
    path.touch(mode=0o600)
    os.chmod(path, 0o600)
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    try:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute(LOOK_CLOSER)
        connection.execute("PRAGMA secure_delete=ON")  # whom `put_anew` takes out is gone
        connection.execute(f"PRAGMA busy_timeout={BUSY_MS}")
        connection.executescript(SCHEMA)
    except BaseException:
        connection.close()
        raise
    return connection
