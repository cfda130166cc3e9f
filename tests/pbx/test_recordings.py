"""Who is heard in a recording, whatever the numbers of the phones' packets; on a real Asterisk."""

from __future__ import annotations

import asyncio
from array import array

import pytest

from domain import events as ev
from tests.house.scene import Person, Scene, soon
from tests.house.sound import RATE, channels, share
from tests.house.together import story

pytestmark = [pytest.mark.pbx, pytest.mark.timeout(300), pytest.mark.asyncio(loop_scope="session")]

ENOUGH_S = 1.0
HIGH, ABOVE_HIGH, LOW = 40_000, 50_000, 5
"""First packets' numbers: music counts as 0 and forbade all above 32768, and each phone those of
phones after it that are lower."""


@story
async def test_both_agents_and_a_hold_are_recorded(scene: Scene) -> None:
    agent, colleague = await scene.agent(), await scene.agent(1)
    await scene.ask("agent.pause", agent=colleague.number, reason="meal")
    call, caller = await _talks(scene, agent, HIGH)
    await scene.ask("call.hold", agent=agent.number, call=call)
    await scene.fact(call, ev.TalkHeld)
    await caller.hears_a("music")
    await scene.ask("call.retrieve", agent=agent.number, call=call)
    await scene.fact(call, ev.TalkRetrieved)
    await caller.hears(agent)
    await scene.lasts(caller, 2 * ENOUGH_S)
    await _is_passed_on(scene, call, agent, colleague, LOW)
    await caller.hears(colleague)
    await scene.lasts(caller, 2 * ENOUGH_S)
    await caller.phone.hang_up()
    left, right = await _recording(scene, call)
    assert seconds_of(right, agent.hz) > 3 * ENOUGH_S, "before and after the hold"
    assert seconds_of(right, colleague.hz) > ENOUGH_S
    assert seconds_of(left, caller.hz) > 4 * ENOUGH_S
    done = await scene.ask("person.erase", calls=[call], name="~00000000")
    assert (done["calls"], list(done["held"])) == ([], [call]), "it ended just now"


@story
async def test_a_third_talk_after_two_transfers_is_recorded(scene: Scene) -> None:
    agent, colleague = await scene.agent(), await scene.agent(1, ready=False)
    call, caller = await _talks(scene, agent, ABOVE_HIGH)
    await _is_passed_on(scene, call, agent, colleague, HIGH)
    await caller.hears(colleague)
    await scene.lasts(caller, 2 * ENOUGH_S)
    await _is_passed_on(scene, call, colleague, agent, LOW)
    await caller.hears(agent)
    await scene.lasts(caller, 2 * ENOUGH_S)
    await caller.phone.hang_up()
    left, right = await _recording(scene, call)
    assert seconds_of(right, agent.hz) > 3 * ENOUGH_S, "first and third talk"
    assert seconds_of(right, colleague.hz) > ENOUGH_S
    assert seconds_of(left, caller.hz) > 4 * ENOUGH_S


async def _talks(scene: Scene, agent: Person, first_packet: int) -> tuple[str, Person]:
    agent.phone.first_packet = first_packet
    caller = await scene.caller()
    call = await scene.enters(caller)
    await agent.takes(call)
    await caller.hears(agent)
    await agent.hears(caller)
    await scene.lasts(caller, 2 * ENOUGH_S)
    return call, caller


async def _is_passed_on(scene: Scene, call: str, by: Person, to: Person, first: int) -> None:
    to.phone.first_packet = first
    await scene.state(to.number, "ready", "break", "wrapping")
    await scene.ask("agent.ready", agent=to.number)
    wish = {"to_kind": "agent", "to": to.number}
    await scene.ask("call.transfer", agent=by.number, call=call, **wish)
    await to.takes(call)


async def _recording(scene: Scene, call: str) -> tuple[array[int], array[int]]:
    sql = "SELECT * FROM recording WHERE call = ?"
    kept = (await soon(lambda: scene.system.rows(sql, call), 40, f"the recording of {call}"))[0]
    assert kept["state"] == "kept", kept["reason"]
    file = scene.system.data / "recordings" / kept["file"]
    return await asyncio.to_thread(channels, file)


def seconds_of(side: array[int], hz: float) -> float:
    """Tell how many seconds of a recording are this tone."""
    piece = RATE // 10
    starts = range(0, len(side) - piece, piece)
    return sum(share(side[at : at + piece], hz) > 0.8 for at in starts) / 10
