"""Callers whom their group sends on: to another group, a voicemail, a message; and back."""

from domain import events as ev
from tests.stories.table import Story


def rules(story: Story, **more: object) -> Story:
    """Give the after-sales group these rules."""
    story.rules = {"aftersale": more}
    return story


def sent(story: Story) -> list[tuple[str, str]]:
    """List why and where callers were sent on."""
    facts = (fact for fact in story.world.facts() if isinstance(fact, ev.CallOverflowed))
    return [(fact.rule, fact.to or fact.to_kind) for fact in facts]


async def test_after_a_minute_the_other_group_takes_the_call(story: Story) -> None:
    wait = [{"when": {"wait_s": 60}, "to": {"group": "presale"}}]
    await rules(story, overflow=wait).tell("""
        09:00:00  8003 signs_in
        09:00:01  caller 13800000001 dials 4008000001
        09:00:06  caller presses 2
        09:00:50  8004 ready
        09:01:00  8004 is ready
        09:01:08  8004 rings
        09:01:10  8004 answers
        09:01:20  8004 hangs_up
        => call group=presale agent=8004 outcome=answered waited=60 rang=3
    """)
    assert sent(story) == [("wait_s", "presale")]


async def test_nobody_is_there_so_a_message_is_taken(story: Story) -> None:
    nobody = [{"when": {"nobody": True}, "to": {"voicemail": True}}]
    await rules(story, overflow=nobody).tell("""
        09:00:01  8003 signs_in
        09:00:02  caller 13800000001 dials 4008000001
        09:00:07  caller presses 2
        09:00:20  caller speaks 8
        09:00:20  8003 signs_out
        09:00:40  caller in aside
        => call group=aftersale outcome=voicemail message=yes agent=none
    """)
    assert sent(story) == [("nobody", "voicemail")]
    left = [fact for fact in story.world.facts() if isinstance(fact, ev.MessageLeft)]
    assert [(fact.box, fact.seconds) for fact in left] == [("aftersale", 8.0)]


async def test_a_full_line_says_so(story: Story) -> None:
    full = {"max_length": 1, "full_to": {"message": "all_busy"}}
    await rules(story, **full).tell("""
        09:00:00  8003 signs_in
        09:00:01  caller 13800000001 dials 4008000001
        09:00:06  caller 13800000001 presses 2
        09:00:07  caller 13800000002 dials 4008000001
        09:00:12  caller 13800000002 presses 2
        09:00:20  caller 13800000002 heard all_busy
        09:00:30  caller 13800000001 place 1
        09:00:31  caller 13800000001 hangs_up
        => call caller=13800000001 outcome=abandoned_queue
        => call caller=13800000002 outcome=overflowed
    """)


async def test_the_engine_dies_while_a_message_is_taken(story: Story) -> None:
    """The dialplan has no verdict: the caller is in its own queue, and comes back to the line."""
    late = {"max_wait_s": 30, "late_to": {"voicemail": True}}
    await rules(story, **late).tell("""
        09:00:00  8003 signs_in
        09:00:01  caller 13800000001 dials 4008000001
        09:00:06  caller presses 2
        09:00:36  caller speaks 100
        09:00:40  caller in aside
        09:00:41  engine dies
        09:00:45  caller in fallback
        09:00:46  engine starts
        09:00:50  caller in hold
        09:00:50  8003 ready
        09:00:52  8003 answers
        09:00:58  8003 hangs_up
        => call group=aftersale agent=8003 outcome=answered
    """)
