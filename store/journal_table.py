"""The journal's one table, and how its file is opened by whoever may write."""

import os
import sqlite3
from pathlib import Path

INSERT = "INSERT INTO journal (seq, version, crc, mono, utc_ms, call, kind, data) VALUES "
VALUES = "(?, ?, ?, ?, ?, ?, ?, ?)"
BUSY_MS = 5000
SCHEMA = """
CREATE TABLE IF NOT EXISTS journal (
  seq INTEGER PRIMARY KEY, version INTEGER NOT NULL, crc INTEGER NOT NULL, mono REAL NOT NULL,
  utc_ms INTEGER NOT NULL, call TEXT NOT NULL, kind TEXT NOT NULL, data TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS journal_call ON journal (call, seq) WHERE call != '';
CREATE INDEX IF NOT EXISTS journal_time ON journal (utc_ms);
"""


def connected(path: Path) -> sqlite3.Connection:
    """Open the file for writing, made when there is none; raises sqlite3.Error."""
    # SQLite gives its log the file's own rights when it makes it: they are narrow from the start
    path.touch(mode=0o600)
    os.chmod(path, 0o600)
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    try:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("PRAGMA secure_delete=ON")  # whom `put_anew` takes out is gone
        connection.execute(f"PRAGMA busy_timeout={BUSY_MS}")
        connection.executescript(SCHEMA)
    except BaseException:
        connection.close()
        raise
    return connection
