"""The one place where things happen in order: inbox → journal → decide → act → tell.

One turn takes everything that waits in the inbox, decides each event whole before the next,
makes the events and what follows from them durable in one commit, and only then lets anything
act. While the disk works, new events gather: that is the group commit.
"""

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from acd import Floor, decide, recall, wants
from domain import events as ev
from domain.clock import Clock
from domain.commands import PbxCommand, WakeAt
from domain.ids import Instant
from domain.ports import Listener, Pbx
from store.journal import Entry

log = logging.getLogger("yingda.switchboard")

COMPANY_S = 0.003
"""So long at most a fact upon which nothing acts waits for others: about as long as a commit."""
STEP_MS = 2000
"""A wall clock that moved so much against the steady one was set by somebody."""
Later = Callable[[float, Callable[[], None]], Any]
"""Call something after so many seconds; asyncio's `call_later`, or a clock of a test's own."""


class AsyncJournal(Protocol):
    """The journal as the loop needs it: durable when it returns."""

    async def append(self, entries: Sequence[Entry]) -> Sequence[ev.Record]: ...


@dataclass(slots=True)
class Batch:
    """What one turn decided, before it is durable."""

    entries: list[Entry] = field(default_factory=list)
    commands: list[PbxCommand] = field(default_factory=list)
    timers: list[WakeAt] = field(default_factory=list)

    @property
    def may_wait(self) -> bool:
        """Tell whether there are facts, and none that anything at Asterisk follows from."""
        return bool(self.entries) and not self.commands


class Switchboard:
    """The engine's loop. `tell` is the only way in; listeners are the only way out."""

    def __init__(
        self,
        floor: Floor,
        journal: AsyncJournal,
        pbx: Pbx,
        clock: Clock,
        later: Later | None = None,
    ) -> None:
        self.floor = floor
        self.listeners: list[Listener] = []
        self.after_turn: Callable[[list[ev.Record]], None] = lambda records: None
        self.turns = 0
        self._journal = journal
        self._pbx = pbx
        self._clock = clock
        self._later = later or call_later
        self._inbox: list[Entry] = []
        self._batch = Batch()
        self._woken = asyncio.Event()
        self._waiters: list[asyncio.Future[None]] = []
        self._ahead_ms: float | None = None

    def tell(self, event: ev.Event) -> None:
        """Put a fact into the inbox; it is decided in the order of telling."""
        mono, utc_ms = self._clock.mono(), self._clock.utc_ms()
        ahead_ms = utc_ms - mono * 1000
        if self._ahead_ms is not None and abs(ahead_ms - self._ahead_ms) > STEP_MS:
            step_s = round((ahead_ms - self._ahead_ms) / 1000, 1)
            self._inbox.append((mono, utc_ms, ev.ClockStepped(step_s)))
        self._ahead_ms = ahead_ms
        self._inbox.append((mono, utc_ms, event))
        self._woken.set()

    @property
    def is_idle(self) -> bool:
        """Tell whether nothing waits to be decided or written."""
        return not self._inbox and not self._batch.entries

    def wake_at(self, timer: WakeAt) -> None:
        """Have an event told at an instant of the monotonic clock."""
        wait_s = max(0.0, timer.when - self._clock.mono())
        self._later(wait_s, lambda: self.tell(timer.event))

    async def run(self) -> None:
        """Turn until cancelled. A journal that fails ends the engine: nothing acts unwritten."""
        while True:
            await self._woken.wait()
            await self._gather()
            await self.turn()

    async def _gather(self) -> None:
        """Decide what is there; where nothing follows from it, wait for company."""
        loop = asyncio.get_running_loop()
        until = loop.time() + COMPANY_S
        while True:
            self._woken.clear()
            self._decide()
            if self._waiters or not self._batch.may_wait:
                return
            try:
                async with asyncio.timeout_at(until):
                    await self._woken.wait()
            except TimeoutError:
                return

    async def settled(self) -> None:
        """Wait until all that was told so far has been decided and acted upon."""
        waiter = asyncio.get_running_loop().create_future()
        self._waiters.append(waiter)
        self._woken.set()
        await waiter

    async def turn(self) -> None:
        """Decide, write down, act and tell, for all that waits in the inbox."""
        self._decide()
        batch, self._batch = self._batch, Batch()
        waiters, self._waiters = self._waiters, []
        if batch.entries:
            await self._carry_out(batch)
        for waiter in waiters:
            if not waiter.done():
                waiter.set_result(None)

    def _decide(self) -> None:
        taken, self._inbox = self._inbox, []
        decide_all(self.floor, taken, self._batch)

    async def _carry_out(self, batch: Batch) -> None:
        records = await self._journal.append(batch.entries)
        self.turns += 1
        self._pbx.do(batch.commands)
        for timer in batch.timers:
            self.wake_at(timer)
        for record in records:
            self._tell_listeners(record)
        self.after_turn(list(records))

    def _tell_listeners(self, record: ev.Record) -> None:
        if log.isEnabledFor(logging.INFO):
            log.info("call=%s %s", record.call or "-", record.kind)
        for listen in self.listeners:
            try:
                listen(record)
            except Exception:
                log.exception("call=%s a listener failed on %s", record.call, record.kind)


def call_later(wait_s: float, call: Callable[[], None]) -> None:
    """Call on the running loop after so many seconds."""
    asyncio.get_running_loop().call_later(wait_s, call)


def decide_all(floor: Floor, taken: Sequence[Entry], batch: Batch | None = None) -> Batch:
    """Decide events in order; each is followed by the facts that it led to. Adds to `batch`."""
    batch = Batch() if batch is None else batch
    for mono, utc_ms, event in taken:
        if not wants(floor, event):
            continue
        outcome = decide(floor, event, Instant(mono))
        batch.entries.append((mono, utc_ms, event))
        batch.entries.extend((mono, utc_ms, fact) for fact in outcome.facts)
        batch.commands.extend(outcome.commands)
        batch.timers.extend(outcome.timers)
    return batch


def replay(
    floor: Floor, records: Sequence[ev.Record], mono_of: Callable[[ev.Record], float]
) -> list[WakeAt]:
    """Bring a floor to where the journal left it; return the timers that are still to come.

    Offers are taken as they were made; what else the core derived follows from the rest again.
    """
    pending = _Pending()
    floor.recalling = True
    for record in records:
        pending.came(record.event)
        pending.asked(recall(floor, record.event, Instant(mono_of(record))).timers)
    floor.recalling = False
    return pending.left()


class _Pending:
    """Timers that were asked for; one that came due and counted is in the journal, once each."""

    def __init__(self) -> None:
        self._kinds: set[type[ev.Event]] = set()
        self._timers: dict[ev.Event, list[WakeAt]] = {}

    def asked(self, timers: Sequence[WakeAt]) -> None:
        for timer in timers:
            self._kinds.add(type(timer.event))
            self._timers.setdefault(timer.event, []).append(timer)

    def came(self, event: ev.Event) -> None:
        if type(event) in self._kinds and (waiting := self._timers.get(event)):
            waiting.pop(0)

    def left(self) -> list[WakeAt]:
        found = [timer for waiting in self._timers.values() for timer in waiting]
        return sorted(found, key=lambda timer: timer.when)
