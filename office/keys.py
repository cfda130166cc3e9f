"""Keys for machines: made once, stored hashed, each for named scopes, revocable, audited."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import insert, select, update

from domain.clock import DAY_MS, Clock
from domain.errors import Fault, NotFound, Refused
from office import audit
from office.errors import SignedOut
from office.remit import Remit, read, written
from office.roles import SCOPES
from office.rows import ApiKey as Row
from office.texts import both
from office.tokens import hashed
from store.database import Database

PREFIX = "yk_"
"""How a key begins, so that one that leaked is known for what it is."""
LONGEST_DAYS = 730
WHOLE = "webhooks"
"""A scope that cannot be held to a part of the work: each message tells of anybody's calls."""
_BYTES = 32
_NOTE_MS = 60_000


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A key as others may see it; times in utc ms, 0 = not (yet); `remit` None = the whole firm."""

    id: int
    name: str
    scopes: tuple[str, ...]
    by: str
    made: int
    expires: int
    seen: int
    revoked: int
    remit: Remit | None = None


@dataclass(frozen=True, slots=True)
class NewKey:
    """What a key is to be called, may be used for and sees, and for how many days."""

    name: str
    scopes: tuple[str, ...]
    days: int = 365
    remit: Remit | None = None


@dataclass(frozen=True, slots=True)
class ApiKeys:
    """The keys of the firm. `by` is the login of who acts."""

    db: Database
    clock: Clock
    chance: Callable[[int], str] = secrets.token_urlsafe

    async def everyone(self) -> list[ApiKey]:
        """List all, the newest first."""
        async with self.db.read() as connection:
            rows = await connection.execute(select(Row.__table__).order_by(Row.id.desc()))
            return [_key(row) for row in rows]

    async def make(self, new: NewKey, by: str) -> tuple[ApiKey, str]:
        """Make a key; gives it and the key itself, which is kept nowhere else."""
        _check(new)
        token, now = PREFIX + self.chance(_BYTES), self.clock.utc_ms()
        wanted = " ".join(scope for scope in SCOPES if scope in new.scopes)
        held = {"remit": written(new.remit)}
        values: dict[str, Any] = {"name": new.name.strip(), "scopes": wanted, "by": by} | held
        values |= {"made": now, "expires": now + new.days * DAY_MS, "seen": 0, "revoked": 0}
        async with self.db.write() as connection:
            await connection.execute(insert(Row).values(key_hash=hashed(token), **values))
            act = audit.Act(by, "key.make", new.name.strip())
            await audit.note(connection, now, act, {"scopes": wanted, "days": new.days} | held)
            found = select(Row.__table__).where(Row.key_hash == hashed(token))
            return _key((await connection.execute(found)).one()), token

    async def who(self, token: str) -> ApiKey:
        """Tell which key this is; `SignedOut` when it is unknown, revoked or over."""
        now = self.clock.utc_ms()
        query = select(Row.__table__).where(Row.key_hash == hashed(token))
        async with self.db.read() as connection:
            row = (await connection.execute(query)).first()
        if row is None or row.revoked or now >= row.expires:
            raise SignedOut
        if now - row.seen >= _NOTE_MS:
            async with self.db.write() as connection:
                seen = update(Row).where(Row.id == row.id).values(seen=now)
                await connection.execute(seen)
        return _key(row)

    async def revoke(self, key_id: int, by: str) -> None:
        """Void a key at once."""
        now = self.clock.utc_ms()
        async with self.db.write() as connection:
            found = select(Row.name, Row.revoked).where(Row.id == key_id)
            row = (await connection.execute(found)).first()
            if row is None:
                raise NotFound(both("没有这个密钥", "there is no such key"))
            if not row.revoked:
                void = update(Row).where(Row.id == key_id).values(revoked=now)
                await connection.execute(void)
                await audit.note(connection, now, audit.Act(by, "key.revoke", row.name), {})


def _check(new: NewKey) -> None:
    faults = []
    if not (1 <= len(new.name.strip()) <= 60 and new.name.isprintable()):
        faults.append(Fault("", 0, "name", both("名称应为 1–60 个字", "must have 1-60 letters")))
    if not new.scopes or set(new.scopes) - set(SCOPES):
        listed = ", ".join(SCOPES)
        text = both(f"至少选一项：{listed}", f"name at least one of {listed}")
        faults.append(Fault("", 0, "scopes", text))
    if new.remit is not None and WHOLE in new.scopes:
        text = both("消息推送属于全公司，不能限定范围", "webhooks are of the whole firm: no remit")
        faults.append(Fault("", 0, "remit", text))
    if not 1 <= new.days <= LONGEST_DAYS:
        text = both(f"有效期应为 1–{LONGEST_DAYS} 天", f"must be 1-{LONGEST_DAYS} days")
        faults.append(Fault("", 0, "days", text))
    if faults:
        raise Refused(*faults)


def _key(row: Any) -> ApiKey:
    scopes = tuple(row.scopes.split())
    times = (row.made, row.expires, row.seen, row.revoked)
    return ApiKey(row.id, row.name, scopes, row.by, *times, read(row.remit))
