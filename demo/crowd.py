"""Simulated people: agents who work, callers who call. Real phones, the real engine.

What they do and for how long is chance within bounds; the source of chance is an argument.
"""

import asyncio
import contextlib
import random
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass, field
from typing import Any

from demo.audio import Microphone, talker
from demo.phone_aio import AioPhone
from demo.softphone import Account, CallRefused, Ring
from demo.which import CallWatch
from domain.errors import Conflict, YingdaError
from switchboard.announce import ask
from switchboard.installation import Installation

KEYS = ("31", "32", "31", "0", "0", "0", "1")
"""What callers press at the demo's menus, one after the other; repeated = more often."""
ABANDON, RATE = 0.15, 0.7
"""Shares of callers who leave while waiting, and who rate the service."""
TRIES = 50
LIMIT_S = 240.0


@dataclass(slots=True)
class World:
    """What all simulated people share; `say` tells the terminal one line."""

    installation: Installation
    far: tuple[str, int]
    rng: random.Random
    lines: Sequence[bytes]
    say: Callable[[str], None]
    over: dict[str, asyncio.Event] = field(default_factory=dict)

    def microphone(self) -> Microphone:
        """Give somebody a voice."""
        return talker(self.lines, random.Random(self.rng.random()))

    async def pause(self, least: float, most: float) -> None:
        """Let a time between these bounds pass, in seconds."""
        await asyncio.sleep(self.rng.uniform(least, most))

    def talk_over(self, call: str) -> asyncio.Event:
        """Give what tells the caller that the agent has hung up."""
        return self.over.setdefault(call, asyncio.Event())

    async def ask(self, word: str, **args: Any) -> bool:
        """Ask the engine; False when it is not possible now."""
        try:
            await ask(self.installation, word, args)
        except Conflict:
            return False
        return True


@dataclass(slots=True)
class SimAgent:
    """An agent with a SIP phone: signs in, answers, talks, files, is ready again."""

    world: World
    number: str
    secret: str
    choices: tuple[Sequence[str], Sequence[str]]

    async def work(self) -> None:
        """Work until cancelled; the phone and the seat are given back in any case."""
        world = self.world
        account = Account(f"a{self.number}", self.secret, world.far)
        phone = AioPhone(account, world.microphone)
        await phone.open()
        try:
            await world.ask("agent.sign_in", agent=self.number, phone="phone")
            await self._ready()
            world.say(f"座席 {self.number} 示闲 · agent is ready")
            while True:
                await self._serve(phone, await phone.wait_ring(24 * 3600))
        finally:
            await phone.hang_up()
            with contextlib.suppress(YingdaError):
                await self._leave()
            await phone.close()

    async def _ready(self) -> None:
        """Say ready; the engine needs a moment to see the phone registered."""
        for _ in range(TRIES):
            if await self.world.ask("agent.ready", agent=self.number):
                return
            await asyncio.sleep(0.1)
        raise Conflict(f"agent {self.number} cannot get ready: the phone is not seen registered")

    async def _leave(self) -> None:
        for _ in range(TRIES):
            if await self.world.ask("agent.sign_out", agent=self.number):
                return
            await asyncio.sleep(0.1)

    async def _serve(self, phone: AioPhone, ring: Ring) -> None:
        world = self.world
        await world.pause(1, 4)
        try:
            await phone.answer()
        except CallRefused:
            return
        with contextlib.suppress(TimeoutError):
            await phone.wait_end(world.rng.uniform(10, 40))
        await phone.hang_up()
        world.talk_over(ring.call).set()
        await world.pause(1, 3)
        categories, results = self.choices
        await world.ask(
            "call.summary",
            call=ring.call,
            agent=self.number,
            category=world.rng.choice(categories),
            result=world.rng.choice(results),
            note="",
        )
        await world.pause(1, 6)
        await world.ask("agent.wrapup_done", agent=self.number)


@dataclass(slots=True)
class SimCaller:
    """Somebody who calls a hotline, presses a key, waits or gives up, talks, perhaps rates."""

    world: World
    number: str
    hotline: str

    async def call(self) -> str:
        """Make one call; tells in a word how it went."""
        world = self.world
        phone = AioPhone(Account(self.number, "", world.far, "127.0.0.2"), world.microphone)
        await phone.open()
        watch = CallWatch(
            world.installation.data / "run" / "engine.sock", self.hotline, self.number
        )
        try:
            await watch.ready(2)
            await phone.dial(self.hotline)
            return await self._talk(phone, watch)
        except CallRefused as refused:
            return f"refused: {refused}"
        finally:
            await watch.close()
            await phone.close()

    async def _talk(self, phone: AioPhone, watch: CallWatch) -> str:
        world = self.world
        await world.pause(2, 6)
        await phone.press(world.rng.choice(KEYS))
        patience = world.rng.uniform(4, 20) if world.rng.random() < ABANDON else LIMIT_S
        call = await watch.call(2)
        talked = world.talk_over(call)
        doing: list[Coroutine[Any, Any, Any]] = [phone.wait_end(patience), talked.wait()]
        done = await _first(doing)
        world.over.pop(call, None)
        if done == 0:
            await phone.hang_up()
            return "left"
        if world.rng.random() < RATE:
            await world.pause(3, 8)
            await phone.press(world.rng.choice("55554443211"))
        with contextlib.suppress(TimeoutError):
            await phone.wait_end(40)
        return "served"


async def _first(doing: Sequence[Coroutine[Any, Any, Any]]) -> int:
    """Run these until one is done; tells which (time-outs count as done)."""
    tasks = [asyncio.ensure_future(one) for one in doing]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    return min(tasks.index(task) for task in done)
