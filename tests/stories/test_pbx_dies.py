"""Asterisk is killed: both sides are cut, and whoever calls again is not at the end of the line."""

from domain import events as ev
from tests.stories.table import Story


async def test_who_was_cut_is_before_all_others_on_a_redial(story: Story) -> None:
    await story.tell("""
        09:00:00  8001 ready
        09:00:01  caller 13800000001 dials 4008000001
        09:00:06  caller 13800000001 presses 2
        09:00:10  8001 answers
        09:00:11  caller 13800000002 dials 4008000001
        09:00:16  caller 13800000002 presses 2
        09:00:30  pbx dies
        09:00:33  caller 13800000003 dials 4008000001
        09:00:38  caller 13800000003 presses 2
        09:00:40  8001 is wrapping
        09:00:41  8001 breaks tea
        09:00:44  caller 13800000002 dials 4008000001
        09:00:46  caller 13800000001 dials 4008000001
        09:00:49  caller 13800000002 presses 2
        09:00:51  caller 13800000001 presses 2
        09:00:55  caller 13800000001 place 1
        09:00:55  caller 13800000002 place 2
        09:00:55  caller 13800000003 place 3
        09:00:56  8001 ready
        09:00:57  8001 answers
        09:01:30  8001 hangs_up
        09:01:31  8001 signs_out
        09:01:32  caller 13800000002 hangs_up
        09:01:32  caller 13800000003 hangs_up
        => call caller=13800000001 outcome=answered agent=8001 by=system
        => call caller=13800000002 outcome=lost by=system
        => call caller=13800000003 outcome=abandoned_queue
        => call caller=13800000002 outcome=abandoned_queue
        => call caller=13800000001 outcome=answered agent=8001
    """)
    facts = story.world.facts()
    assert sum(isinstance(fact, ev.CallLost) for fact in facts) == 2
    assert sum(isinstance(fact, ev.PlaceKept) for fact in facts) == 2


async def test_a_talk_that_people_ended_keeps_no_place(story: Story) -> None:
    await story.tell("""
        09:00:00  8001 ready
        09:00:01  caller 13800000001 dials 4008000001
        09:00:06  caller 13800000001 presses 2
        09:00:10  8001 answers
        09:00:20  caller hangs_up
        => call outcome=answered
    """)
    assert not story.world.engine.floor.left
