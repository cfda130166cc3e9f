"""What becomes of an offer: not answered, declined, busy, out of reach, caller gone."""

from tests.stories.table import Story


async def test_nobody_picks_up_and_the_second_agent_gets_the_caller_at_the_same_place(
    story: Story,
) -> None:
    await story.tell("""
        09:00:00  8001 ready
        09:00:01  8002 ready
        09:00:02  caller 13800138000 dials 4008000001
        09:00:07  caller presses 2
        09:00:09  8001 rings
        09:00:29  8002 rings                       # 20 s later
        09:00:29  8001 is ready                    # one miss is forgiven
        09:00:31  8002 answers
        09:01:31  8002 hangs_up
        => call group=aftersale agent=8002 offers=2 rang=23 talked=60 outcome=answered
    """)


async def test_who_misses_twice_is_put_on_break(story: Story) -> None:
    await story.tell("""
        09:00:00  8001 ready
        09:00:02  caller 13800138000 dials 4008000001
        09:00:07  caller presses 2
        09:00:09  8001 rings
        09:00:29  8001 is ready
        09:00:57  8001 is ready                    # the pair cools down for 30 s
        09:00:59  8001 rings
        09:01:19  8001 is break
        09:01:25  caller hangs_up
        => call agent=none offers=2 outcome=abandoned_queue by=caller
    """)


async def test_a_declined_caller_goes_to_the_next_agent(story: Story) -> None:
    await story.tell("""
        09:00:00  8001 ready
        09:00:01  8002 ready
        09:00:02  caller 13800138000 dials 4008000001
        09:00:07  caller presses 2
        09:00:09  8001 rings
        09:00:10  8001 declines busy
        09:00:10.2  8002 rings
        09:00:10.2  8001 is ready
        09:00:12  8002 answers
        09:00:42  caller hangs_up
        => call agent=8002 offers=2 talked=30 by=caller survey=none outcome=answered
    """)


async def test_the_only_agent_declines_and_gets_the_caller_again_after_a_minute(
    story: Story,
) -> None:
    await story.tell("""
        09:00:00  8001 ready
        09:00:02  caller 13800138000 dials 4008000001
        09:00:07  caller presses 2
        09:00:09  8001 rings
        09:00:10  8001 declines
        09:01:09  8001 is ready
        09:01:10.5  8001 rings
        09:01:12  8001 answers
        09:01:22  8001 hangs_up
        => call agent=8001 offers=2 talked=10 outcome=answered
    """)


async def test_a_phone_that_is_busy_gives_the_caller_to_the_next(story: Story) -> None:
    await story.tell("""
        09:00:00  8001 ready
        09:00:01  8002 ready
        09:00:02  caller 13800138000 dials 4008000001
        09:00:07  caller presses 2
        09:00:09  8001 rejects                     # 486 on the phone itself
        09:00:09.3  8002 rings
        09:00:12  8002 answers
        09:00:42  8002 hangs_up
        => call agent=8002 offers=2 outcome=answered
    """)


async def test_a_phone_out_of_reach_is_not_offered_calls(story: Story) -> None:
    await story.tell("""
        09:00:00  8001 ready
        09:00:01  8001 phone_lost
        09:00:01.1  8001 is unreachable
        09:00:02  caller 13800138000 dials 4008000001
        09:00:07  caller presses 2
        09:00:20  caller is waiting
        09:00:30  8001 phone_back
        09:00:30.2  8001 rings
        09:00:32  8001 answers
        09:00:42  8001 hangs_up
        => call agent=8001 offers=1 outcome=answered
    """)


async def test_the_caller_leaves_while_the_phone_rings(story: Story) -> None:
    await story.tell("""
        09:00:00  8001 ready
        09:00:02  caller 13800138000 dials 4008000001
        09:00:07  caller presses 2
        09:00:12  8001 rings
        09:00:12  caller hangs_up
        09:00:12.1  8001 is ready
        => call agent=none group=aftersale rang=4 by=caller outcome=abandoned_ring
    """)


async def test_an_agent_signs_out_while_the_phone_rings(story: Story) -> None:
    await story.tell("""
        09:00:00  8001 ready
        09:00:02  caller 13800138000 dials 4008000001
        09:00:07  caller presses 2
        09:00:09  8001 rings
        09:00:10  8001 signs_out
        09:00:10.2  8001 is offline
        09:00:10.2  caller is waiting
        09:00:12  8002 ready
        09:00:12.2  8002 rings
        09:00:14  8002 answers
        09:00:24  8002 hangs_up
        => call agent=8002 offers=2 outcome=answered
    """)
