"""Who talked to a number last, out of the rows: one row, found by an index."""

from typing import Any

from sqlalchemy import select

from cdr.rows import Call
from store.database import Database

_CALL: Any = Call.__table__


async def last_talk(database: Database, number: str, since_ms: int) -> tuple[str, int]:
    """Give the agent of a caller's last answered call in, and when; "" = none since then.

    Raises YingdaError when the database does not answer.
    """
    found = (
        select(_CALL.c.agent, _CALL.c.answered)
        .where(_CALL.c.caller == number, _CALL.c.started >= since_ms, _CALL.c.direction == "in")
        .where(_CALL.c.agent != "", _CALL.c.answered.is_not(None))
        .order_by(_CALL.c.started.desc())
        .limit(1)
    )
    async with database.read() as connection:
        row = (await connection.execute(found)).first()
    return (row.agent, int(row.answered)) if row is not None else ("", 0)
