"""The watchdog on a real Asterisk lets calls alone; and no phone rings for a caller who left."""

import asyncio
import time

import pytest

from domain import events as ev
from switchboard.watchdog import LOOK_S
from tests.house.scene import Scene, soon
from tests.house.together import story

pytestmark = [pytest.mark.pbx, pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(300)]

GHOST_S, TRIES = 0.3, 6
"""A busy machine may be late, but not each time."""


async def looked(scene: Scene) -> None:
    """Wait until the watchdog has looked three times from here."""

    def looks() -> int:
        return int(scene.system.ask("health")["looks"])

    before = await asyncio.to_thread(looks)
    await soon(lambda: looks() >= before + 3, 60 + 10 * LOOK_S, "three looks of the watchdog")


@story
async def test_a_phone_stops_ringing_when_its_caller_left(scene: Scene) -> None:
    agent = await scene.agent()
    late: list[float] = []
    while len(late) < 2 or (min(late) >= GHOST_S and len(late) < TRIES):
        caller = await scene.caller()
        call = await scene.enters(caller)
        assert (await agent.rings()).call == call
        await scene.fact(call, ev.PhoneRang)
        left = time.monotonic()
        leaves = asyncio.create_task(caller.phone.hang_up())
        await agent.phone.wait_end(15)
        late.append(time.monotonic() - left)
        await leaves
        assert (await scene.row(call))["outcome"] == "abandoned_ring"
        await scene.state(agent.number, "ready")
    assert min(late) < GHOST_S, late


@story
async def test_no_call_in_order_is_ever_mended(scene: Scene) -> None:
    agent, caller, behind = await scene.agent(), await scene.caller(), await scene.caller()
    call = await scene.enters(caller)
    await agent.takes(call)
    waits = await scene.enters(behind)
    await scene.fact(waits, ev.HoldReached)
    await looked(scene)
    await scene.ask("call.hold", agent=agent.number, call=call)
    await scene.fact(call, ev.TalkHeld)
    await looked(scene)
    await scene.ask("call.retrieve", agent=agent.number, call=call)
    await scene.fact(call, ev.TalkRetrieved)
    await caller.hears(agent)
    await caller.phone.hang_up()
    await scene.row(call)
    await behind.phone.hang_up()
    await scene.row(waits)
    journal = scene.system.journal(since_ms=scene.began)
    mended = [r for r in journal if isinstance(r.event, ev.StateHealed)]
    assert not [record.event for record in mended]
