"""Lines with real calls: the agent one knows, more agents in time, two groups, twenty in order."""

import asyncio

import pytest

from domain import events as ev
from tests.house.firm import LANES, NARROW
from tests.house.scene import scene_on, soon
from tests.house.sipp import sipp
from tests.house.system import System

pytestmark = [pytest.mark.pbx, pytest.mark.timeout(300)]
CALLS = 20


async def test_a_caller_comes_back_to_the_agent_of_the_last_call(system: System) -> None:
    async with scene_on(system, LANES[0]) as scene:
        first, second = await scene.agent(0), await scene.agent(1, ready=False)
        caller = await scene.caller()
        call = await scene.enters(caller)
        await first.takes(call)
        await caller.hears(first)
        await scene.ask("agent.ready", agent=second.number)
        await caller.phone.hang_up()
        await scene.row(call)
        await scene.state(first.number, "ready")
        await caller.phone.dial(scene.lane.hotline)
        again = await soon(lambda: _newest(system, call), what="the second call")
        await scene.fact(again, ev.StepEntered, within_s=40, kind="menu")
        await caller.phone.press("1")
        await first.takes(again)
        await caller.hears(first)
        chosen = scene.facts(again, ev.GroupChosen)[-1]
        assert chosen.preferred == first.number
        await caller.phone.hang_up()
        assert (await scene.row(again))["offers"] == 1


def _newest(system: System, before: str) -> str:
    calls = [each.call for each in system.journal() if isinstance(each.event, ev.CallArrived)]
    return calls[-1] if calls[-1] != before else ""


async def test_after_some_seconds_an_agent_of_another_group_helps(system: System) -> None:
    async with scene_on(system, NARROW) as scene:
        await scene.agent(0, ready=False)
        helper = await scene.agent(1)
        caller = await scene.caller()
        call = await scene.arrives(caller)
        await helper.takes(call)
        await caller.hears(helper)
        widened = scene.facts(call, ev.CallWidened)
        assert [(each.step, each.needs) for each in widened] == [(1, "narrow; volume")]
        await caller.phone.hang_up()
        row = await scene.row(call)
        assert (row["group"], row["agent"], row["offers"]) == ("narrow", helper.number, 1)
        assert row["wait_ms"] >= 4000


async def test_wrap_up_after_one_group_keeps_the_other_groups_caller_waiting(
    system: System,
) -> None:
    async with scene_on(system, NARROW) as scene:
        agent = await scene.agent(0)
        caller, other = await scene.caller(), await scene.caller()
        call = await scene.enters(caller, hotline=LANES[0].hotline)
        await agent.takes(call)
        await caller.hears(agent)
        await caller.phone.hang_up()
        await scene.fact(call, ev.WrapUpStarted)
        await scene.ask("agent.wrapup_extend", agent=agent.number)
        waits = await scene.arrives(other)
        await scene.fact(waits, ev.AnnouncementDue)
        assert not scene.facts(waits, ev.OfferMade)
        await scene.state(agent.number, "wrapping")
        await scene.ask("agent.wrapup_done", agent=agent.number)
        await agent.takes(waits)
        await other.hears(agent)
        await other.phone.hang_up()
        await scene.row(waits)


async def test_twenty_callers_are_served_in_the_order_they_came(system: System) -> None:
    async with scene_on(system, NARROW) as scene:
        agent = await scene.agent(0, ready=False)
        every = ("-m", str(CALLS), "-l", str(CALLS))
        calling = asyncio.create_task(
            sipp("until_bye", system.sip, NARROW.hotline, *every, "-r", "4")
        )

        def came() -> list[str]:
            """List who waits on the music, in the order in which they chose the group."""
            facts = [each for each in system.journal() if each.call]
            mine = {
                each.call
                for each in facts
                if isinstance(each.event, ev.GroupChosen) and each.event.group == NARROW.group
            } - done
            here = {each.call for each in facts if isinstance(each.event, ev.HoldReached)} & mine
            order = [each.call for each in facts if isinstance(each.event, ev.GroupChosen)]
            return [call for call in order if call in here]

        done = {row["call"] for row in system.rows("SELECT call FROM call")}
        order = await soon(lambda: came() if len(came()) == CALLS else [], 60, "twenty wait")
        await scene.ask("agent.ready", agent=agent.number)
        served = []
        for _ in range(CALLS):
            served.append(await agent.takes())
            await scene.fact(served[-1], ev.OfferAnswered)
            await agent.phone.hang_up()
        await calling
        assert served == order
