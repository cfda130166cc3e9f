"""A real engine's link to Asterisk cut, half-open and stalled, over and over: `ami --cycles CUTS`.

All the while one caller talks and one waits. Every 16th time the link is half-open too, every 10th
it stalls. In the end both are served, and the judge looks at every call.
"""

import asyncio
from contextlib import AsyncExitStack
from random import Random

from domain import events as ev
from tests.chaos.tally import Ask, Tally
from tests.chaos.verdict import agree
from tests.house.firm import LANES
from tests.house.load import stood_in_line_s
from tests.house.scene import Person, Scene, scene_on
from tests.house.system import System, started
from tests.house.wires import Wires, wires_of

LANE = LANES[3]
HALF_OPEN_EVERY, STALLED_EVERY = 16, 10
STALLS_S = (0.1, 0.5, 2.0)
NOTICED_S = 10.0
"""What is promised of a link that is half-open, on a machine that has time."""
TOLD_EVERY = 20


class Night:
    """One who talks, one who waits, and the wires between engine and Asterisk."""

    def __init__(self, wires: Wires, scene: Scene, ask: Ask, tally: Tally) -> None:
        self.wires, self.scene, self.ask, self.tally = wires, scene, ask, tally
        self.chance = Random(ask.seed)
        self.noticed: list[float] = []
        self.stalls = 0

    async def live(self) -> None:
        """Break the link as often as asked for; then let both be served to the end."""
        agent, talks, waits = await self._people()
        call = await self.scene.enters(talks)
        await agent.takes(call, within_s=60)
        waiting = await self.scene.enters(waits)
        await self.scene.fact(waiting, ev.HoldReached)
        for n in range(1, self.ask.cycles + 1):
            await self._break(n)
            await self._still_there(n, agent, talks, waits)
            if n % TOLD_EVERY == 0:
                self.ask.say(f"{n} cuts, joined after {self.tally.recovered_s[-1]:.1f} s")
        await talks.hears(agent)
        await talks.phone.hang_up()
        await agent.takes(waiting, within_s=60)
        await waits.hears(agent)
        await waits.phone.hang_up()
        rows = [await self.scene.row(each) for each in (call, waiting)]
        self.tally.must({row["outcome"] for row in rows} == {"answered"}, f"they ended as {rows}")

    async def _people(self) -> tuple[Person, Person, Person]:
        return await self.scene.agent(0), await self.scene.caller(), await self.scene.caller()

    async def _break(self, n: int) -> None:
        """Break the link once, or more."""
        self.tally.recovered_s.append(await self.wires.cut(self.chance.random() < 0.5))
        if n % STALLED_EVERY == 0:
            self.stalls += 1
            await self.wires.stall(self.chance.choice(STALLS_S))
        if n % HALF_OPEN_EVERY == 0:
            await self._half_open()

    async def _half_open(self) -> None:
        pid = self.wires.system.pid_of("engine")
        before = stood_in_line_s(pid)
        self.noticed.append(await self.wires.half_open())
        most = NOTICED_S + stood_in_line_s(pid) - before
        told = f"half-open, noticed after {self.noticed[-1]:.1f} s of {most:.1f} s"
        self.tally.must(self.noticed[-1] <= most, told)

    async def _still_there(self, n: int, agent: Person, talks: Person, waits: Person) -> None:
        self.tally.cycles += 1
        self.tally.live_calls += 2
        self.tally.cut += talks.phone._over.is_set()
        self.tally.lost += waits.phone._over.is_set()
        state = self.wires.system.agent(agent.number)["state"]
        self.tally.must(state == "talking", f"after cut {n} the agent is shown {state}")


async def _lived(ask: Ask, tally: Tally, system: System) -> None:
    async with AsyncExitStack() as stack:
        wires = await stack.enter_async_context(wires_of(system, ask.seed))
        scene = await stack.enter_async_context(scene_on(system, LANE))
        night = Night(wires, scene, ask, tally)
        await night.live()
    await asyncio.to_thread(agree, system, tally)
    tally.also |= {
        "half_open": float(len(night.noticed)),
        "stalls": float(night.stalls),
        "noticed_s": round(max(night.noticed, default=0.0), 1),
    }


def run(ask: Ask) -> Tally:
    """Cut the link `cycles` times."""
    tally, system = Tally(ask.seed), started(ask.room)
    try:
        asyncio.run(_lived(ask, tally, system))
    finally:
        system.stop()
    return tally
