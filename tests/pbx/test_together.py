"""Three real phones ring for one caller: one has the talk, the others stop at once."""

import asyncio
import os
import signal
import time

import pytest

from domain import events as ev
from tests.house.firm import TOGETHER
from tests.house.scene import Person, Scene, scene_on
from tests.house.system import System

pytestmark = [pytest.mark.pbx, pytest.mark.timeout(300)]


async def all_ring(scene: Scene) -> tuple[list[Person], Person, str]:
    """Let a caller come and the phones of all three agents ring."""
    agents = [await scene.agent(which) for which in range(3)]
    caller = await scene.caller()
    call = await scene.arrives(caller)
    rings = await asyncio.gather(*(agent.rings() for agent in agents))
    assert [ring.call for ring in rings] == [call] * 3
    for agent in agents:
        await scene.fact(call, ev.PhoneRang, agent=agent.number)
    return agents, caller, call


async def test_the_first_to_answer_has_the_caller_and_the_others_lost_nothing(
    system: System,
) -> None:
    async with scene_on(system, TOGETHER) as scene:
        agents, caller, call = await all_ring(scene)
        await agents[1].phone.answer()
        await asyncio.gather(agents[0].phone.wait_end(15), agents[2].phone.wait_end(15))
        await caller.hears(agents[1])
        await scene.state(agents[1].number, "talking")
        for loser in (agents[0], agents[2]):
            await scene.state(loser.number, "ready")
            failed = await scene.fact(call, ev.OfferFailed, agent=loser.number)
            assert failed.reason == "elsewhere"
        # the engine knows which of the three legs is the talk's
        await scene.ask("call.hold", agent=agents[1].number, call=call)
        await scene.fact(call, ev.TalkHeld)
        await caller.hears_a("music")
        await scene.ask("call.retrieve", agent=agents[1].number, call=call)
        await caller.hears(agents[1])
        await agents[1].hears(caller)
        await scene.lasts(caller)
        await caller.phone.hang_up()
        row = await scene.row(call)
        assert (row["agent"], row["offers"], row["outcome"]) == (agents[1].number, 3, "answered")
        ends = {each["agent"]: each["result"] for each in scene.segments(call)}
        assert ends[agents[0].number] == ends[agents[2].number] == "elsewhere"
        assert (await scene.fact(call, ev.RecordingKept, within_s=60)).seconds > 1


async def test_one_declines_and_one_is_busy_and_the_third_answers(system: System) -> None:
    async with scene_on(system, TOGETHER) as scene:
        agents, caller, call = await all_ring(scene)
        [offer] = [each.offer for each in scene.facts(call, ev.OfferMade, agent=agents[0].number)]
        await scene.ask("call.decline", agent=agents[0].number, call=call, offer=offer, reason="x")
        await agents[0].phone.wait_end(15)
        await agents[1].phone.decline()
        failed = await scene.fact(call, ev.OfferFailed, agent=agents[1].number)
        assert failed.reason == "busy"
        await agents[2].phone.answer()
        await caller.hears(agents[2])
        reasons = {each.agent: each.reason for each in scene.facts(call, ev.OfferFailed)}
        assert reasons == {agents[0].number: "declined", agents[1].number: "busy"}
        await agents[2].phone.hang_up()
        row = await scene.row(call)
        assert (row["agent"], row["offers"], row["outcome"]) == (agents[2].number, 3, "answered")


async def test_the_caller_leaves_and_all_three_stop(system: System) -> None:
    async with scene_on(system, TOGETHER) as scene:
        agents, caller, call = await all_ring(scene)
        began = time.monotonic()
        await caller.phone.hang_up()
        await asyncio.gather(*(agent.phone.wait_end(15) for agent in agents))
        print(f"all three stopped after {1000 * (time.monotonic() - began):.0f} ms")
        for agent in agents:
            await scene.state(agent.number, "ready")
        row = await scene.row(call)
        assert (row["offers"], row["outcome"]) == (3, "abandoned_ring")
        assert {each.reason for each in scene.facts(call, ev.OfferFailed)} == {"caller_left"}


async def test_the_engine_dies_while_they_ring_and_knows_afterwards_who_answered(
    system: System,
) -> None:
    async with scene_on(system, TOGETHER) as scene:
        agents, caller, call = await all_ring(scene)
        os.kill(system.pid_of("engine"), signal.SIGKILL)
        await agents[0].phone.answer()
        await caller.hears(agents[0])
        await scene.fact(call, ev.OfferAnswered, within_s=60, agent=agents[0].number)
        for agent in agents[1:]:
            await scene.state(agent.number, "ready", within_s=30)
        await caller.phone.hang_up()
        assert (await scene.row(call))["agent"] == agents[0].number
