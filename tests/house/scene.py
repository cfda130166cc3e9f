"""One story's people: agents with real phones, callers through the test trunk, what they heard."""

from __future__ import annotations

import asyncio
import itertools
import time
from array import array
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any, TypeVar

from demo.audio import tone
from demo.call import TEST_TRUNK
from demo.hearing import classify
from demo.media import TICK_S
from demo.phone_aio import AioPhone
from demo.softphone import Account, Ring
from domain import events as ev
from speech import alaw
from tests.house.firm import Lane
from tests.house.sound import RATE, share
from tests.house.system import System

T = TypeVar("T")
RING_S, STEP_S = 30.0, 20.0
AGENT_HZ, CALLER_HZ = (620.0, 1130.0), 440.0
CLEAR = 0.8
"""A tone is heard when this share of half a second's energy is in it."""
CLOCKS_MS = 60_000
"""By how much the journal's clock may differ from ours."""
_numbers = itertools.count(1)


async def soon(look: Callable[[], T], within_s: float = STEP_S, what: object = "") -> T:
    """Look until something is there, and give it, without standing in the phones' way."""
    end = time.monotonic() + within_s
    while not (found := await asyncio.to_thread(look)):
        told = what() if callable(what) else what
        assert time.monotonic() < end, f"not within {within_s:g} s: {told or look}"
        await asyncio.sleep(0.05)
    return found


class Person:
    """Somebody with a phone that says one tone; `number` is the caller's or the agent's."""

    def __init__(self, number: str, account: Account, hz: float) -> None:
        self.number, self.hz = number, hz
        self.phone = AioPhone(account, lambda: tone(int(hz)))

    async def rings(self, within_s: float = RING_S) -> Ring:
        """Wait until the phone rings."""
        return await self.phone.wait_ring(within_s)

    async def takes(self, call: str = "", within_s: float = RING_S) -> str:
        """Wait for the ring, answer, and name the call."""
        ring = await self.rings(within_s)
        assert not call or ring.call == call
        await self.phone.answer()
        return ring.call

    def last(self, seconds: float) -> array[int]:
        """Give what was heard last."""
        return alaw.decode(self.phone.heard()[-round(seconds * RATE) :])

    async def hears(self, other: Person, within_s: float = STEP_S) -> None:
        """Wait until this phone hears the other's tone and hardly anything else."""
        most = 0.0

        def is_there() -> bool:
            nonlocal most
            if len(heard := self.last(0.5)) >= RATE // 2:
                most = max(most, share(heard, other.hz))
            return most > CLEAR

        await soon(is_there, within_s, lambda: f"{self.number} hears {other.number}: {most:.2f}")

    async def hears_a(self, kind: str, seconds: float = 2.0, within_s: float = STEP_S) -> None:
        """Wait until the last seconds hold speech, music or silence."""

        def is_there() -> bool:
            return any(heard.kind == kind for heard in classify(self.last(seconds)))

        await soon(is_there, within_s, f"{self.number} hears {kind}")

    async def hears_nothing(self, seconds: float = 1.0, within_s: float = STEP_S) -> None:
        """Wait until for some time nothing came, or only silence."""
        size, since = -1, 0.0

        def is_so() -> bool:
            nonlocal size, since
            now, before, size = time.monotonic(), size, len(self.phone.heard())
            since = since if size == before else now
            kinds = {heard.kind for heard in classify(self.last(seconds))}
            return now - since >= seconds or kinds == {"silence"}

        await soon(is_so, within_s, f"{self.number} hears nothing")


class Scene:
    """A lane of a running installation, for one story."""

    def __init__(self, system: System, lane: Lane) -> None:
        self.system, self.lane = system, lane
        self.began = int(time.time() * 1000)
        self.people: list[Person] = []
        self.agents: list[str] = []

    async def agent(self, which: int = 0, *, ready: bool = True) -> Person:
        """Bring one of the lane's agents to work with a desk phone."""
        number = self.lane.agents[which]
        account = Account(f"a{number}", self.system.secrets[f"a{number}"], self.system.sip)
        agent = Person(number, account, AGENT_HZ[which % 2])
        self.people.append(agent)
        await agent.phone.open()
        await self.sign_in(number, ready=ready)
        return agent

    async def sign_in(self, number: str, *, ready: bool = True) -> None:
        """Sign an agent in whose phone is registered."""
        await self.state(number, "offline")
        await self.ask("agent.sign_in", agent=number, phone="phone")
        self.agents.append(number)
        await soon(lambda: self._is_here(number), what=f"{number} signed in, a{number} registered")
        if ready:
            await self.ask("agent.ready", agent=number)

    def _is_here(self, number: str) -> bool:
        row = self.system.agent(number)
        return bool(row["reachable"] and row["state"] != "offline")

    async def caller(self) -> Person:
        """Bring somebody who can call."""
        number = f"137{next(_numbers):08}"
        caller = Person(number, Account(number, "", self.system.sip, TEST_TRUNK), CALLER_HZ)
        self.people.append(caller)
        await caller.phone.open()
        return caller

    async def arrives(self, caller: Person, hotline: str = "") -> str:
        """Dial the lane's hotline; gives the call's id."""
        await caller.phone.dial(hotline or self.lane.hotline)
        return await self.call_of(caller.number)

    async def enters(self, caller: Person, keys: str = "1", hotline: str = "") -> str:
        """Dial, press the menu's key and reach the group; gives the call's id."""
        call = await self.arrives(caller, hotline)
        await self.fact(call, ev.StepEntered, within_s=40, kind="menu")
        await caller.phone.press(keys)
        await self.fact(call, ev.GroupChosen)
        return call

    async def call_of(self, number: str) -> str:
        """Find the call of a caller."""

        def found() -> str:
            for record in self.system.journal(since_ms=self.began - CLOCKS_MS):
                if isinstance(record.event, ev.CallArrived) and record.event.caller == number:
                    return str(record.event.call)
            return ""

        return await soon(found, what=f"the call of {number}")

    def facts(self, call: str, kind: type[T], /, **wanted: Any) -> list[T]:
        """List what the journal says of a call, of one kind."""
        events = [record.event for record in self.system.journal(call)]
        return [
            each
            for each in events
            if isinstance(each, kind)
            and all(getattr(each, name) == value for name, value in wanted.items())
        ]

    async def fact(self, call: str, kind: type[T], /, within_s: float = STEP_S, **wanted: Any) -> T:
        """Wait until the journal says something of a call; gives the last such fact."""

        def told() -> str:
            said = [f"{record.kind} {record.event}" for record in self.system.journal(call)]
            return f"{kind.__name__} {wanted} of {call}; there is " + "\n".join(said)

        return (await soon(lambda: self.facts(call, kind, **wanted), within_s, told))[-1]

    async def ask(self, word: str, **args: Any) -> dict[str, Any]:
        """Ask the engine something, as a page does."""
        return await asyncio.to_thread(lambda: self.system.ask(word, **args))

    async def state(self, number: str, *states: str, within_s: float = STEP_S) -> None:
        """Wait until the board shows an agent in one of these states."""

        def told() -> str:
            return f"{number} {states}: {self.system.agent(number)}"

        await soon(lambda: self.system.agent(number)["state"] in states, within_s, told)

    async def lasts(self, person: Person, seconds: float = 1.5) -> None:
        """Let the talk go on for some time, counted by the sound that reaches one of them."""
        await self.exchanged(round(seconds / TICK_S), person)

    async def exchanged(self, packets: int, *people: Person) -> None:
        """Let the talk go on until so many more packets of sound arrived at each of them."""
        before = [person.phone.line.packets for person in people]

        def more() -> list[int]:
            return [
                person.phone.line.packets - had for person, had in zip(people, before, strict=True)
            ]

        await soon(lambda: min(more()) >= packets, 60, lambda: f"{packets} packets: {more()}")

    async def row(self, call: str) -> dict[str, Any]:
        """Wait for the finished row of a call."""

        def finished() -> list[dict[str, Any]]:
            return self.system.rows(
                "SELECT * FROM call WHERE call = ? AND outcome IS NOT NULL", call
            )

        return (await soon(finished, what=f"the row of {call}"))[0]

    def outcome(self, call: str) -> str:
        """Give how the row says that a call ended, "" while it goes on."""
        rows = self.system.rows("SELECT outcome FROM call WHERE call = ?", call)
        return str(rows[0]["outcome"] or "") if rows else ""

    def segments(self, call: str) -> list[dict[str, Any]]:
        """Give the segments of a call, in order."""
        return self.system.rows("SELECT * FROM segment WHERE call = ? ORDER BY n", call)

    async def close(self) -> None:
        """Leave the lane as it was found: nobody calls, nobody is at work."""
        for person in reversed(self.people):
            await person.phone.hang_up()
        for number in self.agents:
            await self.state(number, "ready", "break", "wrapping", "offline", within_s=30)
            await self.ask("agent.sign_out", agent=number)
            await self.state(number, "offline")
        await asyncio.gather(*(person.phone.close() for person in self.people))


@asynccontextmanager
async def scene_on(system: System, lane: Lane) -> AsyncIterator[Scene]:
    """Give a scene on a lane, left as it was found."""
    scene = Scene(system, lane)
    try:
        yield scene
    finally:
        await scene.close()


Story = Callable[[Scene], Awaitable[None]]
