"""Who is signed in: random tokens stored hashed, 12 h at most, 2 h idle; guessing gets slow."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from hmac import compare_digest

from sqlalchemy import delete, insert, select, update

from domain.clock import Clock
from office import audit
from office.backoff import Backoff
from office.errors import SignedOut, TooManyTries, WrongLogin
from office.passwords import Passwords
from office.people import Person, login_key, person
from office.rows import Session, User
from office.tokens import hashed
from store.database import Database

WHOLE_MS = 12 * 3600 * 1000
"""A session's whole life."""
IDLE_MS = 2 * 3600 * 1000
"""A session ends when nothing was asked for so long."""
_NOTE_MS = 60_000
_BYTES = 32


@dataclass(frozen=True, slots=True)
class SignedIn:
    """An open session; `token` is for the cookie only, `csrf` for the page."""

    token: str
    csrf: str
    person: Person
    expires: int


@dataclass(frozen=True, slots=True)
class Sessions:
    """Opens, knows and ends sessions. `address` is where the request came from."""

    db: Database
    clock: Clock
    passwords: Passwords = field(default_factory=Passwords)
    backoff: Backoff = field(default_factory=Backoff)
    chance: Callable[[int], str] = secrets.token_urlsafe

    async def sign_in(self, login: str, password: str, address: str, device: str = "") -> SignedIn:
        """Open a session, or `WrongLogin`; too many failures give `TooManyTries`.

        A `device` that the login was used on before is slowed down by its own failures only, and by
        its address's: nobody else's make its person wait.
        """
        key, now = login_key(login), self.clock.utc_ms()
        own = f"device:{device}" if device else _by_login(key)
        self._check(own, address)
        async with self.db.read() as connection:
            query = select(User.__table__).where(User.login == key)
            row = (await connection.execute(query)).first()
        stored = row.password if row else ""
        right = await self.passwords.fits(stored, password, lambda: self._check(own, address))
        if row is None or not right or row.disabled:
            await self._refuse(key if row else "?", own, address)
        self.backoff.succeeded(own)
        signed = SignedIn(self.chance(_BYTES), self.chance(_BYTES), person(row), now + WHOLE_MS)
        await self._open(signed, address, now)
        if self.passwords.is_old(stored):
            await self._renew_hash(signed.person.id, password)
        return signed

    async def who(self, token: str) -> SignedIn:
        """Tell who holds this token; `SignedOut` when it is unknown, too old or idle too long."""
        now, mark = self.clock.utc_ms(), hashed(token)
        query = select(
            Session.csrf, Session.seen, Session.expires, Session.user_id, User.__table__
        ).join(User, User.id == Session.user_id)
        async with self.db.read() as connection:
            row = (await connection.execute(query.where(Session.token_hash == mark))).first()
        if row is None or row.disabled or now >= min(row.expires, row.seen + IDLE_MS):
            raise SignedOut
        if now - row.seen >= _NOTE_MS:
            seen = update(Session).where(Session.token_hash == mark).values(seen=now)
            async with self.db.write() as connection:
                await connection.execute(seen)
        return SignedIn(token, row.csrf, person(row), row.expires)

    async def sign_out(self, token: str) -> None:
        """End a session; an unknown one is no fault."""
        async with self.db.write() as connection:
            await connection.execute(delete(Session).where(Session.token_hash == hashed(token)))

    async def sweep(self) -> int:
        """Delete sessions that ended by themselves; gives how many."""
        now = self.clock.utc_ms()
        over = (Session.expires <= now) | (Session.seen <= now - IDLE_MS)
        async with self.db.write() as connection:
            return (await connection.execute(delete(Session).where(over))).rowcount

    def _check(self, own: str, address: str) -> None:
        now = self.clock.utc_ms()
        waits = (self.backoff.wait_s(name, now) for name in (own, _by_address(address)))
        if (wait := max(waits)) > 0:
            raise TooManyTries(wait)

    async def _refuse(self, known: str, own: str, address: str) -> None:
        """Note the failure; an unknown login is not written down, it may be a password."""
        now = self.clock.utc_ms()
        self.backoff.failed(own, now)
        self.backoff.failed(_by_address(address), now)
        async with self.db.write() as connection:
            act = audit.Act(known, "session.refused", known)
            await audit.note(connection, now, act, {"address": address})
        raise WrongLogin

    async def _open(self, signed: SignedIn, address: str, now: int) -> None:
        values = {"user_id": signed.person.id, "csrf": signed.csrf, "address": address[:64]}
        times = {"created": now, "seen": now, "expires": signed.expires}
        opened = insert(Session).values(token_hash=hashed(signed.token), **values, **times)
        async with self.db.write() as connection:
            await connection.execute(opened)
            act = audit.Act(signed.person.login, "session.start", signed.person.login)
            await audit.note(connection, now, act, {"address": address})

    async def _renew_hash(self, person_id: int, password: str) -> None:
        renewed = await self.passwords.hash(password)
        async with self.db.write() as connection:
            await connection.execute(
                update(User).where(User.id == person_id).values(password=renewed)
            )


def csrf_fits(signed: SignedIn, header: str) -> bool:
    """Compare a page's token with the session's, in constant time."""
    return compare_digest(signed.csrf.encode(), header.encode())


def _by_login(key: str) -> str:
    return f"login:{key}"


def _by_address(address: str) -> str:
    return f"address:{address}"
