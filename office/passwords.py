"""Passwords: argon2id in a thread, two at a time; the rules for one's own; readable made ones."""

import asyncio
import secrets
from collections.abc import Callable

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from domain.errors import Fault, Refused
from office.texts import both

SHORTEST, LONGEST = 10, 200
"""Letters of a password; the upper bound keeps a huge one from costing time."""
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
_AT_ONCE = 2


class Passwords:
    """Makes and checks password hashes off the loop."""

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        """Take the hasher whose cost is wanted; the library's own (RFC 9106 low-memory) else."""
        self._hasher = hasher or PasswordHasher()
        self._turn = asyncio.Semaphore(_AT_ONCE)
        self._nobody = ""

    async def hash(self, password: str) -> str:
        """Make the stored form of a password."""
        async with self._turn:
            return await asyncio.to_thread(self._hasher.hash, password)

    async def fits(self, stored: str, password: str, allowed: Callable[[], None]) -> bool:
        """Compare; an empty `stored` costs the same time. `allowed` may refuse at its turn."""
        if not self._nobody:
            self._nobody = await self.hash(secrets.token_urlsafe())
        async with self._turn:
            allowed()
            right = await asyncio.to_thread(self._verify, stored or self._nobody, password)
        return right and bool(stored)

    def is_old(self, stored: str) -> bool:
        """Tell whether a hash was made at another cost than today's."""
        return self._hasher.check_needs_rehash(stored)

    def _verify(self, stored: str, password: str) -> bool:
        try:
            return self._hasher.verify(stored, password[: LONGEST + 1])
        except (VerificationError, InvalidHashError):
            return False


def made_password(choose: Callable[[str], str] = secrets.choice) -> str:
    """Make a password of 79 bits that can be read out: `abcd-efgh-jkmn-pqrs`."""
    return "-".join("".join(choose(_LETTERS) for _ in range(4)) for _ in range(4))


def check_password(password: str, login: str) -> None:
    """Refuse a password that is too short, too long, the login itself or one letter repeated."""
    wrong = ""
    if len(password) < SHORTEST:
        wrong = both(f"至少 {SHORTEST} 位", f"must have at least {SHORTEST} letters")
    elif len(password) > LONGEST:
        wrong = both(f"最多 {LONGEST} 位", f"must have at most {LONGEST} letters")
    elif password.strip().casefold() == login.casefold():
        wrong = both("不能与账号相同", "must not be the login")
    elif len(set(password)) < 4:
        wrong = both("字符过于单一", "must have four different letters or more")
    if wrong:
        raise Refused(Fault("", 0, "password", wrong))
