"""Who waited too long, on real calls: on to another group at the old place, or to voicemail."""

import pytest

from domain import events as ev
from tests.house.firm import LATE, SPILLS, VOLUME
from tests.house.scene import scene_on
from tests.house.system import System

pytestmark = [pytest.mark.pbx, pytest.mark.timeout(240)]


async def test_a_caller_goes_on_to_another_group_and_keeps_the_place(system: System) -> None:
    async with scene_on(system, VOLUME) as scene:
        agent = await scene.agent(ready=False)
        first, later = await scene.caller(), await scene.caller()
        call = await scene.arrives(first, SPILLS.hotline)
        await scene.fact(call, ev.HoldReached)
        behind = await scene.arrives(later, VOLUME.hotline)
        await scene.fact(behind, ev.HoldReached)
        sent = await scene.fact(call, ev.CallOverflowed)
        assert (sent.rule, sent.to_kind, sent.to) == ("wait_s", "group", VOLUME.group)
        await scene.ask("agent.ready", agent=agent.number)
        await agent.takes(call)
        await first.hears(agent)
        await first.phone.hang_up()
        row = await scene.row(call)
        assert (row["outcome"], row["group"], row["agent"]) == (
            "answered",
            VOLUME.group,
            agent.number,
        )
        await later.phone.hang_up()
        await scene.row(behind)


async def test_a_caller_who_waited_as_long_as_is_allowed_leaves_a_message(system: System) -> None:
    async with scene_on(system, VOLUME) as scene:
        caller = await scene.caller()
        call = await scene.arrives(caller, LATE.hotline)
        sent = await scene.fact(call, ev.CallOverflowed, within_s=40)
        assert (sent.to_kind, sent.group) == ("voicemail", LATE.group)
        await scene.fact(call, ev.StepEntered, within_s=40, kind="voicemail")
        await caller.hears_a("tone", seconds=3, within_s=30)  # the beep
        await caller.hears_nothing(1.5)
        await caller.phone.hang_up()
        left = await scene.fact(call, ev.MessageLeft)
        assert left.box == LATE.group and left.seconds >= 1
        assert (await scene.row(call))["outcome"] == "voicemail"
