"""Which recordings of prompts there ever were, so that one can go back to an earlier one."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import insert, select

from office.rows import PromptTake
from office.spoken import Take
from store.database import Database

_TABLE: Any = PromptTake.__table__


@dataclass(frozen=True, slots=True)
class Kept:
    """One recording that was put in force: where, what, from which file, when and by whom."""

    prompt: str
    language: str
    hotline: str
    audio: str
    seconds: float
    file: str
    batch: int
    at: int
    by: str


def kept(take: Take, seconds: float, file: str, batch: int, who: tuple[str, int]) -> Kept:
    """Describe a recording; `who` is a login and the moment in utc ms."""
    by, at = who
    place = (take.prompt, take.language, take.hotline, take.audio)
    return Kept(*place, round(seconds, 2), file[:100], batch, at, by)


async def remember(db: Database, takes: Sequence[Kept]) -> None:
    """Write down recordings that were put in force."""
    async with db.write() as connection:
        await connection.execute(insert(_TABLE), [asdict(take) for take in takes])


async def earlier(db: Database, place: tuple[str, str, str], limit: int = 50) -> list[Kept]:
    """List the recordings of one place (hotline, language, prompt), the newest first."""
    hotline, language, prompt = place
    row = _TABLE.c
    here = (row.hotline == hotline) & (row.language == language) & (row.prompt == prompt)
    names = [getattr(row, name) for name in Kept.__slots__]
    async with db.read() as connection:
        query = select(*names).where(here).order_by(row.id.desc()).limit(limit)
        return [Kept(*found) for found in await connection.execute(query)]
