"""The alarms' own file: incidents and what is still to be told. SQLite, apart from the database.

So an alarm about the database that is away is written down too, and any process may look.
"""

import contextlib
import json
import os
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any

from domain.errors import Unavailable
from watch.alarm import HOUR_MS, Incident
from watch.alarm_queue import Notice

KEEP_MS = 400 * 24 * HOUR_MS
"""How long an incident that is over is listed."""
PENDING, SENT, DEAD = "pending", "sent", "dead"
KEEP_NOTICES_MS = 30 * 24 * HOUR_MS

_SCHEMA = """
CREATE TABLE IF NOT EXISTS incident (
  id TEXT PRIMARY KEY, opened INTEGER NOT NULL, over INTEGER NOT NULL, body TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS incident_opened ON incident (opened);
CREATE INDEX IF NOT EXISTS incident_open ON incident (over) WHERE over = 0;
CREATE TABLE IF NOT EXISTS notice (
  id TEXT PRIMARY KEY, receiver TEXT NOT NULL, kind TEXT NOT NULL, incident TEXT NOT NULL,
  due INTEGER NOT NULL, made INTEGER NOT NULL, body TEXT NOT NULL,
  status TEXT NOT NULL, at INTEGER NOT NULL DEFAULT 0, error TEXT NOT NULL DEFAULT '');
CREATE INDEX IF NOT EXISTS notice_pending ON notice (made) WHERE status = 'pending';
CREATE INDEX IF NOT EXISTS notice_of ON notice (incident);
"""
_NOTICE = tuple(field.name for field in fields(Notice))


class AlarmFile:
    """Opens the file, made when there is none; every error of it is Unavailable."""

    def __init__(self, path: Path) -> None:
        with _translated(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            self._path = path
            self._db = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
            self._db.row_factory = sqlite3.Row
            self._db.execute("PRAGMA busy_timeout=5000")
            self._db.execute("PRAGMA journal_mode=WAL")
            self._db.execute("PRAGMA synchronous=NORMAL")
            self._db.executescript(_SCHEMA)
            os.chmod(path, 0o600)

    def close(self) -> None:
        """Let go of the file."""
        self._db.close()

    def write(self, incidents: Sequence[Incident], notices: Sequence[Notice]) -> None:
        """Keep incidents as they are now, and new messages; all or none."""
        with _translated(self._path), self._together():
            for each in incidents:
                body = json.dumps(asdict(each), ensure_ascii=False)
                self._db.execute(
                    "INSERT OR REPLACE INTO incident VALUES (?, ?, ?, ?)",
                    (each.id, each.opened, each.over, body),
                )
            for notice in notices:
                self._db.execute(
                    "INSERT OR IGNORE INTO notice (id, receiver, kind, incident, due, made, body,"
                    " status) VALUES (?, ?, ?, ?, ?, ?, ?, 'pending')",
                    tuple(getattr(notice, name) for name in _NOTICE),
                )

    def told(self, notices: Sequence[str], status: str, now: int, error: str = "") -> None:
        """Note what came of messages."""
        with _translated(self._path), self._together():
            for each in notices:
                self._db.execute(
                    "UPDATE notice SET status = ?, at = ?, error = ? WHERE id = ?",
                    (status, now, error[:200], each),
                )

    def newest(self, limit: int = 100) -> list[Incident]:
        """List incidents, the newest first, open ones among them."""
        return self._incidents("ORDER BY opened DESC LIMIT ?", limit)

    def lately(self, now: int) -> list[Incident]:
        """List what is open, and what opened within the last hour."""
        return self._incidents("WHERE over = 0 OR opened > ?", now - HOUR_MS)

    def pending(self) -> list[Notice]:
        """List messages that are still to be sent."""
        columns = ", ".join(_NOTICE)
        statement = f"SELECT {columns} FROM notice WHERE status = 'pending' ORDER BY made"  # noqa: S608
        with _translated(self._path):
            return [Notice(*row) for row in self._db.execute(statement)]

    def history(self, incident: str) -> list[dict[str, Any]]:
        """List who was told of an incident, when, and what came of it."""
        statement = (
            "SELECT receiver, kind, made, status, at, error FROM notice"
            " WHERE incident = ? ORDER BY made, receiver"
        )
        with _translated(self._path):
            return [dict(row) for row in self._db.execute(statement, (incident,))]

    def tidy(self, now: int) -> None:
        """Forget what is long over."""
        with _translated(self._path), self._together():
            self._db.execute("DELETE FROM incident WHERE over > 0 AND over < ?", (now - KEEP_MS,))
            self._db.execute(
                "DELETE FROM notice WHERE status != 'pending' AND made < ?",
                (now - KEEP_NOTICES_MS,),
            )

    def _incidents(self, where: str, value: int) -> list[Incident]:
        with _translated(self._path):
            rows = self._db.execute(f"SELECT body FROM incident {where}", (value,))  # noqa: S608
            return [_incident(row["body"]) for row in rows]

    @contextlib.contextmanager
    def _together(self) -> Iterator[None]:
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")


def _incident(body: str) -> Incident:
    """Read an incident; what an older version did not know has its default."""
    values = json.loads(body)
    known = {each.name for each in fields(Incident)}
    told = tuple(values.get("told", ()))
    return Incident(**{name: values[name] for name in values if name in known} | {"told": told})


@contextlib.contextmanager
def _translated(path: Path) -> Iterator[None]:
    try:
        yield
    except (OSError, sqlite3.Error, ValueError, TypeError) as error:
        raise Unavailable(f"the alarms' file {path}: {error}") from error
