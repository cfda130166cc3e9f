"""By hand: agents pick from the queue, the supervisor moves, prioritises, sets states."""

from domain import events as ev
from tests.stories.table import Story


async def test_an_agent_on_break_picks_the_second_caller(story: Story) -> None:
    await story.tell("""
        09:00:00  8001 signs_in
        09:00:01  caller 13800000001 dials 4008000001
        09:00:06  caller 13800000001 presses 2
        09:00:10  caller 13800000002 dials 4008000001
        09:00:15  caller 13800000002 presses 2
        09:00:20  8001 picks 13800000002
        09:00:21  8001 rings
        09:00:22  8001 answers
        09:00:23  8001 picks 13800000001 refused     # one caller at a time
        09:00:40  8001 hangs_up
        09:00:41  8001 is wrapping
        09:00:42  8001 picks 13800000001             # the wrap-up ends by it
        09:00:44  8001 answers
        09:01:00  8001 hangs_up
        09:01:20  8001 is break
        => call caller=13800000001 agent=8001 outcome=answered
        => call caller=13800000002 agent=8001 outcome=answered
    """)
    offers = [fact for fact in story.world.facts() if isinstance(fact, ev.OfferMade)]
    assert offers[0].why.startswith("8001 picked by 8001; place 2 in aftersale")


async def test_a_pick_of_another_group_is_refused(story: Story) -> None:
    await story.tell("""
        09:00:00  8002 signs_in
        09:00:00  8004 signs_in                      # presale and partner
        09:00:01  caller 13800000001 dials 4008000001
        09:00:06  caller 13800000001 presses 2
        09:00:10  8004 picks 13800000001 refused
        09:00:12  8001 picks 13800000001 refused     # not signed in
        09:00:20  caller hangs_up
        => call group=aftersale outcome=abandoned_queue
    """)


async def test_a_call_is_moved_to_another_group_and_keeps_its_place(story: Story) -> None:
    records = await story.tell("""
        09:00:00  8002 signs_in
        09:00:00  8004 signs_in
        09:00:01  caller 13800000001 dials 4008000001
        09:00:06  caller 13800000001 presses 2       # aftersale
        09:00:10  caller 13800000002 dials 4008000001
        09:00:15  caller 13800000002 presses 1       # presale
        09:00:20  boss moves 13800000001 group presale
        09:00:21  boss moves 13800000001 group presale refused
        09:00:22  caller 13800000001 place 1
        09:00:22  caller 13800000002 place 2
        09:00:23  8004 ready
        09:00:25  8004 answers
        09:00:40  8004 hangs_up
        09:00:50  caller 13800000002 hangs_up
        => call caller=13800000001 group=presale agent=8004 waited=16 outcome=answered
        => call caller=13800000002 outcome=abandoned_queue
    """)
    queues = [(s.group, s.result) for s in records[0].segments if s.kind == "queue"]
    assert queues == [("aftersale", "moved"), ("presale", "answered")]
    today = story.world.engine.board.tallies.groups
    assert (today["aftersale"].entered, today["presale"].answered) == (1, 1)


async def test_a_call_is_given_to_one_agent(story: Story) -> None:
    await story.tell("""
        09:00:00  8002 signs_in
        09:00:00  8004 ready                         # not of aftersale
        09:00:01  caller 13800000001 dials 4008000001
        09:00:06  caller 13800000001 presses 2
        09:00:09  boss moves 13800000001 agent 8001 refused
        09:00:10  boss moves 13800000001 agent 8004
        09:00:11  8004 rings
        09:00:12  boss moves 13800000001 group presale refused    # it rings already
        09:00:13  8004 answers
        09:00:20  8004 hangs_up
        => call group=aftersale agent=8004 outcome=answered
    """)


async def test_a_call_of_higher_priority_is_served_earlier(story: Story) -> None:
    await story.tell("""
        09:00:00  8002 signs_in
        09:00:01  caller 13800000001 dials 4008000001
        09:00:06  caller 13800000001 presses 2
        09:00:10  caller 13800000002 dials 4008000001
        09:00:15  caller 13800000002 presses 2
        09:00:20  boss prioritises 13800000002 4
        09:00:20  caller 13800000002 place 1
        09:00:21  engine dies
        09:00:23  engine starts
        09:00:30  caller 13800000002 place 1
        09:00:31  8002 ready
        09:00:33  8002 answers
        09:00:40  8002 hangs_up
        09:00:42  caller 13800000001 hangs_up
        => call caller=13800000001 outcome=abandoned_queue
        => call caller=13800000002 agent=8002 outcome=answered
    """)


async def test_a_state_set_during_a_talk_holds_for_afterwards(story: Story) -> None:
    await story.tell("""
        09:00:00  8002 ready
        09:00:01  caller 13800000001 dials 4008000001
        09:00:06  caller 13800000001 presses 2
        09:00:09  8002 answers
        09:00:12  boss sets 8002 offline
        09:00:13  8002 is talking
        09:00:20  8002 hangs_up
        09:00:22  8002 is offline
        09:00:23  boss sets 8002 ready refused
        => call agent=8002 outcome=answered
    """)
    forced = [fact for fact in story.world.facts() if isinstance(fact, ev.AgentForced)]
    assert forced == [ev.AgentForced("8002", "offline", "", "zhou")]  # type: ignore[arg-type]


async def test_a_supervisor_sets_break_and_ready(story: Story) -> None:
    await story.tell("""
        09:00:00  8002 ready
        09:00:02  boss sets 8002 break meeting
        09:00:03  8002 is break
        09:00:04  caller 13800000001 dials 4008000001
        09:00:09  caller 13800000001 presses 2
        09:00:12  caller is waiting
        09:00:13  boss sets 8002 ready
        09:00:14  8002 rings
        09:00:15  8002 answers
        09:00:16  8002 hangs_up
        => call agent=8002 outcome=answered
    """)
