"""One person, by number: everything we keep of them, and taking them out of it."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import delete, func, select, update

from cdr.rows import Call
from crm.rows import CustomerPhone
from domain import events as ev
from domain.errors import Conflict, EngineUnavailable, Fault, NotFound, Refused, Unavailable
from domain.numbers import mask, parse
from domain.settings import Settings
from office.audit import Act, note
from office.model import Config
from recording.rows import MessageWork
from store.journal import JournalFile
from store.snapshots import empty_log
from switchboard.announce import ask
from switchboard.expiring import keeping_of
from switchboard.installation import Installation
from switchboard.keeping import new_name
from switchboard.projector import Projector
from switchboard.rows import projections

AT_ONCE = 50
"""Calls that the engine is asked about at a time."""
ROWS_S, LOOK_S = 60.0, 0.2
"""How long we wait for the rows to follow, and between looks."""
_CALL: Any = Call.__table__
_WORK: Any = MessageWork.__table__
_PHONE: Any = CustomerPhone.__table__


@dataclass(slots=True)
class Outcome:
    """What an erasure did; `held` are calls the law keeps longer, and until when (UTC ms).

    `lists` names the firm's own lists in which the number stands on purpose.
    """

    name: str
    calls: int = 0
    sounds: int = 0
    held: dict[str, int] = field(default_factory=dict)
    lists: tuple[str, ...] = ()


def key_of(number: str, areas: Sequence[str] = ()) -> str:
    """Read a number as calls carry it; Refused when it is none."""
    key = parse(number, next(iter(areas), ""))
    if not key:
        raise Refused(Fault("", 0, "number", f"{number!r} 不是号码 · is no number"))
    return key


async def calls_of(around: Installation, key: str) -> list[str]:
    """List a number's calls, oldest first, those with a withheld number too."""
    query = select(_CALL.c.call).where(_CALL.c.caller == key).order_by(_CALL.c.started)
    async with around.database.read() as connection:
        return list((await connection.execute(query)).scalars())


def lists_of(config: Config, key: str) -> tuple[str, ...]:
    """Name the firm's lists that hold a number."""
    named = (
        *(("do_not_call", each.number) for each in config.do_not_call),
        *(("vip", each.number) for each in config.vip),
        *(("blacklist", each.number) for each in config.blacklist),
        *((f"lists/{each.id}", number) for each in config.lists for number in each.numbers),
    )
    return tuple(dict.fromkeys(name for name, number in named if parse(number) == key))


def areas_of(settings: Settings) -> list[str]:
    """Give the area codes with which a landline may be written short, the first one first."""
    return [trunk.area_code for trunk in settings.trunks if trunk.area_code]


async def erase(
    around: Installation, key: str, by: str, reason: str, *, alone: bool = True
) -> Outcome:
    """Take a person out of everything we may take them out of; audited without the number.

    The engine does it; where none runs we do it here, if `alone`, else EngineUnavailable.
    """
    calls, name = await calls_of(around, key), new_name()
    found = Outcome(name, lists=lists_of(around.plan().config, key))
    for start in range(0, max(1, len(calls)), AT_ONCE):
        wish = {"calls": calls[start : start + AT_ONCE], "name": name, "number": key}
        done = await _asked(around, wish, alone=alone)
        found.calls += len(done["calls"])
        found.sounds += int(done["sounds"])
        found.held |= done["held"]
    async with around.database.write() as connection:
        await connection.execute(delete(_PHONE).where(_PHONE.c.number == key))
        if gone := [call for call in calls if call not in found.held]:
            blank = update(_WORK).where(_WORK.c.call.in_(gone)).values(note="")
            await connection.execute(blank)
        detail = {"calls": found.calls, "sounds": found.sounds, "held": len(found.held)}
        act = Act(by, "person.erase", name)
        await note(connection, around.clock.utc_ms(), act, detail | {"reason": reason})
    await _rows_follow(around, key, len(found.held))
    if around.database.dialect == "sqlite":
        await asyncio.to_thread(empty_log, Path(around.database.url.database or ""))
    return found


async def _asked(around: Installation, wish: dict[str, Any], *, alone: bool) -> dict[str, Any]:
    """Let the engine do it; where none runs, hold its journal and do it here."""
    try:
        return await ask(around, "person.erase", wish)
    except EngineUnavailable:
        if not alone:
            raise
        if not around.journal.exists():
            raise NotFound(f"there is no installation in {around.data}") from None
    journal = await asyncio.to_thread(JournalFile.open, around.journal)
    try:
        told: list[ev.Event] = []
        done = await keeping_of(around, journal, told.append).asked(wish)
        now = around.clock.mono(), around.clock.utc_ms()
        await journal.append([(*now, event) for event in told])
        projector = Projector(journal, around.database, projections(journal.read_call))
        while await projector.catch_up():
            pass
        return done
    finally:
        await asyncio.to_thread(journal.close)


async def _rows_follow(around: Installation, key: str, left: int) -> None:
    """Wait until no row names the number but those that must."""
    count = select(func.count()).select_from(_CALL).where(_CALL.c.caller == key)
    try:
        async with asyncio.timeout(ROWS_S):
            while True:
                async with around.database.read() as connection:
                    if int(await connection.scalar(count) or 0) <= left:
                        return
                await asyncio.sleep(LOOK_S)
    except TimeoutError:
        raise Unavailable("the rows have not followed yet; yingda doctor says why") from None


async def noted_export(around: Installation, key: str, by: str, calls: int) -> None:
    """Write into the audit trail that a person's data were taken out; the number masked."""
    async with around.database.write() as connection:
        act = Act(by, "person.export", mask(key))
        await note(connection, around.clock.utc_ms(), act, {"calls": calls})


def nothing_of(key: str) -> Conflict:
    """Say that we keep nothing of a number."""
    return Conflict(f"没有 {mask(key)} 的任何记录 · nothing is kept of {mask(key)}")
