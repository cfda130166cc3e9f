"""Keeps the alarms running: looks every two seconds, tells who is to be told, writes it down.

It lives beside the pages and not in the engine, so that an engine that is gone is told of. One
that cannot be told is asked again, shown on the board, and never waited for; when the file cannot
be written everything goes on from memory.
"""

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

from domain.clock import Clock
from domain.errors import YingdaError
from office.alarms import Receiver
from office.edit_alarms import alarms_of
from office.model import Config
from watch import alarm
from watch.alarm import Alarms, Command, Incident, Keep, Rules, Say
from watch.alarm_file import DEAD, SENT, AlarmFile
from watch.alarm_queue import PACES, Line, Notice, due, is_stale
from watch.alarm_text import Place, body
from watch.facts import Facts, Windows, sample_of
from watch.receivers import Ways, tell

log = logging.getLogger("yingda.alarms")

LOOK_S = 2.0
TIDY_MS = 3_600_000
MOST_WAITING = 500
"""Messages that wait for one receiver; the oldest give way."""
FILE = "alarms.db"


@dataclass(frozen=True, slots=True)
class Around:
    """What the alarms look at and speak through."""

    look: Callable[[], Awaitable[Facts]]
    config: Callable[[], Config]
    ways: Ways
    clock: Clock
    url: str
    file: Path


@dataclass(slots=True)
class _Told:
    """One receiver's waiting messages and how it goes with it."""

    waiting: dict[str, Notice] = field(default_factory=dict)
    line: Line = field(default_factory=Line)
    sending: asyncio.Task[None] | None = None


class AlarmKeeper:
    """`run` until cancelled; `turn` is one look, for tests."""

    def __init__(self, around: Around) -> None:
        self.around = around
        self.state = Alarms()
        self.last: Facts | None = None
        self._windows = Windows()
        self._told: dict[str, _Told] = {}
        self._file: AlarmFile | None = None
        self._thread = ThreadPoolExecutor(1, "alarms")
        self._unwritten: list[Incident] = []
        self._silent = False
        self._tidied = 0

    async def run(self) -> None:
        """Look and tell until cancelled; what was open before a restart is still open."""
        try:
            await self.begin()
            while True:
                try:
                    await self.turn()
                except Exception:
                    log.exception("alarms: a look failed")
                await asyncio.sleep(LOOK_S)
        finally:
            await self.close()

    async def begin(self) -> None:
        """Take up what was written down."""
        now = self.around.clock.utc_ms()
        found = await self._in_file(lambda file: (file.lately(now), file.pending()))
        if found is not None:
            alarm.recall(self.state, found[0], now)
            for notice in found[1]:
                self._of(notice.receiver).waiting[notice.id] = notice

    async def close(self) -> None:
        """Let messages under way end, and let go of the file."""
        tasks = [each.sending for each in self._told.values() if each.sending]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self.around.ways.http.close()
        await asyncio.get_running_loop().run_in_executor(self._thread, self._shut)
        self._thread.shutdown(wait=True)

    def _shut(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None

    async def turn(self) -> None:
        """Look once, and start telling what is due."""
        facts = await self.around.look()
        self.last = facts = replace(facts, receivers=self._failing())
        now = self.around.clock.utc_ms()
        sample = sample_of(facts, self._windows, now)
        await self._carry_out(alarm.step(self.state, self._rules(), sample, now), now)
        self._start_telling(now)
        if now - self._tidied >= TIDY_MS:
            self._tidied = now
            await self._tidy(now)

    async def _tidy(self, now: int) -> None:
        await self._in_file(lambda file: file.tidy(now))
        for told in self._told.values():
            old = [each.id for each in told.waiting.values() if is_stale(each, now)]
            await self._forget(told, old, DEAD, "too old")

    async def acknowledge(self, incident: str, who: str) -> None:
        """Note that somebody looks after it; NotFound when it is over."""
        now = self.around.clock.utc_ms()
        await self._carry_out(alarm.acknowledge(self.state, incident, who, now), now)

    async def incidents(self, limit: int) -> list[Incident]:
        """List the open ones, then the newest of those that are over."""
        opened = sorted(self.state.open.values(), key=lambda one: -one.opened)
        found = await self._in_file(lambda file: file.newest(limit)) or []
        return [*opened, *(each for each in found if each.over)][: max(limit, len(opened))]

    async def history(self, incident: str) -> list[dict[str, Any]]:
        """List who was told of an incident, when, and what came of it."""
        return await self._in_file(lambda file: file.history(incident)) or []

    def lines(self) -> dict[str, tuple[Line, int]]:
        """Tell how it goes with each receiver, and how many messages wait for it."""
        names = [each.id for each in self.around.config().receivers]
        return {name: (self._of(name).line, len(self._of(name).waiting)) for name in names}

    async def until_told(self) -> None:
        """Wait until nothing is under way; for tests and orderly ends."""
        tasks = [each.sending for each in self._told.values() if each.sending]
        await asyncio.gather(*tasks, return_exceptions=True)

    def _rules(self) -> Rules:
        config = self.around.config()
        return Rules(alarms_of(config), [each.id for each in config.receivers if each.enabled])

    def _failing(self) -> dict[str, int]:
        enabled = {each.id: each.name for each in self.around.config().receivers if each.enabled}
        return {enabled[name]: self._of(name).line.failures for name in enabled}

    def _of(self, receiver: str) -> _Told:
        return self._told.setdefault(receiver, _Told())

    async def _carry_out(self, commands: Sequence[Command], now: int) -> None:
        if not commands and not self._unwritten:
            return
        kept = {each.incident.id: each.incident for each in commands if isinstance(each, Keep)}
        notices = [
            notice
            for each in commands
            if isinstance(each, Say)
            for notice in self._notices(each, now)
        ]
        for notice in notices:
            waiting = self._of(notice.receiver).waiting
            waiting[notice.id] = notice
            if len(waiting) > MOST_WAITING:
                waiting.pop(next(iter(waiting)))
        self._unwritten = [*self._unwritten, *kept.values()][-MOST_WAITING:]
        unwritten = list(self._unwritten)
        await self._in_file(lambda file: file.write(unwritten, notices))
        if not self._silent:
            self._unwritten = []

    def _notices(self, say: Say, now: int) -> list[Notice]:
        one = say.incident
        log.warning("%s: %s (%s)", say.kind, one.en or one.name_en, one.id)
        config = self.around.config()
        zone = next((each.timezone for each in config.alarms if each.id == one.alarm), "")
        place = Place(config.firm.name, self.around.url, zone or "Asia/Shanghai")
        text = body(say.kind, one, place, now)
        return [
            Notice(f"{one.id}-{say.kind}-{name}", name, say.kind, one.id, say.due, now, text)
            for name in say.receivers
        ]

    def _start_telling(self, now: int) -> None:
        known = {each.id: each for each in self.around.config().receivers if each.enabled}
        for name, told in self._told.items():
            if told.sending is None and name in known and told.waiting:
                batch = due(list(told.waiting.values()), told.line, PACES[known[name].kind], now)
                if batch:
                    told.sending = asyncio.create_task(self._tell(known[name], batch, told))

    async def _tell(self, receiver: Receiver, batch: Sequence[Notice], told: _Told) -> None:
        """Send one message; a failure waits for its next time, an old one is given up."""
        ids = [each.id for each in batch]
        clock = self.around.clock
        try:
            bodies = [json.loads(each.body) for each in batch]
            await tell(self.around.ways, receiver, bodies, ids[0])
        except YingdaError as error:
            now, why = clock.utc_ms(), str(error)
            log.warning("alarms to %s: %s", receiver.id, why)
            told.line = told.line.failed(now, why)
            stale = [each.id for each in batch if is_stale(each, now)]
            await self._forget(told, stale, DEAD, why)
        else:
            told.line = told.line.went(clock.utc_ms())
            await self._forget(told, ids, SENT, "")
        finally:
            told.sending = None

    async def _forget(self, told: _Told, ids: Sequence[str], status: str, why: str) -> None:
        for each in ids:
            told.waiting.pop(each, None)
        if ids:
            now = self.around.clock.utc_ms()
            await self._in_file(lambda file: file.told(ids, status, now, why))

    async def _in_file(self, act: Callable[[AlarmFile], Any]) -> Any:
        """Use the file in its thread; None when it cannot be used, said once."""
        loop = asyncio.get_running_loop()
        try:
            done = await loop.run_in_executor(self._thread, partial(self._use, act))
        except YingdaError as error:
            if not self._silent:
                log.error("alarms go on from memory: %s", error)
            self._silent = True
            return None
        self._silent = False
        return done

    def _use(self, act: Callable[[AlarmFile], Any]) -> Any:
        if self._file is None:
            self._file = AlarmFile(self.around.file)
        return act(self._file)
