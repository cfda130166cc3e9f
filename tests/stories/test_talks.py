"""A talk and what comes after: hold, transfer, who hangs up, rating, wrap-up."""

from tests.stories.table import Story

TALKING = """
        09:00:00  8001 ready
        09:00:01  caller 13800138000 dials 4008000001
        09:00:06  caller presses 2
        09:00:10  8001 answers
"""


async def test_the_caller_hangs_up_first(story: Story) -> None:
    await story.tell(f"""{TALKING}
        09:01:10  caller hangs_up
        09:01:10.1  8001 is wrapping
        => call talked=60 by=caller survey=none score=none outcome=answered wrapped=15
    """)


async def test_the_agent_ends_the_call_on_the_page(story: Story) -> None:
    await story.tell(f"""{TALKING}
        09:01:10  8001 ends
        09:01:12  caller presses 4
        => call talked=60 by=agent survey=answered score=4 outcome=answered
    """)


async def test_nobody_rates_in_time(story: Story) -> None:
    await story.tell(f"""{TALKING}
        09:01:10  8001 hangs_up
        => call talked=60 by=agent survey=no_input score=none outcome=answered
    """)


async def test_the_caller_hangs_up_in_the_survey(story: Story) -> None:
    await story.tell(f"""{TALKING}
        09:01:10  8001 hangs_up
        09:01:11.5  caller hangs_up
        => call by=agent survey=caller_hung_up score=none outcome=answered
    """)


async def test_a_rating_that_does_not_exist_is_asked_again(story: Story) -> None:
    await story.tell(f"""{TALKING}
        09:01:10  8001 hangs_up
        09:01:12  caller presses 9
        09:01:15  caller presses 1
        => call survey=answered score=1
    """)


async def test_hold_and_retrieve(story: Story) -> None:
    await story.tell(f"""{TALKING}
        09:00:20  8001 holds
        09:00:20.1  8001 is holding
        09:00:20.1  caller in held
        09:00:30  8001 holds refused
        09:00:50  8001 retrieves
        09:00:50.1  8001 is talking
        09:00:50.1  caller in join
        09:01:10  8001 hangs_up
        09:01:12  caller presses 5
        => call talked=30 held=30 by=agent score=5 outcome=answered
    """)


async def test_the_caller_leaves_while_held(story: Story) -> None:
    await story.tell(f"""{TALKING}
        09:00:20  8001 holds
        09:00:40  caller hangs_up
        09:00:40.1  8001 is wrapping
        => call talked=10 held=20 by=caller outcome=answered
    """)
    assert story.world.pbx.channels == {}


async def test_the_caller_leaves_after_a_hold_and_the_agents_phone_is_let_go(story: Story) -> None:
    await story.tell(f"""{TALKING}
        09:00:20  8001 holds
        09:00:40  8001 retrieves
        09:00:50  caller hangs_up
        09:00:50.1  8001 is wrapping
        => call talked=20 held=20 by=caller outcome=answered
    """)
    assert story.world.pbx.channels == {}


async def test_the_agents_phone_goes_while_the_caller_is_held(story: Story) -> None:
    await story.tell(f"""{TALKING}
        09:00:20  8001 holds
        09:00:40  8001 hangs_up
        09:00:40.1  8001 is wrapping
        09:00:42  caller presses 3
        => call talked=10 held=20 by=agent score=3 outcome=answered
    """)


async def test_the_agent_ends_a_held_call_on_the_page(story: Story) -> None:
    await story.tell(f"""{TALKING}
        09:00:20  8001 holds
        09:00:40  8001 ends
        09:00:42  caller presses 2
        => call talked=10 held=20 by=agent score=2 outcome=answered
    """)
    assert story.world.pbx.channels == {}


async def test_a_blind_transfer_to_a_group(story: Story) -> None:
    await story.tell(f"""
        09:00:00  8004 ready{TALKING}
        09:00:30  8001 transfers to group presale
        09:00:30.1  8001 is wrapping
        09:00:30.2  8004 rings
        09:00:35  8004 answers
        09:01:05  8004 hangs_up
        09:01:07  caller presses 5
        => call group=presale agent=8004 talked=50 offers=2 score=5 outcome=answered
    """)


async def test_a_blind_transfer_to_an_agent_who_is_busy_waits_for_that_agent(story: Story) -> None:
    await story.tell(f"""
        09:00:00  8002 signs_in{TALKING}
        09:00:30  8001 transfers to agent 8002
        09:00:31  8001 done
        09:00:40  caller is waiting
        09:00:45  8002 ready
        09:00:46  8002 answers
        09:01:06  8002 hangs_up
        09:01:08  caller presses 4
        => call group=aftersale agent=8002 talked=40 score=4 outcome=answered
    """)


async def test_a_transfer_out_of_a_hold(story: Story) -> None:
    await story.tell(f"""
        09:00:00  8004 ready{TALKING}
        09:00:20  8001 holds
        09:00:30  8001 transfers to group presale
        09:00:30.1  8001 is wrapping
        09:00:31  8004 answers
        09:00:41  8004 hangs_up
        => call group=presale agent=8004 talked=20 held=10 survey=no_input outcome=answered
    """)
    assert story.world.pbx.channels == {}


async def test_a_transfer_after_a_hold(story: Story) -> None:
    await story.tell(f"""
        09:00:00  8004 ready{TALKING}
        09:00:20  8001 holds
        09:00:30  8001 retrieves
        09:00:40  8001 transfers to group presale
        09:00:41  8004 answers
        09:00:51  8004 hangs_up
        => call group=presale agent=8004 talked=30 held=10 survey=no_input outcome=answered
    """)
    assert story.world.pbx.channels == {}


async def test_wrap_up_is_extended_and_ended_by_hand(story: Story) -> None:
    await story.tell(f"""{TALKING}
        09:00:20  caller hangs_up
        09:00:25  8001 extends
        09:00:50  8001 is wrapping
        09:01:20  8001 done
        09:01:20.1  8001 is ready
        => call talked=10 wrapped=60
    """)


async def test_a_break_asked_for_in_a_talk_begins_after_it(story: Story) -> None:
    await story.tell(f"""{TALKING}
        09:00:15  8001 breaks meal
        09:00:15.1  8001 is talking
        09:00:20  caller hangs_up
        09:00:21  8001 done
        09:00:21.1  8001 is break
        => call talked=10 outcome=answered
    """)


async def test_nobody_signs_out_of_a_talk(story: Story) -> None:
    await story.tell(f"""{TALKING}
        09:00:15  8001 signs_out refused
        09:00:20  caller hangs_up
        09:00:21  8001 signs_out
        09:00:21.1  8001 is offline
        => call talked=10 outcome=answered
    """)


async def test_a_call_survives_that_the_agents_phone_is_unregistered(story: Story) -> None:
    await story.tell(f"""{TALKING}
        09:00:15  8001 phone_lost
        09:00:30  8001 is talking
        09:01:10  8001 hangs_up
        => call talked=60 outcome=answered
    """)
