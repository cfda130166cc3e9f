"""Looks once an hour for what was kept long enough, and lets `Keeping` delete it.

Which calls are due stands in the rows; with the database away nothing is deleted until it is back.
"""

import asyncio
import logging
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Select, and_, or_, select
from sqlalchemy.exc import SQLAlchemyError

from cdr.rows import Call
from domain.clock import DAY_MS
from domain.errors import YingdaError
from domain.numbers import NOBODY
from domain.ports import Tell
from domain.settings import Keep
from recording.retention import FLOOR_OUT_D, MESSAGE, TALK
from recording.rows import Recording
from store.database import Database
from switchboard.installation import Installation
from switchboard.keeping import EXPIRED, Facts, Keeping, forget_lines, new_name, places_of

log = logging.getLogger("yingda.keeping")

EVERY_S, PAUSE_S = 3600.0, 30.0
AT_ONCE = 500
"""Calls of one look; the next ones come at once when there are more."""
_CALL: Any = Call.__table__
_SOUND: Any = Recording.__table__
_OUT = or_(_CALL.c.direction == "out", _CALL.c.linked != "")


@dataclass(frozen=True, slots=True)
class Expiring:
    """Deletes what is due by the installation's limits; `name` makes names that stand for nobody.

    `now_ms` is UTC. Where the law keeps something longer, `Keeping` refuses it.
    """

    keep: Keep
    database: Database
    keeping: Keeping
    now_ms: Callable[[], int]
    name: Callable[[], str]

    async def run(self) -> None:
        """Look until cancelled."""
        while True:
            more = False
            try:
                more = await self.look()
            except (SQLAlchemyError, OSError, YingdaError) as error:
                log.warning("nothing is deleted now: %s", type(error).__name__)
            await asyncio.sleep(PAUSE_S if more else EVERY_S)  # the rows follow meanwhile

    async def look(self) -> bool:
        """Delete what is due, sound first; tell whether there may be more once that is told."""
        sounds = [
            await self._sounds(kind, days)
            for kind, days in ((TALK, self.keep.recordings_d), (MESSAGE, self.keep.messages_d))
        ]
        return sum(sounds) > 0 or await self._people(self.keep.callers_d) > 0

    async def _sounds(self, kind: str, days: int) -> int:
        if not days:
            return 0
        joined = _SOUND.outerjoin(_CALL, _CALL.c.call == _SOUND.c.call)
        kept = and_(_SOUND.c.kind == kind, _SOUND.c.state == "kept", self._due(_SOUND.c.at, days))
        query = select(_SOUND.c.call).select_from(joined).where(kept).order_by(_SOUND.c.at)
        return sum([await self.keeping.drop_sound(call, kind) for call in await self._of(query)])

    async def _people(self, days: int) -> int:
        if not days:
            return 0
        over = and_(_CALL.c.ended.is_not(None), _CALL.c.caller.not_like(f"{NOBODY}%"))
        due = and_(over, self._due(_CALL.c.started, days))
        query = select(_CALL.c.call, _CALL.c.caller).where(due).order_by(_CALL.c.started)
        before = _day_text(self.now_ms() - days * DAY_MS)
        log_file = self.keeping.places.pbx_log
        await asyncio.to_thread(forget_lines, log_file, lambda line: _began(line) >= before)
        names: dict[str, str] = {}
        erased = 0
        async with self.database.read() as connection:
            rows = (await connection.execute(query.limit(AT_ONCE))).all()
        for call, caller in rows:
            name = names.setdefault(caller or call, self.name())
            erased += len((await self.keeping.erase([call], name, EXPIRED)).calls)
        return erased

    def _due(self, at: Any, days: int) -> Any:
        """Tell calls in by their limit, calls out and callbacks by the law's where it is longer."""
        now = self.now_ms()
        out = max(days, FLOOR_OUT_D)
        inwards = or_(_CALL.c.call.is_(None), ~_OUT)
        return and_(at < now - days * DAY_MS, or_(inwards, at < now - out * DAY_MS))

    async def _of(self, query: Select[Any]) -> list[str]:
        async with self.database.read() as connection:
            return list((await connection.execute(query.limit(AT_ONCE))).scalars())


def keeping_of(around: Installation, facts: Facts, tell: Tell) -> Keeping:
    """Give the part that deletes, in an installation's own places."""
    return Keeping(facts, places_of(around.settings), tell, around.clock.utc_ms)


def expiring(around: Installation, keeping: Keeping) -> Expiring:
    """Give the part that deletes what an installation keeps no longer."""
    return Expiring(around.settings.keep, around.database, keeping, around.clock.utc_ms, new_name)


_BEGAN = re.compile(r'"(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)"')


def _began(line: str) -> str:
    """Tell when a line of Asterisk's call log begins, in UTC; a line without a time stays."""
    found = _BEGAN.search(line)
    return found[1] if found else "~"


def _day_text(utc_ms: int) -> str:
    return datetime.fromtimestamp(utc_ms / 1000, UTC).strftime("%Y-%m-%d %H:%M:%S")
