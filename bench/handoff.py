"""How long a waiting caller waits for nothing: an agent hangs up, the next INVITE arrives.

A real installation, callers by SIPp who wait in one group, one agent without wrap-up. Counted from
the agent's BYE to the phone's next ring: SIP, dialplan, journal, decision and dialplan again.
"""

import asyncio
import statistics
import tempfile
import time
from pathlib import Path

from domain import events as ev
from tests.house.firm import VOLUME
from tests.house.scene import Person, Scene, scene_on
from tests.house.sipp import sipp
from tests.house.system import System, started

TIMES = 50
WAITING = 5
"""Callers who wait at any moment."""
AIMS = {"p50_ms": 8.0, "p99_ms": 30.0}


def measure() -> tuple[dict[str, float], dict[str, float]]:
    """Give milliseconds over the hand-offs, and the aims for them."""
    with tempfile.TemporaryDirectory(prefix="handoff") as folder:
        system = started(Path(folder))
        try:
            taken = asyncio.run(_hand_offs(system))
        finally:
            system.stop()
    cuts = statistics.quantiles(taken, n=100, method="inclusive")
    figures = {
        "calls": float(len(taken)),
        "p50_ms": round(cuts[49], 1),
        "p99_ms": round(cuts[98], 1),
        "max_ms": round(max(taken), 1),
    }
    return figures, AIMS


async def _hand_offs(system: System) -> list[float]:
    async with scene_on(system, VOLUME) as scene:
        agent = await scene.agent(0)
        options = ("-m", str(TIMES + 1), "-l", str(WAITING + 1), "-r", "20")
        callers = asyncio.create_task(sipp("until_bye", system.sip, VOLUME.hotline, *options))
        try:
            return await _serve(scene, agent)
        finally:
            await callers


async def _serve(scene: Scene, agent: Person) -> list[float]:
    taken: list[float] = []
    ring = await agent.rings()
    while True:
        await agent.phone.answer()
        await scene.fact(ring.call, ev.OfferAnswered)
        if len(taken) == TIMES:
            await agent.phone.hang_up()
            return taken
        free = time.perf_counter()
        await agent.phone.hang_up()
        ring = await agent.rings()
        taken.append((time.perf_counter() - free) * 1000)
