"""The machine's wall clock is set in the middle of everything: nobody is timed out for it."""

import pytest

from domain import events as ev
from tests.stories.table import Story

DAY = """
    09:00:00  8001 signs_in
    09:00:01  caller 13800000001 dials 4008000001
    09:00:06  caller 13800000001 presses 2
    09:00:10  caller 13800000002 dials 4008000001
    09:00:15  caller 13800000002 presses 2
    09:00:20  8001 ready
    09:00:21  8001 answers
    {jump}
    09:00:41  8001 hangs_up
    09:00:43  8001 done
    09:00:44  8001 answers
    09:00:54  8001 hangs_up
    => call caller=13800000001 group=aftersale agent=8001 waited=13 talked=20
    => call caller=13800000002 group=aftersale agent=8001 waited=27 talked=10
"""


@pytest.mark.parametrize("seconds", [3600, -3600, 86_400, -86_400])
async def test_a_clock_that_jumps_changes_no_duration_and_ends_nothing(
    story: Story, seconds: int
) -> None:
    records = await story.tell(DAY.format(jump=f"09:00:30  clock jumps {seconds}"))
    facts = story.world.facts()
    assert [each.seconds for each in facts if isinstance(each, ev.ClockStepped)] == [seconds]
    assert [record.outcome for record in records] == ["answered", "answered"]
    today = story.world.engine.board.tallies.agents["8001"]
    assert 10 <= today.talk_s <= 31, "of the day that the clock shows now"


async def test_an_engine_that_starts_after_the_jump_knows_how_long_everybody_waits(
    story: Story,
) -> None:
    await story.tell("""
        09:00:00  8001 signs_in
        09:00:01  caller 13800000001 dials 4008000001
        09:00:06  caller 13800000001 presses 2
        09:00:20  engine dies
        09:00:20  clock jumps -86400
        09:00:21  engine starts
        09:00:30  8001 ready
        09:00:31  8001 answers
        09:00:41  8001 hangs_up
        => call caller=13800000001 group=aftersale agent=8001 waited=23 talked=10
    """)
