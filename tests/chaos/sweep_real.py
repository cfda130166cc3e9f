"""The engine is killed after the n-th journal record of a real call that is passed on.

A real Asterisk and real phones: `sweep-real --cycles POINTS` kills at so many records, evenly over
those of an undisturbed call; the sweep in virtual time has every one of them. People do what people
do, whatever the engine does: press when the menu begins, answer what rings, pass on, hang up.
"""

import asyncio
import contextlib
import os
import signal
import time
from collections.abc import AsyncIterator, Coroutine
from dataclasses import dataclass, field
from typing import Any

from demo.softphone import CallRefused
from domain import events as ev
from store.journal_reader import JournalReader
from tests.chaos.tally import Ask, Tally
from tests.chaos.verdict import agree
from tests.house.firm import LANES
from tests.house.scene import CLOCKS_MS, Person, Scene, scene_on, soon
from tests.house.system import Refusal, System, started

LANE = LANES[2]
LOOK_S = 0.002
LONGEST_S = 240.0
TALK_S = 1.0


@dataclass(slots=True)
class Play:
    """One call from the dialling to the end; the engine dies after `at` records, 0 is never."""

    scene: Scene
    at: int = 0
    records: int = 0
    talks: list[str] = field(default_factory=list)
    """Who answered, in order."""
    cut: int = 0
    call: str = ""

    async def lives(self) -> None:
        """Let everybody live until the caller is content."""
        scene = self.scene
        first, second = await scene.agent(0), await scene.agent(1, ready=False)
        caller = await scene.caller()
        async with self._doom(), _all(self._answers(first), self._answers(second)):
            async with _all(self._presses(caller)):
                await caller.phone.dial(scene.lane.hotline)
                await soon(lambda: self.talks, LONGEST_S, "the first agent answers")
                self.call = await scene.call_of(caller.number)
            await self._passes_on(caller, (first, second))
            other = first if self.talks[-1] == first.number else second
            await caller.hears(other, within_s=LONGEST_S)
            await scene.lasts(caller, TALK_S)
            self.cut += caller.phone._over.is_set()
            await caller.phone.hang_up()
            await scene.row(self.call)

    async def _answers(self, agent: Person) -> None:
        """Answer whatever rings."""
        while True:
            with contextlib.suppress(TimeoutError, CallRefused):
                await agent.rings(LONGEST_S)
                await agent.phone.answer()
                self.talks.append(agent.number)

    async def _presses(self, caller: Person) -> None:
        """Press a key each time the menu begins; also to an engine that begins anew."""
        pressed = 0
        while True:
            begun = await asyncio.to_thread(self._menus, caller.number)
            if begun > pressed:
                pressed = begun
                await caller.phone.press("1")
            await asyncio.sleep(0.05)

    def _menus(self, number: str) -> int:
        journal = self.scene.system.journal(since_ms=self.scene.began - CLOCKS_MS)
        arrivals = [r.event for r in journal if isinstance(r.event, ev.CallArrived)]
        ours = {event.call for event in arrivals if event.caller == number}
        steps = [r.event for r in journal if isinstance(r.event, ev.StepEntered)]
        return sum(step.call in ours and step.kind == "menu" for step in steps)

    async def _passes_on(self, caller: Person, people: tuple[Person, Person]) -> None:
        """Pass the caller on to the other one; pressed again until the other has answered."""
        here, other = people if self.talks[0] == people[0].number else people[::-1]
        await here.hears(caller, within_s=LONGEST_S)
        self.cut += here.phone._over.is_set()
        wish = {"to_kind": "agent", "to": other.number, "agent": here.number, "call": self.call}
        await soon(lambda: self._presses_on(other.number, wish), LONGEST_S, "it is passed on")

    def _presses_on(self, other: str, wish: dict[str, str]) -> bool:
        with contextlib.suppress(Refusal, OSError):
            if self.scene.system.agent(other)["state"] in ("break", "signed_in"):
                self.scene.system.ask("agent.ready", agent=other)
            self.scene.system.ask("call.transfer", **wish)
        return len(self.talks) > 1

    @contextlib.asynccontextmanager
    async def _doom(self) -> AsyncIterator[None]:
        """Count the records from here on, and kill the engine as soon as the last is written."""
        system = self.scene.system
        reader = JournalReader(system.data / "journal" / "journal.db")
        began = reader.last_seq
        async with _all(self._kills(system, reader, began)) as (killing,):
            yield
            self.records = reader.last_seq - began
            if self.at and self.records >= self.at:
                await killing
        reader.close()

    async def _kills(self, system: System, reader: JournalReader, began: int) -> None:
        before, pid = _epoch(system), await soon(lambda: system.pid_of("engine"), LONGEST_S)
        while not self.at or reader.last_seq - began < self.at:  # noqa: ASYNC110  # a file's end
            await asyncio.sleep(LOOK_S)
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
        await soon(lambda: _epoch(system) > before, LONGEST_S, "the engine is back")


@contextlib.asynccontextmanager
async def _all(*deeds: Coroutine[Any, Any, None]) -> AsyncIterator[list[asyncio.Task[None]]]:
    """Let things happen meanwhile; whatever went wrong in one is raised at the end."""
    tasks = [asyncio.create_task(deed) for deed in deeds]
    try:
        yield tasks
    finally:
        for task in tasks:
            task.cancel()
        ends = await asyncio.gather(*tasks, return_exceptions=True)
    for end in ends:
        if isinstance(end, Exception):
            raise end


def _epoch(system: System) -> int:
    try:
        return int(system.ask("health")["epoch"])
    except (OSError, KeyError, ValueError):
        return 0


def run(ask: Ask) -> Tally:
    """Kill at `cycles` records of a call."""
    tally, system = Tally(ask.seed), started(ask.room)
    try:
        asyncio.run(swept(ask, tally, system))
    finally:
        system.stop()
    return tally


async def swept(ask: Ask, tally: Tally, system: System) -> None:
    """Kill at so many records on an installation that runs."""
    whole = await _played(ask, tally, system, 0)
    points = max(1, min(ask.cycles, whole.records))
    for n in range(points):
        began = time.monotonic()
        play = await _played(ask, tally, system, 1 + n * whole.records // points)
        tally.cycles += 1
        tally.live_calls += 1
        tally.cut += play.cut
        ask.say(f"record {play.at} of {play.records}: {time.monotonic() - began:.1f} s")
    tally.also["records"] = float(whole.records)
    await asyncio.to_thread(agree, system, tally)


async def _played(ask: Ask, tally: Tally, system: System, at: int) -> Play:
    """Play the call once; whoever waited in vain is told as a promise that broke."""
    async with scene_on(system, LANE) as scene:
        play = Play(scene, at)
        try:
            await play.lives()
            outcome = scene.outcome(play.call)
            tally.must(outcome == "answered", f"record {at}: it ended as {outcome}")
        except (AssertionError, TimeoutError, CallRefused) as error:
            tally.must(False, f"record {at}: {error!r}")
            ask.say(tally.broken[-1])
    return play
