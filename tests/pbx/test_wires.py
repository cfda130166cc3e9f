"""A real engine and a real Asterisk on wires that are cut, silent, late and full of rubbish.

One world for all: the engine goes through proxies from the first test to the last.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import pytest
import pytest_asyncio

from domain import events as ev
from tests.house.firm import LANES
from tests.house.load import stood_in_line_s
from tests.house.proxy import Lies
from tests.house.scene import Person, Scene, scene_on, soon
from tests.house.system import System
from tests.house.wires import Wires, wires_of

pytestmark = [pytest.mark.pbx, pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(300)]
LANE = LANES[3]
SILENT_S = 5.0


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def wires(system: System) -> AsyncIterator[Wires]:
    async with wires_of(system) as made:
        yield made


async def served(scene: Scene, agent: Person) -> None:
    """Prove that nobody is stuck: the next call is taken."""
    caller = await scene.caller()
    call = await scene.enters(caller)
    await agent.takes(call, within_s=60)
    await caller.hears(agent)
    await caller.phone.hang_up()
    assert (await scene.row(call))["outcome"] == "answered"


async def test_twenty_cuts_cost_neither_a_talk_nor_a_place(wires: Wires) -> None:
    async with scene_on(wires.system, LANE) as scene:
        agent, colleague = await scene.agent(0), await scene.agent(1, ready=False)
        talks, waits = await scene.caller(), await scene.caller()
        call = await scene.enters(talks)
        await agent.takes(call)
        waiting = await scene.enters(waits)
        await scene.fact(waiting, ev.HoldReached)
        back = [await wires.cut(reset=n % 2 == 1) for n in range(18)]
        await talks.hears(agent)
        await scene.state(agent.number, "talking")
        # somebody holds every place for a log-in: the board says so, what happens then is seen
        async with idle_at(wires.system.settings.ports.ami, 60):
            wires.ami.cut()
            await soon(wires.is_away, what="the board says that the link is away")
            await soon(lambda: not wires.system.is_ready(), what="the pages hear of it too")
            await talks.phone.hang_up()
            await agent.phone.wait_end(20)
            await soon(wires.is_up, 60, "Asterisk threw the idle ones out")
        row = await scene.row(call)
        assert (row["outcome"], row["agent"]) == ("answered", agent.number)
        back.append(await wires.cut())
        await scene.ask("agent.ready", agent=colleague.number)
        ringing = asyncio.create_task(wires.cut(reset=True))  # in the middle of an offer
        await scene.state(agent.number, "ready", "ringing", "talking", within_s=30)
        rung = await _who_rings(agent, colleague)
        await rung.phone.answer()
        back.append(await ringing)
        await waits.hears(rung)
        await scene.state(rung.number, "talking")
        await waits.phone.hang_up()
        assert (await scene.row(waiting))["outcome"] == "answered"
        print(f"joined again after {sorted(back)[len(back) // 2]:.1f} s, {max(back):.1f} s at most")
        await served(scene, agent)


@asynccontextmanager
async def idle_at(port: int, count: int) -> AsyncIterator[None]:
    """Connect and say nothing, as often as wished."""
    idle = [await asyncio.open_connection("127.0.0.1", port) for _ in range(count)]
    try:
        for reader, _ in idle:  # greeted or turned away: Asterisk has counted each
            with suppress(ConnectionError):
                await reader.read(1)
        yield
    finally:
        for _, writer in idle:
            writer.transport.abort()


async def _who_rings(*people: Person) -> Person:
    """Give the one whose phone rings first."""
    rings = {asyncio.create_task(person.rings(60)): person for person in people}
    done, waiting = await asyncio.wait(rings, return_when=asyncio.FIRST_COMPLETED)
    for task in waiting:
        task.cancel()
    await asyncio.gather(*waiting, return_exceptions=True)
    return rings[done.pop()]


async def test_commands_that_come_late_lose_nobody(wires: Wires) -> None:
    async with scene_on(wires.system, LANE) as scene:
        agent, caller, leaves = await scene.agent(), await scene.caller(), await scene.caller()
        wires.ami.up.late = lambda message: 5.0 if b"Context: offer" in message else 0.0
        call = await scene.enters(caller)
        await scene.fact(call, ev.OfferMade)
        await caller.hears_a("music")  # and no dead air, while the Redirect is on its way
        await agent.takes(call, within_s=60)
        await caller.hears(agent)
        await caller.phone.hang_up()
        assert (await scene.row(call))["outcome"] == "answered"
        gone = await scene.enters(leaves)
        await scene.fact(gone, ev.OfferMade, within_s=40)
        await leaves.phone.hang_up()  # its channel is gone when the Redirect arrives
        assert (await scene.row(gone))["outcome"] in ("abandoned_queue", "abandoned_ring")
        await scene.state(agent.number, "ready", within_s=40)
        wires.ami.honest()
        await served(scene, agent)


async def test_a_stalled_link_is_waited_for_and_a_silent_one_is_not(wires: Wires) -> None:
    async with scene_on(wires.system, LANE) as scene:
        agent, caller = await scene.agent(), await scene.caller()
        call = await scene.enters(caller)
        came = wires.ami.came
        for seconds in (0.1, 0.3, 1.0, 0.1, 2.0):
            await wires.stall(seconds)
        assert wires.ami.came == came
        await agent.takes(call, within_s=60)
        await caller.hears(agent)
        agi = asyncio.create_task(_ways_to_fail(wires, scene))
        pid = wires.system.pid_of("engine")
        for _ in range(3):
            queued = stood_in_line_s(pid)
            noticed = await wires.half_open()
            assert noticed <= 10 + stood_in_line_s(pid) - queued
        await agi
        await caller.hears(agent)
        await caller.phone.hang_up()
        assert (await scene.row(call))["outcome"] == "answered"
        await served(scene, agent)


async def _ways_to_fail(wires: Wires, scene: Scene) -> None:
    """Let a conversation begin on a FastAGI that is refused, silent, cut, rubbish or very slow."""
    silent = Lies(swallows=True)
    ways = {
        "silent": (silent, silent),
        "cut at once": (Lies(), Lies(cut_after=0)),
        "cut in a command": (Lies(), Lies(cut_after=150)),
        "rubbish": (Lies(), Lies(instead=b"\xff\x00HELLO\nSTREAM FILE\n")),
        "slow": (Lies(), Lies(drip_s=1.0)),
    }
    took: dict[str, float] = {}
    for name, way in ways.items():
        wires.agi.next.append(way)
        took[name] = await _answered(scene)
        print(name, round(took[name], 1))
    wires.agi.refuse()
    took["refused"] = await _answered(scene)
    await wires.agi.open()
    print({name: round(seconds, 1) for name, seconds in took.items()})


async def _answered(scene: Scene) -> float:
    """Dial; gives the seconds until something was heard: the call is not answered before."""
    caller = await scene.caller()
    began = asyncio.get_running_loop().time()
    await caller.phone.dial(scene.lane.hotline)
    took = asyncio.get_running_loop().time() - began
    await caller.hears_a("speech")
    assert not caller.phone.is_over
    await caller.phone.hang_up()
    return took
