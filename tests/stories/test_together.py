"""Several phones ring for one caller: who answers first has the call, nobody else lost anything."""

import pytest

from domain import events as ev
from tests.stories.table import Story


@pytest.fixture
def story(story: Story) -> Story:
    """A firm whose after-sales group rings three at once."""
    story.rules = {"aftersale": {"ring_several": 3}}
    return story


def offers(story: Story) -> list[tuple[str, str]]:
    """List how each offer ended."""
    facts = story.world.facts()
    made = [fact for fact in facts if isinstance(fact, ev.OfferMade)]
    ends = {fact.offer: fact.reason for fact in facts if isinstance(fact, ev.OfferFailed)}
    return [(each.agent, ends.get(each.offer, "answered")) for each in made]


async def test_three_ring_and_the_second_answers(story: Story) -> None:
    [record] = await story.tell("""
        09:00:00  8001 ready
        09:00:01  8002 ready
        09:00:02  8003 ready
        09:00:03  8005 ready
        09:00:05  caller 13800138000 dials 4008000001
        09:00:10  caller presses 2
        09:00:15  8001 rings
        09:00:15  8002 rings
        09:00:15  8003 rings
        09:00:15  8005 is ready
        09:00:16  8002 answers
        09:00:16.1  8001 is ready
        09:00:16.1  8003 is ready
        09:00:16.1  8002 is talking
        09:00:46  8002 hangs_up
        => call group=aftersale agent=8002 offers=3 talked=30 outcome=answered
    """)
    assert offers(story) == [("8001", "elsewhere"), ("8002", "answered"), ("8003", "elsewhere")]
    pieces = [piece for piece in record.segments if piece.kind == "offer"]
    assert [piece.result for piece in pieces] == ["elsewhere", "answered", "elsewhere"]
    assert record.ring_ms < 10_000  # three phones that ring together ring once
    why = next(fact.why for fact in story.world.facts() if isinstance(fact, ev.OfferMade))
    assert "rung together: 8001, 8002, 8003" in why


async def test_who_lost_is_idle_since_before(story: Story) -> None:
    """The next caller finds 8001 first again, though 8005 was never rung."""
    await story.tell("""
        09:00:00  8001 ready
        09:00:01  8002 ready
        09:00:02  8003 ready
        09:00:03  8005 ready
        09:00:05  caller 13800138000 dials 4008000001
        09:00:10  caller presses 2
        09:00:16  8002 answers
        09:00:20  caller 13900139001 dials 4008000001
        09:00:25  caller presses 2
        09:00:30  8001 rings
        09:00:30  8003 rings
        09:00:30  8005 rings
        09:00:31  8005 answers
        09:00:40  8005 hangs_up
        09:00:46  8002 hangs_up
        => call agent=8002 offers=3 outcome=answered
        => call agent=8005 offers=3 outcome=answered
    """)


async def test_one_declines_and_one_is_busy_and_the_third_answers(story: Story) -> None:
    await story.tell("""
        09:00:00  8001 ready
        09:00:01  8002 ready
        09:00:02  8003 ready
        09:00:05  caller 13800138000 dials 4008000001
        09:00:10  caller presses 2
        09:00:15  8001 declines
        09:00:15.2  8001 is ready
        09:00:15.2  8002 rings
        09:00:15.3  8002 rejects
        09:00:15.5  8002 is ready
        09:00:16  8003 rings
        09:00:16  8003 answers
        09:00:46  8003 hangs_up
        => call agent=8003 offers=3 outcome=answered
    """)
    assert offers(story) == [("8001", "declined"), ("8002", "busy"), ("8003", "answered")]


async def test_one_signs_out_and_the_other_rings_on(story: Story) -> None:
    await story.tell("""
        09:00:00  8001 ready
        09:00:01  8002 ready
        09:00:05  caller 13800138000 dials 4008000001
        09:00:10  caller presses 2
        09:00:15  8001 signs_out
        09:00:15.2  8001 is offline
        09:00:15.2  8002 rings
        09:00:17  8002 answers
        09:00:27  8002 hangs_up
        => call agent=8002 offers=2 outcome=answered
    """)
    assert offers(story) == [("8001", "cancelled"), ("8002", "answered")]


async def test_the_caller_leaves_and_all_are_quiet(story: Story) -> None:
    await story.tell("""
        09:00:00  8001 ready
        09:00:01  8002 ready
        09:00:05  caller 13800138000 dials 4008000001
        09:00:10  caller presses 2
        09:00:15  8001 rings
        09:00:15  caller hangs_up
        09:00:15.3  8001 is ready
        09:00:15.3  8002 is ready
        => call agent=none offers=2 outcome=abandoned_ring
    """)
    assert all(phone.leg is None for phone in story.world.pbx.phones.values())


async def test_nobody_answers_and_the_caller_keeps_the_place(story: Story) -> None:
    await story.tell("""
        09:00:00  8001 ready
        09:00:01  8002 ready
        09:00:05  caller 13800138000 dials 4008000001
        09:00:10  caller presses 2
        09:00:33  8001 is ready
        09:00:33  8002 is ready
        09:00:34  8003 ready
        09:00:34.2  8003 rings
        09:00:36  8003 answers
        09:00:46  8003 hangs_up
        => call agent=8003 offers=3 outcome=answered
    """)
    assert offers(story)[:2] == [("8001", "no_answer"), ("8002", "no_answer")]


async def test_the_last_one_declines_and_the_caller_waits(story: Story) -> None:
    await story.tell("""
        09:00:00  8001 ready
        09:00:01  8002 ready
        09:00:05  caller 13800138000 dials 4008000001
        09:00:10  caller presses 2
        09:00:15  8001 declines
        09:00:15.5  8002 declines
        09:00:16  caller is waiting
        09:00:20  caller hangs_up
        => call agent=none offers=2 outcome=abandoned_queue
    """)


async def test_a_mobile_seat_is_rung_alone(story: Story) -> None:
    story.rules = {"aftersale": {"ring_several": 3}, "presale": {"ring_several": 3}}
    await story.tell("""
        09:00:00  8001 ready
        09:00:01  8006 ready mobile
        09:00:02  8002 ready
        09:00:05  caller 13800138000 dials 4008000001
        09:00:10  caller presses 2
        09:00:15  8001 rings
        09:00:15  8002 rings
        09:00:15  8006 is ready
        09:00:16  8001 answers
        09:00:26  8001 hangs_up
        => call agent=8001 offers=2 outcome=answered
    """)


async def test_the_engine_dies_while_they_ring_and_one_answers(story: Story) -> None:
    await story.tell("""
        09:00:00  8001 ready
        09:00:01  8002 ready
        09:00:05  caller 13800138000 dials 4008000001
        09:00:10  caller presses 2
        09:00:15  8002 rings
        09:00:15  engine dies
        09:00:16  8002 answers
        09:00:17  engine starts
        09:00:18  8002 is talking
        09:00:18  8001 is ready
        09:00:46  8002 hangs_up
        => call agent=8002 offers=2 outcome=answered
    """)
    assert offers(story) == [("8001", "elsewhere"), ("8002", "answered")]


async def test_both_numbers_are_passed_on_to_the_page(story: Story) -> None:
    """The pages of those who lost say who answered; a second agent may transfer the call."""
    await story.tell("""
        09:00:00  8001 ready
        09:00:01  8002 ready
        09:00:05  caller 13800138000 dials 4008000001
        09:00:10  caller presses 2
        09:00:16  8002 answers
        09:00:20  8002 transfers to agent 8001
        09:00:20.5  8001 rings
        09:00:22  8001 answers
        09:00:32  8001 hangs_up
        => call agent=8001 offers=3 outcome=answered
    """)
