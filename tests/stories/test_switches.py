"""A hotline closed, or opened, by hand: who calls from then on is served accordingly."""

from pathlib import Path

import pytest

from domain import events as ev
from switchboard.installation import known_of
from switchboard.plan import plan_of
from switchboard.switches import Switches
from tests.stories.table import Story

LINE = "4008000001"
NO_HOURS = "flow: plain\nstart: to\nnodes:\n  to: {kind: group, group: presale}\n"


async def begun(story: Story, at: str) -> None:
    """Start the day and hear switches, as the engine does."""
    await story.tell(f"{at}  8001 ready")
    engine = story.world.engine
    switches = Switches(
        Path(story.world.folder) / "switches.json", engine.time.clock, lambda e: None
    )
    engine.talks.switched = switches.of
    engine.loop.listeners.append(switches.note)


async def switch(story: Story, state: str, prompt: str = "") -> None:
    args = {"hotline": LINE, "state": state, "reason": "storm", "prompt": prompt, "by": "zhou"}
    story.world.engine.desk.ask("hotline.switch", args)
    await story.world.settle()


async def dial(story: Story, caller: str) -> str | None:
    """Let somebody call and stay for half a minute; gives what came of it."""
    await story.happens(f"caller {caller} dials {LINE}")
    await story.world.pass_to(story.world.time.now + 30)
    return next(each.outcome for each in story.world.records() if each.caller == caller)


async def test_a_hotline_closed_by_hand_is_closed_at_once_until_it_is_let_go(story: Story) -> None:
    await begun(story, "10:00:00")
    await switch(story, "closed", "sorry_storm")
    assert await dial(story, "13800138000") == "closed"
    heard = story.callers["13800138000"].heard
    assert heard.index("sorry_storm") < heard.index("closed")
    await switch(story, "")
    assert await dial(story, "13800138001") != "closed"
    told = [each for each in story.world.facts() if isinstance(each, ev.HotlineSwitched)]
    assert [(each.state, each.by) for each in told] == [("closed", "zhou"), ("", "zhou")]


async def test_a_hotline_opened_by_hand_is_served_at_night(workdays: Story) -> None:
    await begun(workdays, "22:00:00")
    assert await dial(workdays, "13800138000") == "closed"
    await switch(workdays, "open")
    assert await dial(workdays, "13800138001") != "closed"


@pytest.mark.parametrize(("prompt", "heard"), [("", "closed"), ("sorry_storm", "sorry_storm")])
async def test_a_flow_that_looks_at_no_calendar_is_closed_too(
    story: Story, prompt: str, heard: str
) -> None:
    await begun(story, "10:00:00")
    talks = story.world.engine.talks
    flows = {**talks.plan.config.flows, "plain": NO_HOURS}
    config = talks.plan.config.model_copy(update={"flows": flows})
    talks.plan = plan_of(config, 2, known_of(config))
    await switch(story, "closed", prompt)
    assert await dial(story, "13800138000") == "closed"
    assert heard in story.callers["13800138000"].heard
