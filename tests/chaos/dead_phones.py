"""A desk phone loses its power in a talk: how soon its caller hears music, and talks again.

Beside it a phone that sends nothing and lives, as one that leaves out pauses: it keeps its caller.
"""

import asyncio
import random
import time
from collections.abc import Callable
from pathlib import Path

from domain import events as ev
from domain.settings import load_settings
from tests.chaos.tally import Ask, Tally, spread
from tests.house.firm import LANES
from tests.house.load import stood_in_line_s
from tests.house.scene import Person, Scene, scene_on
from tests.house.system import System

NOTICED_S, SERVED_S, AWAITED_S = 15.0, 40.0, 60.0
"""From the last packet to the music, and to the talk with somebody else."""
SILENT_S = 25.0
"""How long the phone that lives sends nothing."""


class Asking(System):
    """An installation that asks desk phones whether they live, as it comes."""

    def __init__(self, root: Path) -> None:
        super().__init__(root)
        text = self.file.read_text().replace("phone_qualify_s = 0", "phone_qualify_s = 60")
        self.file.write_text(text)
        self.settings = load_settings(self.file, {})


def run(ask: Ask) -> Tally:
    """Let `cycles` phones die in a talk, each beside one that is only silent."""
    system = Asking(ask.room / "d")
    try:
        system.prepare()
        system.start()
        return asyncio.run(_died(ask, system))
    finally:
        system.stop()


async def _died(ask: Ask, system: System) -> Tally:
    tally, chance = Tally(ask.seed), random.Random(ask.seed)
    noticed: list[float] = []
    served: list[float] = []
    for cycle in range(ask.cycles):
        lanes = chance.sample(LANES, 2)
        async with scene_on(system, lanes[0]) as one, scene_on(system, lanes[1]) as other:
            quiet = asyncio.create_task(_only_silent(other, tally))
            took = await _dies(one, tally)
            await quiet
        noticed.append(took[0])
        served.append(took[1])
        tally.cycles += 1
        tally.live_calls += 2
        ask.say(f"{cycle + 1}/{ask.cycles}: music after {took[0]:.1f} s, served {took[1]:.1f} s")
    tally.also = {"music_s": str(spread(noticed)), "served_s": str(spread(served))}
    tally.recovered_s = served
    waited_s = stood_in_line_s(system.pid_of("engine"))
    tally.must(max(noticed) <= NOTICED_S + waited_s, f"music after {max(noticed):.1f} s")
    tally.must(max(served) <= SERVED_S + waited_s, f"served after {max(served):.1f} s")
    return tally


async def _dies(scene: Scene, tally: Tally) -> tuple[float, float]:
    """Give the seconds from the death to the music, and to the next agent's answer."""
    agent, colleague = await scene.agent(0), await scene.agent(1, ready=False)
    caller = await scene.caller()
    call = await scene.enters(caller)
    await agent.takes(call)
    await caller.hears(agent)
    at_ms, switch_on = int(time.time() * 1000), _power_off(agent)
    await scene.fact(call, ev.TalkHeld, within_s=AWAITED_S)
    await caller.hears_a("music")
    await scene.ask("agent.ready", agent=colleague.number)
    await colleague.takes(call, within_s=AWAITED_S)
    await caller.hears(colleague)
    switch_on()
    told = scene.system.journal(call)
    held = next(r.utc_ms for r in told if isinstance(r.event, ev.TalkHeld))
    talks = [r.utc_ms for r in told if isinstance(r.event, ev.OfferAnswered)]
    await caller.phone.hang_up()
    row = await scene.row(call)
    kept = (row["outcome"], row["agent"]) == ("answered", colleague.number)
    tally.must(kept, f"the call of a phone that died: {row}")
    return (held - at_ms) / 1000, (talks[-1] - at_ms) / 1000


def _power_off(person: Person) -> Callable[[], None]:
    """Let a phone send and answer nothing any more; gives what switches it on again."""
    phone = person.phone
    hears = phone._wire.on_message
    phone._wire.on_message = lambda *_: None
    phone.line.cut = True

    def switch_on() -> None:
        phone._wire.on_message = hears

    return switch_on


async def _only_silent(scene: Scene, tally: Tally) -> None:
    """Let a phone that lives send nothing for a while: its talk goes on."""
    agent, caller = await scene.agent(0), await scene.caller()
    call = await scene.enters(caller)
    await agent.takes(call)
    await caller.hears(agent)
    agent.phone.line.cut = True
    await scene.lasts(agent, SILENT_S)
    agent.phone.line.cut = False
    await caller.hears(agent)
    tally.cut += bool(scene.facts(call, ev.TalkHeld) or scene.facts(call, ev.TalkEnded))
    await caller.phone.hang_up()
    await scene.row(call)
