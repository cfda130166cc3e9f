"""Many people signed in at once without a password, for benchmarks of pages."""

from collections.abc import Sequence
from hashlib import sha256
from typing import Any

from sqlalchemy import func, select

from office.rows import Session, User
from store import Database

OPEN_MS = 36_000_000
_USER: Any = User.__table__
_SESSION: Any = Session.__table__


async def signed_in(database: Database, role: str, agents: Sequence[str], now: int) -> list[str]:
    """Add a person of this role for each agent's number, signed in; gives their tokens.

    Only an agent works under the number; the others are merely named after it.
    """
    tokens = [f"{role}-{agent}" for agent in agents]
    same = {"role": role, "password": "-", "language": "zh", "disabled": False, "created": now}
    async with database.write() as connection:
        last = await connection.scalar(select(func.max(_USER.c.id))) or 0
        users = [
            same
            | {"id": number, "login": f"{role}{agent}", "name": f"{role}{agent}"}
            | {"agent": agent if role == "agent" else None, "must_change": False}
            for number, agent in enumerate(agents, last + 1)
        ]
        open_ = {"csrf": "-", "address": "", "created": now, "seen": now, "expires": now + OPEN_MS}
        sessions = [
            open_ | {"token_hash": sha256(token.encode()).hexdigest(), "user_id": user["id"]}
            for token, user in zip(tokens, users, strict=True)
        ]
        await connection.execute(_USER.insert(), users)
        await connection.execute(_SESSION.insert(), sessions)
    return tokens
