"""A seat on a mobile phone: it is rung over the carrier's lines and answers like any other."""

from tests.stories.table import Story


async def test_a_mobile_seat_takes_a_call_and_calls_somebody(story: Story) -> None:
    await story.tell("""
        09:00:00  8006 ready mobile
        09:00:00.1  8006 is ready
        09:00:02  caller 13800138000 dials 4008000001
        09:00:07  caller presses 2
        09:00:12  8006 rings
        09:00:25  8006 answers
        09:00:35  8006 holds
        09:00:45  8006 retrieves
        09:00:55  8006 hangs_up
        09:00:56  8006 done
        09:01:10  8006 dials 13700137000
        09:01:15  8006 answers
        09:01:20  far answers
        09:01:30  8006 hangs_up
        => call direction=in agent=8006 talked=20 held=10 outcome=answered
        => call direction=out agent=8006 talked=10 outcome=answered
    """)
    assert story.world.pbx.channels == {}


async def test_a_mobile_may_ring_longer_than_a_desk_phone(story: Story) -> None:
    await story.tell("""
        09:00:00  8006 ready mobile
        09:00:02  caller 13800138000 dials 4008000001
        09:00:07  caller presses 2
        09:00:44  8006 rings
        09:01:10  caller is waiting
        09:01:11  caller hangs_up
        => call offers=1 outcome=abandoned_queue
    """)


async def test_nobody_without_a_mobile_signs_in_with_one(story: Story) -> None:
    await story.tell("""
        09:00:00  8001 signs_in mobile refused
        09:00:01  8001 is offline
    """)
