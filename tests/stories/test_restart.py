"""The engine is killed and comes back: nobody notices more than a pause."""

from itertools import pairwise

from domain import events as ev
from tests.stories.table import Story


async def test_waiting_callers_keep_their_places(story: Story) -> None:
    await story.tell("""
        09:00:00  8001 signs_in
        09:00:01  caller 13800000001 dials 4008000001
        09:00:06  caller 13800000001 presses 2
        09:00:10  caller 13800000002 dials 4008000001
        09:00:15  caller 13800000002 presses 2
        09:00:20  engine dies
        09:00:22  engine starts
        09:00:25  caller 13800000001 place 1
        09:00:25  caller 13800000002 place 2
        09:00:25  8001 ready
        09:00:26  8001 answers
        09:00:36  8001 hangs_up
        09:00:37  8001 done
        09:00:38  8001 answers
        09:00:48  8001 hangs_up
        => call caller=13800000001 agent=8001 waited=18 outcome=answered
        => call caller=13800000002 agent=8001 waited=21 outcome=answered
    """)


async def test_who_waits_is_told_the_place_no_oftener_than_before(story: Story) -> None:
    await story.tell("""
        09:00:00  8001 signs_in
        09:00:01  caller 13800000001 dials 4008000001
        09:00:06  caller presses 2
        09:00:50  engine dies
        09:00:51  engine starts
        09:02:00  engine dies
        09:02:01  engine starts
        09:03:00  caller hangs_up
        => call outcome=abandoned_queue
    """)
    told = [
        record.utc_ms
        for record in story.world.engine.journal.since(0)
        if isinstance(record.event, ev.WaitQuoted)
    ]
    assert len(told) > 8
    assert min(b - a for a, b in pairwise(told)) > 10_000, told


async def test_who_talks_goes_on_talking(story: Story) -> None:
    await story.tell("""
        09:00:00  8001 ready
        09:00:01  caller 13800138000 dials 4008000001
        09:00:06  caller presses 2
        09:00:10  8001 answers
        09:00:20  engine dies
        09:00:50  engine starts
        09:00:51  8001 is talking
        09:01:10  8001 hangs_up
        09:01:12  caller presses 5
        => call agent=8001 talked=60 score=5 outcome=answered
    """)


async def test_an_offer_answered_while_the_engine_was_away_is_a_talk(story: Story) -> None:
    await story.tell("""
        09:00:00  8001 ready
        09:00:01  caller 13800138000 dials 4008000001
        09:00:06  caller presses 2
        09:00:08  8001 rings
        09:00:09  engine dies
        09:00:10  8001 answers
        09:00:12  engine starts
        09:00:13  8001 is talking
        09:00:45  8001 is talking                  # nobody takes the caller away
        09:01:12  8001 hangs_up
        09:01:14  caller presses 5
        => call agent=8001 talked=60 score=5 outcome=answered
    """)


async def test_the_talk_ended_while_the_engine_was_away(story: Story) -> None:
    await story.tell("""
        09:00:00  8001 ready
        09:00:01  caller 13800138000 dials 4008000001
        09:00:06  caller presses 2
        09:00:10  8001 answers
        09:00:20  engine dies
        09:00:30  caller hangs_up
        09:00:40  engine starts
        09:00:41  8001 is wrapping
        => call agent=8001 outcome=answered by=system
    """)


async def test_a_ring_that_ended_while_the_engine_was_away_is_not_a_missed_call(
    story: Story,
) -> None:
    await story.tell("""
        09:00:00  8001 ready
        09:00:01  caller 13800138000 dials 4008000001
        09:00:06  caller presses 2
        09:00:26.5  engine dies
        09:00:28  engine starts
        09:00:29  8001 rings
        09:00:31  8001 answers
        09:00:41  8001 hangs_up
        => call agent=8001 offers=2 outcome=answered
    """)


async def test_a_caller_in_the_menu_is_brought_back_from_the_dialplans_own_queue(
    story: Story,
) -> None:
    await story.tell("""
        09:00:00  8001 signs_in
        09:00:01  caller 13800138000 dials 4008000001
        09:00:04  engine dies
        09:00:05  caller in fallback
        09:00:08  engine starts
        09:00:09  caller in hold
        09:00:10  8001 ready
        09:00:12  8001 answers
        09:00:22  8001 hangs_up
        => call agent=8001 outcome=answered
    """)


async def test_without_the_engine_the_dialplans_own_queue_serves_who_waits(story: Story) -> None:
    await story.tell("""
        09:00:00  8001 signs_in
        09:00:00  8002 ready
        09:00:01  caller 13800138000 dials 4008000001
        09:00:06  caller presses 2
        09:00:08  8002 declines
        09:00:10  engine dies
        09:00:25  caller in fallback
        09:00:26  8002 answers
        09:00:40  engine starts
        09:00:41  caller in fallback               # a talk is never taken apart
        09:00:41  8002 is talking
        09:00:59  8002 hangs_up
        => call agent=8002 outcome=answered
    """)


async def test_a_stuck_engine_takes_its_callers_back(story: Story) -> None:
    await story.tell("""
        09:00:00  8001 signs_in
        09:00:01  caller 13800138000 dials 4008000001
        09:00:06  caller presses 2
        09:00:10  engine dies
        09:00:20  caller in fallback
        09:00:21  engine starts
        09:00:22  caller in hold
        09:00:23  8001 ready
        09:00:24  8001 answers
        09:00:34  8001 hangs_up
        => call agent=8001 outcome=answered
    """)


async def test_a_caller_who_came_while_nobody_was_there_begins_with_the_menu(story: Story) -> None:
    await story.tell("""
        09:00:00  8001 ready
        09:00:01  engine dies
        09:00:02  caller 13800138000 dials 4008000001
        09:00:02.5  caller in fallback
        09:00:03  engine starts
        09:00:03.5  caller in hotline
        09:00:08  caller presses 2
        09:00:12  8001 answers
        09:00:22  8001 hangs_up
        => call caller=13800138000 agent=8001 outcome=answered
    """)


async def test_who_came_and_talked_while_nobody_was_there_is_written_down(story: Story) -> None:
    await story.tell("""
        09:00:00  8001 ready
        09:00:01  engine dies
        09:00:02  caller 13800138000 dials 4008000001
        09:00:06  8001 answers
        09:00:10  engine starts
        09:00:12  caller in fallback
        09:00:40  8001 hangs_up
        => call caller=13800138000 hotline=4008000001 agent=8001 talked=34 outcome=answered by=agent
    """)


async def test_who_came_and_left_while_nobody_was_there_has_a_record(story: Story) -> None:
    records = await story.tell("""
        09:00:00  8001 ready
        09:00:01  engine dies
        09:00:02  caller 13800000001 dials 4008000001
        09:00:06  8001 answers
        09:00:10  caller 13800000002 dials 4008000001
        09:00:30  caller 13800000002 hangs_up
        09:00:40  8001 hangs_up
        09:01:00  engine starts
        09:01:30  engine dies
        09:01:40  engine starts
        => call caller=13800000001 agent=8001 talked=34 outcome=answered by=agent
        => call caller=13800000002 hotline=4008000001 outcome=fallback by=caller
    """)
    served, gave_up = records
    assert gave_up.ended is not None and gave_up.ended - gave_up.started == 20_000
    assert served.answered is not None and served.answered - served.started == 4_000
    assert story.world.pbx.notes == {}


async def test_an_agent_who_talks_with_whom_nobody_met_is_not_rung(story: Story) -> None:
    records = await story.tell("""
        09:00:00  8001 ready
        09:00:01  engine dies
        09:00:02  caller 13800000001 dials 4008000001
        09:00:06  8001 answers
        09:00:20  engine starts
        09:00:22  8001 is talking
        09:00:23  caller 13800000002 dials 4008000001
        09:00:28  caller 13800000002 presses 2
        09:00:38  engine dies
        09:00:39  engine starts
        09:00:40  8001 is talking
        09:00:46  8001 hangs_up
        09:00:47  8001 done
        09:00:49  8001 answers
        09:00:59  8001 hangs_up
        => call caller=13800000001 hotline=4008000001 agent=8001 talked=40 outcome=answered by=agent
        => call caller=13800000002 agent=8001 offers=1 talked=10 outcome=answered
    """)
    assert records[0].answered is not None
    assert records[0].answered - records[0].started == 4_000
    assert story.world.pbx.notes == {}


async def test_the_dialplans_word_of_a_talk_goes_before_that_the_call_was_lost(
    story: Story,
) -> None:
    await story.tell("""
        09:00:00  8001 signs_in
        09:00:00  8002 ready
        09:00:01  caller 13800138000 dials 4008000001
        09:00:06  caller presses 2
        09:00:08  8002 declines
        09:00:10  engine dies
        09:00:25  caller in fallback
        09:00:26  8002 answers
        09:00:40  caller hangs_up
        09:01:00  engine starts
        => call agent=8002 talked=14 outcome=answered by=caller
    """)
    assert story.world.pbx.notes == {}


async def test_who_hears_good_bye_when_the_engine_returns_was_served(story: Story) -> None:
    await story.tell("""
        09:00:00  8002 ready
        09:00:01  caller 13800138000 dials 4008000001
        09:00:06  caller presses 2
        09:00:08  8002 declines
        09:00:10  engine dies
        09:00:26  8002 answers
        09:00:40  8002 hangs_up
        09:00:40.5  engine starts
        => call agent=8002 talked=14 outcome=answered by=agent
    """)
    assert story.world.pbx.notes == {}


async def test_asterisk_that_dies_while_nobody_is_there_loses_no_record(story: Story) -> None:
    await story.tell("""
        09:00:00  8001 ready
        09:00:01  engine dies
        09:00:02  caller 13800138000 dials 4008000001
        09:00:06  8001 answers
        09:00:30  pbx dies
        09:00:40  engine starts
        => call caller=13800138000 agent=8001 outcome=answered by=system
    """)


async def test_a_held_caller_whom_the_dialplan_gave_back_is_not_taken_away(story: Story) -> None:
    await story.tell("""
        09:00:00  8001 ready
        09:00:01  caller 13800138000 dials 4008000001
        09:00:06  caller presses 2
        09:00:10  8001 answers
        09:00:20  8001 holds
        09:00:25  engine dies
        09:00:35  caller in join                   # no beat: back to the agent
        09:00:40  engine starts
        09:00:41  8001 is talking
        09:00:42  8001 retrieves refused
        09:00:43  engine dies
        09:00:44  engine starts
        09:00:45  8001 is talking
        09:01:10  8001 hangs_up
        => call agent=8001 outcome=answered
    """)
