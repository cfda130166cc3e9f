"""The outbox's file: what is to be delivered to whom, how often it was tried, what came of it.

SQLite in WAL mode, so that any process may look and replay while the engine delivers. A delivered
message keeps its row without the body, for `KEEP_MS`; a dead one keeps its body for a replay.
"""

import json
import os
import sqlite3
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from domain.errors import NotFound, Unavailable

KEEP_MS = 7 * 24 * 3600 * 1000
"""How long a finished delivery is listed."""
PENDING, DELIVERED, DEAD = "pending", "delivered", "dead"
TEST = "webhook.test"

_SCHEMA = """
CREATE TABLE IF NOT EXISTS cursor (one INTEGER PRIMARY KEY CHECK (one = 1), seq INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS closed (
  endpoint TEXT PRIMARY KEY, url TEXT NOT NULL, at INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS delivery (
  id TEXT PRIMARY KEY, seq INTEGER NOT NULL, endpoint TEXT NOT NULL, call TEXT NOT NULL,
  event TEXT NOT NULL, body TEXT NOT NULL, status TEXT NOT NULL, attempts INTEGER NOT NULL,
  due INTEGER NOT NULL, made INTEGER NOT NULL, at INTEGER NOT NULL, last_error TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS delivery_pending ON delivery (endpoint, call, seq)
  WHERE status = 'pending';
CREATE INDEX IF NOT EXISTS delivery_due ON delivery (endpoint, due, seq)
  WHERE status = 'pending';
CREATE INDEX IF NOT EXISTS delivery_newest ON delivery (made);
"""
_FIRST = (  # the order of a call's messages is kept per endpoint
    "NOT EXISTS (SELECT 1 FROM delivery e WHERE e.status = 'pending' AND e.endpoint = d.endpoint"
    " AND e.call = d.call AND e.call != '' AND e.seq < d.seq)"
)


@dataclass(frozen=True, slots=True)
class Delivery:
    """One message to one endpoint: status pending, delivered or dead; times in UTC ms."""

    id: str
    seq: int
    endpoint: str
    call: str
    event: str
    body: str
    status: str
    attempts: int
    due: int
    made: int
    at: int = 0
    last_error: str = ""


_COLUMNS = tuple(field.name for field in fields(Delivery))


class Deliveries:
    """Reads and changes the file from any process; it is made when there is none."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            self._connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
            self._connection.row_factory = sqlite3.Row
            self._connection.execute("PRAGMA busy_timeout=5000")
            self._connection.execute("PRAGMA journal_mode=WAL")
            self._connection.execute("PRAGMA synchronous=NORMAL")
            self._connection.executescript(_SCHEMA)
            os.chmod(path, 0o600)
        except (OSError, sqlite3.Error) as error:
            raise Unavailable(f"the outbox {path} cannot be opened: {error}") from error

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()

    def newest(self, limit: int = 50) -> list[Delivery]:
        """List the newest messages, whatever came of them."""
        return self._found("ORDER BY made DESC, seq DESC LIMIT ?", limit)

    def dead(self, limit: int = 50) -> list[Delivery]:
        """List messages that were given up, newest first."""
        return self._found("WHERE status = 'dead' ORDER BY made DESC, seq DESC LIMIT ?", limit)

    def counted(self, since: int) -> tuple[int, int]:
        """Tell how many messages wait, and how many were given up since then (UTC ms)."""
        waiting = self._run("SELECT count(*) FROM delivery WHERE status = 'pending'")
        dead = self._run("SELECT count(*) FROM delivery WHERE status = 'dead' AND at >= ?", since)
        return int(waiting[0][0]), int(dead[0][0])

    def due(self, endpoint: str, now: int, limit: int) -> list[Delivery]:
        """List what may be sent to an endpoint now, the longest due first.

        What was made or tried at a time still to come is due too: the clock was set back since.
        """
        when = "(d.due <= ? OR max(d.made, d.at) > ?)"
        where = f"WHERE d.status = 'pending' AND d.endpoint = ? AND {when} AND {_FIRST}"
        return self._found(f"{where} ORDER BY d.due, d.seq LIMIT ?", endpoint, now, now, limit)

    def replay(self, message: str, now: int) -> None:
        """Send a dead message again, from the first try on; NotFound for any other."""
        again = "UPDATE delivery SET status = 'pending', attempts = 0, due = ? WHERE id = ?"
        if not self._change(again + " AND status = 'dead'", now, message):
            raise NotFound(f"no dead message {message}")

    def test(self, endpoint: str, now: int) -> str:
        """Put a test message for an endpoint; gives its id."""
        message = f"test-{now}-{endpoint}"
        body = json.dumps({"type": TEST, "timestamp": now, "data": {}})
        self.put([Delivery(message, 0, endpoint, "", TEST, body, PENDING, 0, now, now)])
        return message

    def cursor(self) -> int | None:
        """Tell the journal place up to which messages were made, None at the very first start."""
        rows = self._run("SELECT seq FROM cursor")
        return int(rows[0][0]) if rows else None

    def take(self, made: Iterable[Delivery], seq: int) -> None:
        """Keep new messages and the journal place, both or neither."""
        with self._together():
            self.put(made)
            self._run("INSERT OR REPLACE INTO cursor VALUES (1, ?)", seq)

    def put(self, made: Iterable[Delivery]) -> None:
        """Keep new messages; those that are known already stay as they are."""
        marks = ", ".join("?" * len(_COLUMNS))
        statement = f"INSERT OR IGNORE INTO delivery ({', '.join(_COLUMNS)}) VALUES ({marks})"  # noqa: S608
        for each in made:
            self._run(statement, *(getattr(each, name) for name in _COLUMNS))

    def delivered(self, message: str, now: int) -> None:
        """Note success; the body is no longer needed."""
        self._change(
            "UPDATE delivery SET status = 'delivered', attempts = attempts + 1, at = ?, body = '',"
            " last_error = '' WHERE id = ?",
            now,
            message,
        )

    def failed(self, message: str, now: int, why: str, due: int | None) -> None:
        """Note a failed try; without a next time the message is dead."""
        self._change(
            "UPDATE delivery SET status = ?, attempts = attempts + 1, at = ?, last_error = ?,"
            " due = ? WHERE id = ?",
            DEAD if due is None else PENDING,
            now,
            why[:200],
            due or 0,
            message,
        )

    def give_up(self, endpoint: str, why: str) -> None:
        """Let everything that waits for an endpoint be dead."""
        self._change(
            "UPDATE delivery SET status = 'dead', last_error = ? WHERE endpoint = ?"
            " AND status = 'pending'",
            why,
            endpoint,
        )

    def close_endpoint(self, endpoint: str, url: str, now: int) -> None:
        """Send nothing more to an endpoint that answered "gone", until its address changes."""
        with self._together():
            self._run("INSERT OR REPLACE INTO closed VALUES (?, ?, ?)", endpoint, url, now)
            self.give_up(endpoint, "gone: the endpoint wants no more")

    def reopen(self, endpoint: str) -> None:
        """Send to an endpoint again that had said "gone"."""
        self._change("DELETE FROM closed WHERE endpoint = ?", endpoint)

    def closed(self) -> set[tuple[str, str]]:
        """List the endpoints that want no more, each with its address."""
        return {(row[0], row[1]) for row in self._run("SELECT endpoint, url FROM closed")}

    def forget(self, now: int, endpoints: Collection[str]) -> None:
        """Drop old finished rows; what waits for an endpoint that is no more is dead."""
        old = "DELETE FROM delivery WHERE status != 'pending' AND made < ?"
        self._change(old, now - KEEP_MS)
        rows = self._run("SELECT DISTINCT endpoint FROM delivery WHERE status = 'pending'")
        for (endpoint,) in rows:
            if endpoint not in endpoints:
                self.give_up(endpoint, "the endpoint was removed")

    def of_calls(self, calls: Collection[str]) -> list[Delivery]:
        """List what was or is to be told of these calls, oldest first."""
        marks = ", ".join("?" * len(calls))
        return self._found(f"WHERE call IN ({marks}) ORDER BY made, seq", *calls)

    def forget_calls(self, calls: Collection[str]) -> int:
        """Drop all that tells of these calls, also what still waits; tells how many went."""
        marks = ", ".join("?" * len(calls))
        self._run("PRAGMA secure_delete=ON")
        gone = self._change(f"DELETE FROM delivery WHERE call IN ({marks})", *calls)  # noqa: S608
        self._run("PRAGMA wal_checkpoint(TRUNCATE)")
        return gone

    def _found(self, where: str, *values: object) -> list[Delivery]:
        names = ", ".join(_COLUMNS)
        rows = self._run(f"SELECT {names} FROM delivery d {where}", *values)  # noqa: S608
        return [Delivery(**dict(row)) for row in rows]

    def _run(self, statement: str, *values: object) -> list[Any]:
        try:
            return self._connection.execute(statement, values).fetchall()
        except sqlite3.Error as error:
            raise Unavailable(f"the outbox: {error}") from error

    def _change(self, statement: str, *values: object) -> int:
        try:
            return self._connection.execute(statement, values).rowcount
        except sqlite3.Error as error:
            raise Unavailable(f"the outbox: {error}") from error

    @contextmanager
    def _together(self) -> Iterator[None]:
        self._run("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._run("ROLLBACK")
            raise
        self._run("COMMIT")
