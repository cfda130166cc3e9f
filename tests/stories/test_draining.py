"""Before maintenance: who calls now is turned away, who is in a call ends it as ever."""

import pytest

from domain import events as ev
from domain.errors import Refused
from switchboard.draining import Draining, forget
from tests.stories.table import Story

LINE = "4008000001"


async def begun(story: Story) -> Draining:
    """Start the day with one talk, and hear the drain as the engine does."""
    await story.tell("09:00:00  8001 ready")
    await dial(story, "13800000001")
    await story.happens("8001 answers")
    engine = story.world.engine
    draining = Draining(story.world.folder, engine.floor, engine.loop.tell)
    engine.talks.draining = lambda: draining.on
    engine.board.draining = lambda: draining.on is not None
    return draining


async def dial(story: Story, caller: str) -> str | None:
    """Let somebody call and press 1; gives what came of it, None = it goes on."""
    await story.happens(f"caller {caller} dials {LINE}")
    await story.world.pass_to(story.world.time.now + 6)
    if not story.world.engine.talks.draining():
        await story.happens(f"caller {caller} presses 1")
    await story.world.pass_to(story.world.time.now + 6)
    return next(each.outcome for each in story.world.records() if each.caller == caller)


@pytest.mark.parametrize("new", ["message", "busy"])
async def test_new_callers_are_turned_away_and_the_talk_goes_on(story: Story, new: str) -> None:
    draining = await begun(story)
    begun_by = {"new": new, "prompt": "", "by": "cli"}
    assert draining.asked({"do": "begin", **begun_by}) == {"on": True, "left": 1, **begun_by}
    assert await dial(story, "13800000002") == "closed"
    assert draining.left == 1, "the talk of before goes on"
    talk = next(each for each in story.world.records() if each.caller == "13800000001")
    assert talk.outcome is None and talk.agent == "8001"
    assert story.world.engine.board.pbx()["draining"]
    again = Draining(story.world.folder, story.world.engine.floor, lambda event: None)
    assert again.on == draining.on, "it holds over a restart of the engine"
    assert draining.asked({"do": "end", "by": "cli"})["on"] is False
    assert await dial(story, "13800000003") is None, "waits, or talks, as ever"
    facts = [record.event for record in story.world.engine.journal.read(0, 100_000)]
    assert [type(each) for each in facts if isinstance(each, ev.DrainBegan | ev.DrainEnded)] == [
        ev.DrainBegan,
        ev.DrainEnded,
    ]


async def test_a_word_that_is_none_changes_nothing_and_a_start_forgets(story: Story) -> None:
    draining = await begun(story)
    with pytest.raises(Refused):
        draining.asked({"do": "begin", "new": "perhaps"})
    assert draining.on is None
    draining.asked({"do": "begin"})
    forget(story.world.folder)
    assert Draining(story.world.folder, story.world.engine.floor, draining._tell).on is None
