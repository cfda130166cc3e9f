"""How much is kept of one person: counted before a copy is made or anything is erased."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from cdr.rows import Call
from crm.rows import CustomerPhone
from domain.numbers import mask
from office import snapshot
from office.audit import Act, note
from recording.rows import Recording
from store.journal_reader import JournalReader
from survey.rows import SurveyAnswer
from switchboard.installation import Installation
from switchboard.keeping import held_ms
from switchboard.person import calls_of, lists_of

_CALL: Any = Call.__table__
_SOUND: Any = Recording.__table__
_RATING: Any = SurveyAnswer.__table__
_PHONE: Any = CustomerPhone.__table__


@dataclass(frozen=True, slots=True)
class Kept:
    """Counts of one number; `first` and `last` call and `held_until` are UTC ms, 0 = none.

    `held` are calls that may not be erased yet; `lists` are the firm's own that name the number.
    """

    number: str
    calls: int
    first: int
    last: int
    sounds: int
    ratings: int
    customers: int
    lists: tuple[str, ...]
    held: int
    held_until: int


async def kept_of(around: Installation, key: str, by: str) -> Kept:
    """Count what is kept of a number; that somebody looked is audited, the number masked."""
    calls = await calls_of(around, key)
    config, _ = snapshot.read(around.snapshot_file)
    held = _held(around, calls)
    async with around.database.write() as connection:
        counts = await _counts(connection, key)
        act = Act(by, "person.look", mask(key))
        await note(connection, around.clock.utc_ms(), act, {"calls": len(calls)})
    until = max(held, default=0)
    return Kept(mask(key), len(calls), *counts, lists_of(config, key), len(held), until)


async def _counts(connection: AsyncConnection, key: str) -> tuple[int, int, int, int, int]:
    mine = _CALL.c.caller == key
    calls = select(_CALL.c.call).where(mine).scalar_subquery()
    rated = (_RATING.c.call.in_(calls), _RATING.c.score.is_not(None))
    kept = (_SOUND.c.call.in_(calls), _SOUND.c.state == "kept")
    asked = (
        select(func.min(_CALL.c.started)).where(mine),
        select(func.max(_CALL.c.started)).where(mine),
        select(func.count()).select_from(_SOUND).where(*kept),
        select(func.count()).select_from(_RATING).where(*rated),
        select(func.count()).select_from(_PHONE).where(_PHONE.c.number == key),
    )
    first, last, sounds, ratings, customers = [
        int(await connection.scalar(query) or 0) for query in asked
    ]
    return first, last, sounds, ratings, customers


def _held(around: Installation, calls: Sequence[str]) -> list[int]:
    """Give until when each call must stay that may not go yet."""
    if not calls:
        return []
    reader, now = JournalReader(around.journal), around.clock.utc_ms()
    try:
        return [until for call in calls if (until := held_ms(reader.read_call(call), now))]
    finally:
        reader.close()
