"""What is heard at the answer: the agent's number by the caller, the hotline by the agent."""

from __future__ import annotations

from array import array
from pathlib import Path

import pytest

from demo.hearing import classify
from domain import events as ev
from speech import alaw
from tests.house.firm import GREETS
from tests.house.scene import Person, Scene, scene_on, soon
from tests.house.sound import RATE, share
from tests.house.system import System

pytestmark = [pytest.mark.pbx, pytest.mark.timeout(180), pytest.mark.asyncio(loop_scope="session")]

MOST_S = 2.5
LATE_S, TRIES = 0.6, 4
"""Packets of a loaded machine, which is not late each time."""


async def test_both_hear_who_it_is_at_the_same_time_and_then_each_other(system: System) -> None:
    await _laid_out(system)
    late = [await _greeted(system)]
    while min(late) > MOST_S + LATE_S and len(late) < TRIES:
        late.append(await _greeted(system))
    assert min(late) < MOST_S + LATE_S, late


async def _greeted(system: System) -> float:
    """Hold one greeted talk; gives after how many seconds the later of both heard the other."""
    async with scene_on(system, GREETS) as scene:
        agent, caller, call = await _rung(scene)
        agent.phone.first_packet = 50_000
        before = len(caller.phone.heard())
        await agent.takes(call)
        await agent.hears(caller)
        await caller.hears(agent)
        talks = [_tone_begins(agent, 0, caller.hz), _tone_begins(caller, before, agent.hz)]
        assert min(talks) > 1.0, talks
        assert _speech(agent, 0, talks[0]) and _speech(caller, before, talks[1])
        await scene.lasts(caller)
        await caller.phone.hang_up()
        sql = "SELECT * FROM recording WHERE call = ?"
        kept = (await soon(lambda: system.rows(sql, call), 40, f"the recording of {call}"))[0]
        assert kept["state"] == "kept"
        return max(talks)


async def test_a_caller_who_hangs_up_in_between_is_gone(system: System) -> None:
    async with scene_on(system, GREETS) as scene:
        await _laid_out(system)
        agent, caller, call = await _rung(scene)
        await agent.takes(call)
        await scene.fact(call, ev.OfferAnswered, agent=agent.number)
        await caller.phone.hang_up()
        await scene.fact(call, ev.CallEnded)
        await scene.state(agent.number, "ready", "wrapping")
        assert (await scene.row(call))["outcome"] == "answered"


async def test_an_agent_who_hangs_up_in_between_ends_the_talk(system: System) -> None:
    async with scene_on(system, GREETS) as scene:
        await _laid_out(system)
        agent, _, call = await _rung(scene)
        await agent.takes(call)
        await scene.fact(call, ev.OfferAnswered, agent=agent.number)
        await agent.phone.hang_up()
        await scene.fact(call, ev.TalkEnded, by="agent")
        await scene.fact(call, ev.CallEnded, within_s=40)
        await scene.state(agent.number, "ready", "wrapping")


async def test_a_desk_phone_is_asked_to_answer_by_itself(system: System) -> None:
    async with scene_on(system, GREETS) as scene:
        agent, _, call = await _rung(scene)
        asked = agent.phone.asked
        assert asked("X-Auto-Answer") == "1"
        assert "answer-after=0" in asked("Call-Info")
        assert "alert-autoanswer" in asked("Alert-Info")
        await agent.takes(call)
        await scene.fact(call, ev.OfferAnswered)
        await agent.phone.hang_up()
        await scene.fact(call, ev.TalkEnded, by="agent")


async def _laid_out(system: System) -> None:
    """Wait until the engine made the sounds of this configuration."""
    ready: Path = system.data / "prompts" / "greet" / "ready"
    await soon(ready.exists, 90, "sounds of the answer")


async def _rung(scene: Scene) -> tuple[Person, Person, str]:
    agent, caller = await scene.agent(), await scene.caller()
    call = await scene.arrives(caller)
    await scene.fact(call, ev.PhoneRang)
    return agent, caller, call


def _heard(person: Person, since: int) -> array[int]:
    return alaw.decode(person.phone.heard()[since:])


def _tone_begins(person: Person, since: int, hz: float) -> float:
    """Tell after how many seconds the other side's tone is heard, by tenths."""
    heard, piece = _heard(person, since), RATE // 10
    starts = range(0, len(heard) - piece, piece)
    return next(at / RATE for at in starts if share(heard[at : at + piece], hz) > 0.8)


def _speech(person: Person, since: int, until_s: float) -> bool:
    heard = _heard(person, since)[: round(until_s * RATE)]
    return any(each.kind == "speech" for each in classify(heard))
