"""Desk phones that set themselves up: a link for one device, used once, every act audited.

The link's token is stored hashed. The first fetch binds it to the device; the same device may
fetch again for ten minutes, since phones ask twice.
"""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.clock import Clock
from domain.errors import NotFound
from office import audit
from office.rows import Device as Row
from office.texts import both
from office.tokens import hashed
from store.database import Database

LINK_MS = 24 * 3600 * 1000
"""How long a link waits for its phone."""
GRACE_MS = 10 * 60 * 1000
"""How long after its first fetch the same phone may fetch again."""
_BYTES = 32
_TEXT = 200


@dataclass(frozen=True, slots=True)
class Device:
    """One phone or the link that waits for it; times in utc ms, 0 = not yet."""

    id: int
    agent: str
    vendor: str
    model: str
    mac: str
    by: str
    made: int
    expires: int
    claimed: int
    seen: int
    revoked: int
    user_agent: str
    address: str


@dataclass(frozen=True, slots=True)
class NewDevice:
    """For whom a link is to be made; `mac` binds it beforehand, "" = whoever comes first."""

    agent: str
    vendor: str
    model: str = ""
    mac: str = ""


@dataclass(frozen=True, slots=True)
class Fetch:
    """Who fetches: the MAC address it gave (or ""), what it calls itself, where it came from."""

    mac: str
    user_agent: str
    address: str


@dataclass(frozen=True, slots=True)
class Devices:
    """The links and phones of the firm. `by` is the login of who acts."""

    db: Database
    clock: Clock
    chance: Callable[[int], str] = secrets.token_urlsafe

    async def everyone(self) -> list[Device]:
        """List all, the newest first."""
        async with self.db.read() as connection:
            rows = await connection.execute(select(Row.__table__).order_by(Row.id.desc()))
            return [_device(row) for row in rows]

    async def link(self, new: NewDevice, by: str) -> tuple[Device, str]:
        """Make a link; gives the device and the token, which is kept nowhere else."""
        token, now = self.chance(_BYTES), self.clock.utc_ms()
        values: dict[str, Any] = {"agent": new.agent, "vendor": new.vendor, "mac": new.mac}
        values |= {"model": new.model[:_TEXT], "by": by, "made": now, "expires": now + LINK_MS}
        async with self.db.write() as connection:
            await connection.execute(insert(Row).values(token_hash=hashed(token), **values))
            detail = {"agent": new.agent, "vendor": new.vendor, "mac": new.mac}
            act = audit.Act(by, "phone.link", f"a{new.agent}")
            await audit.note(connection, now, act, detail)
            made = await _by_token(connection, token)
        return made, token

    async def fetch(self, token: str, asked: Fetch) -> tuple[Device, bool]:
        """Let a phone use its link; tells whether this was the first time. Else NotFound."""
        now = self.clock.utc_ms()
        async with self.db.write() as connection:
            device = await _by_token(connection, token)
            if device.claimed:
                _check_same(device, asked, now)
                await _set(connection, device.id, seen=now)
                return device, False
            _check_free(device, asked, now)
            await self._claim(connection, device, asked, now)
            return await _by_token(connection, token), True

    async def known(self, token: str) -> Device:
        """Find the phone of a link that is not over; NotFound otherwise."""
        now = self.clock.utc_ms()
        async with self.db.read() as connection:
            device = await _by_token(connection, token)
        until = device.claimed + GRACE_MS if device.claimed else device.expires
        if device.revoked or now >= until:
            raise _nothing()
        return device

    async def revoke(self, device_id: int, by: str) -> Device:
        """Void a link or a phone; gives it as it was before."""
        now = self.clock.utc_ms()
        async with self.db.write() as connection:
            found = await connection.execute(select(Row.__table__).where(Row.id == device_id))
            row = found.first()
            if row is None:
                raise _nothing()
            if not row.revoked:
                await _set(connection, device_id, revoked=now)
                act = audit.Act(by, "phone.revoke", f"a{row.agent}")
                await audit.note(connection, now, act, {"device": device_id})
        return _device(row)

    async def of_agent(self, agent: str) -> Device | None:
        """Give the phone that an agent uses, if one was set up by a link."""
        query = (
            select(Row.__table__)
            .where(Row.agent == agent, Row.claimed > 0, Row.revoked == 0)
            .order_by(Row.claimed.desc())
        )
        async with self.db.read() as connection:
            row = (await connection.execute(query.limit(1))).first()
        return _device(row) if row else None

    async def _claim(
        self, connection: AsyncConnection, device: Device, asked: Fetch, now: int
    ) -> None:
        """Bind the phone; the one that the agent had until now is void: one account, one phone."""
        await connection.execute(
            update(Row)
            .where(Row.agent == device.agent, Row.claimed > 0, Row.revoked == 0)
            .values(revoked=now)
        )
        seen = {"user_agent": asked.user_agent[:_TEXT], "address": asked.address[:64]}
        mac = asked.mac or device.mac
        bound = (
            update(Row)
            .where(Row.id == device.id, Row.claimed == 0)
            .values(claimed=now, seen=now, mac=mac, **seen)
        )
        if not (await connection.execute(bound)).rowcount:
            raise _nothing()  # another phone was first in the same moment
        act = audit.Act("system", "phone.claim", f"a{device.agent}")
        await audit.note(connection, now, act, {"device": device.id, "mac": mac, **seen})


def _check_free(device: Device, asked: Fetch, now: int) -> None:
    foreign = device.mac and asked.mac != device.mac
    if device.revoked or now >= device.expires or foreign:
        raise _nothing()


def _check_same(device: Device, asked: Fetch, now: int) -> None:
    late = now >= device.claimed + GRACE_MS
    if device.mac:
        same = asked.mac == device.mac
    else:
        same = (asked.user_agent[:_TEXT], asked.address[:64]) == (
            device.user_agent,
            device.address,
        )
    if device.revoked or late or not same:
        raise _nothing()


async def _by_token(connection: AsyncConnection, token: str) -> Device:
    query = select(Row.__table__).where(Row.token_hash == hashed(token))
    row = (await connection.execute(query)).first()
    if row is None:
        raise _nothing()
    return _device(row)


async def _set(connection: AsyncConnection, device_id: int, **values: Any) -> None:
    await connection.execute(update(Row).where(Row.id == device_id).values(**values))


def _nothing() -> NotFound:
    return NotFound(both("没有这部话机,或链接已失效", "no such phone, or its link is over"))


def _device(row: Any) -> Device:
    return Device(**{name: getattr(row, name) for name in Device.__dataclass_fields__})
