"""Callers who hang up and are called back in their turn; the place is the one they had."""

from domain import events as ev
from tests.stories.table import Story


def with_callback(story: Story, **more: object) -> Story:
    """Let the after-sales group call back."""
    story.rules = {"aftersale": {"callback": True, "tip_s": 15, "wrap_s": 0} | more}
    return story


def ended(story: Story) -> list[str]:
    """List what came of the callbacks."""
    return [fact.why for fact in story.world.facts() if isinstance(fact, ev.CallbackEnded)]


async def test_the_caller_presses_1_and_is_rung_when_an_agent_is_free(story: Story) -> None:
    records = await with_callback(story).tell("""
        09:00:00  8003 signs_in
        09:00:01  caller 13800000001 dials 4008000001
        09:00:06  caller presses 2
        09:00:30  caller heard callback_offer
        09:00:30  caller presses 1
        09:00:45  caller 13800000001 in aside
        09:00:48  caller 13800000001 presses 1
        09:00:55  caller 13800000001 heard callback_saved
        09:01:00  caller 13800000002 dials 4008000001
        09:01:05  caller 13800000002 presses 2
        09:01:15  caller 13800000002 place 2
        09:02:00  8003 ready
        09:02:01  8003 rings
        09:02:02  8003 answers
        09:02:04  far rings
        09:02:08  far answers
        09:02:09  8003 is talking
        09:02:30  far hangs_up
        09:02:32  8003 rings
        09:02:33  8003 answers
        09:02:40  caller 13800000002 hangs_up
        => call caller=13800000001 outcome=callback direction=in reason=reached
        => call caller=13800000001 outcome=answered direction=out agent=8003
        => call caller=13800000002 outcome=answered agent=8003
    """)
    asked, back, _ = records
    assert (asked.linked, back.linked) == (back.call, asked.call)
    assert [piece.kind for piece in back.segments] == ["callback", "offer", "dial", "talk"]
    assert ended(story) == ["reached"]


async def test_nobody_answers_so_it_is_tried_again(story: Story) -> None:
    await with_callback(story, callback_retry_min=1, callback_tries=2).tell("""
        09:00:00  8003 signs_in
        09:00:01  caller 13800000001 dials 4008000001
        09:00:06  caller presses 2
        09:00:30  caller presses 1
        09:00:45  caller presses 1
        09:01:00  8003 ready
        09:01:02  8003 answers
        09:01:06  far refuses 486
        09:01:08  8003 is ready
        09:02:05  8003 is ready
        09:02:08  8003 rings
        09:02:10  8003 answers
        09:02:12  far answers
        09:02:30  8003 hangs_up
        => call outcome=callback reason=reached
        => call outcome=not_reached reason=busy direction=out
        => call outcome=answered agent=8003 direction=out
    """)
    assert ended(story) == ["reached"]


async def test_it_survives_the_engine(story: Story) -> None:
    await with_callback(story).tell("""
        09:00:00  8003 signs_in
        09:00:01  caller 13800000001 dials 4008000001
        09:00:06  caller presses 2
        09:00:30  caller presses 1
        09:00:45  caller presses 1
        09:01:00  engine dies
        09:01:30  engine starts
        09:01:40  8003 ready
        09:01:42  8003 answers
        09:01:44  far answers
        09:01:50  engine dies
        09:01:55  engine starts
        09:02:10  far hangs_up
        => call outcome=callback reason=reached
        => call outcome=answered agent=8003 direction=out
    """)


async def test_who_gives_no_number_waits_on_at_the_old_place(story: Story) -> None:
    await with_callback(story).tell("""
        09:00:00  8003 signs_in
        09:00:01  caller 13800000001 dials 4008000001
        09:00:06  caller 13800000001 presses 2
        09:00:20  caller 13800000002 dials 4008000001
        09:00:25  caller 13800000002 presses 2
        09:00:30  caller 13800000001 presses 1
        09:00:33  caller 13800000001 in aside
        09:01:50  caller 13800000001 in hold
        09:01:50  caller 13800000001 place 1
        09:01:51  caller 13800000001 hangs_up
        09:01:52  caller 13800000002 hangs_up
        => call caller=13800000001 outcome=abandoned_queue
        => call caller=13800000002 outcome=abandoned_queue
    """)
    assert ended(story) == []


async def test_who_rings_again_takes_the_place(story: Story) -> None:
    await with_callback(story).tell("""
        09:00:00  8003 signs_in
        09:00:01  caller 13800000001 dials 4008000001
        09:00:06  caller presses 2
        09:00:30  caller presses 1
        09:00:45  caller presses 1
        09:01:00  caller 13800000002 dials 4008000001
        09:01:05  caller 13800000002 presses 2
        09:10:00  caller 13800000001 dials 4008000001
        09:10:05  caller 13800000001 presses 2
        09:10:20  caller 13800000001 place 1
        09:10:21  caller 13800000001 hangs_up
        09:10:22  caller 13800000002 hangs_up
        => call outcome=callback reason=called_again
        => call outcome=not_reached reason=called_again direction=out
        => call caller=13800000002 outcome=abandoned_queue
        => call caller=13800000001 outcome=abandoned_queue
    """)
