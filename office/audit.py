"""The audit trail: who did what to which object, each row chained to the one before by a hash."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from office.alone import alone
from office.rows import Audit
from store.database import Database

START = "0" * 64
"""What the first row is chained to."""
_SECRET = ("password", "secret", "token", "csrf", "cookie", "hash")
_NOTHING: Mapping[str, Any] = {}


@dataclass(frozen=True, slots=True)
class Entry:
    """One row of the trail; `at` in utc ms, `detail` is JSON."""

    seq: int
    at: int
    who: str
    what: str
    object: str
    detail: str
    previous: str
    hash: str


@dataclass(frozen=True, slots=True)
class Act:
    """What is to be noted: a login (or `system`), a verb like config.publish, the object."""

    who: str
    what: str
    object: str = ""


def link(entry: Entry) -> str:
    """Compute the hash that an entry must carry."""
    parts = (entry.seq, entry.at, entry.who, entry.what, entry.object, entry.detail, entry.previous)
    return sha256(json.dumps(parts, ensure_ascii=False).encode()).hexdigest()


async def note(
    connection: AsyncConnection, at: int, act: Act, detail: Mapping[str, Any] = _NOTHING
) -> None:
    """Add to the trail within the transaction of the act itself; secrets are left out."""
    await alone(connection, "audit")
    last = (
        await connection.execute(select(Audit.seq, Audit.hash).order_by(Audit.seq.desc()).limit(1))
    ).first()
    seq, previous = (last.seq + 1, last.hash) if last else (1, START)
    text = json.dumps(_clean(detail), ensure_ascii=False, sort_keys=True, default=str)
    entry = Entry(seq, at, act.who[:64], act.what[:40], act.object[:200], text, previous, "")
    values = {name: getattr(entry, name) for name in Entry.__slots__} | {"hash": link(entry)}
    await connection.execute(insert(Audit).values(**values))


async def trail(db: Database, before: int = 0, limit: int = 100) -> list[Entry]:
    """Read the newest entries, or those before a sequence number."""
    query = select(Audit.__table__).order_by(Audit.seq.desc()).limit(limit)
    if before:
        query = query.where(Audit.seq < before)
    async with db.read() as connection:
        return [Entry(**row) for row in (await connection.execute(query)).mappings()]


async def broken_at(db: Database) -> int:
    """Walk the chain; the sequence of the first row that does not fit, 0 when all fit."""
    previous, seq = START, 0
    while True:
        query = select(Audit.__table__).where(Audit.seq > seq).order_by(Audit.seq).limit(1000)
        async with db.read() as connection:
            rows = [Entry(**row) for row in (await connection.execute(query)).mappings()]
        if not rows:
            return 0
        if bad := _first_bad(rows, seq, previous):
            return bad
        seq, previous = rows[-1].seq, rows[-1].hash


async def holds(db: Database, seq: int, mark: str) -> bool:
    """Tell whether the entry of this number still carries this hash."""
    query = select(Audit.hash).where(Audit.seq == seq)
    async with db.read() as connection:
        return await connection.scalar(query) == mark


def _first_bad(entries: Sequence[Entry], seq: int, previous: str) -> int:
    for entry in entries:
        seq += 1
        if (entry.seq, entry.previous) != (seq, previous) or entry.hash != link(entry):
            return seq
        previous = entry.hash
    return 0


def _clean(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {
            key: "***" if any(word in str(key).lower() for word in _SECRET) else _clean(inner)
            for key, inner in value.items()
        }
    return [_clean(inner) for inner in value] if isinstance(value, list | tuple) else value
