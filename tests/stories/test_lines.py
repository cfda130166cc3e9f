"""Who takes whom by the rules of groups: the agent one knows, more agents in time, in order."""

from domain import events as ev
from tests.stories.table import Story


async def test_a_caller_gets_the_agent_of_the_last_call(story: Story) -> None:
    story.rules = {"aftersale": {"sticky_s": 20}}
    await story.tell("""
        09:00:00  8001 ready
        09:00:02  caller 13800138000 dials 4008000001
        09:00:07  caller presses 2
        09:00:09  8001 rings
        09:00:12  8001 answers
        09:00:13  8002 ready
        09:00:40  8001 hangs_up
        09:00:40  caller hangs_up
        09:01:30  8001 is ready
        09:02:00  caller 13800138000 dials 4008000001
        09:02:05  caller presses 2
        09:02:07  8001 rings                       # though 8002 has been idle longer
        09:02:10  8001 answers
        09:02:20  caller hangs_up
        => call agent=8001 outcome=answered
        => call agent=8001 offers=1 outcome=answered
    """)


async def test_the_agent_one_knows_is_waited_for_so_long_only(story: Story) -> None:
    story.rules = {"aftersale": {"sticky_s": 20, "announce_s": 0}}
    await story.tell("""
        09:00:00  8001 ready
        09:00:02  caller 13800138000 dials 4008000001
        09:00:07  caller presses 2
        09:00:12  8001 answers
        09:00:40  caller hangs_up
        09:01:00  8001 is ready
        09:01:02  caller 13900139000 dials 4008000001
        09:01:07  caller presses 2
        09:01:12  8001 answers                     # busy with somebody else now
        09:01:13  8002 ready
        09:02:00  caller 13800138000 dials 4008000001
        09:02:05  caller presses 2
        09:02:20  8002 is ready
        09:02:27  8002 rings                       # 20 s after the group was chosen
        09:02:30  8002 answers
        09:02:40  caller 13800138000 hangs_up
        09:03:00  caller 13900139000 hangs_up
        => call agent=8001 outcome=answered
        => call agent=8001 outcome=answered
        => call agent=8002 offers=1 outcome=answered
    """)


async def test_more_agents_may_take_a_call_that_has_waited(story: Story) -> None:
    story.rules = {"aftersale": {"steps": [{"after_s": 15, "also": ["presale"]}]}}
    await story.tell("""
        09:00:00  8004 ready                       # sells, does not mend
        09:00:02  caller 13800138000 dials 4008000001
        09:00:07  caller presses 2
        09:00:20  8004 is ready
        09:00:24.2  8004 rings
        09:00:26  8004 answers
        09:00:35  caller hangs_up
        => call group=aftersale agent=8004 offers=1 outcome=answered
    """)
    widened = [fact for fact in story.world.facts() if isinstance(fact, ev.CallWidened)]
    assert [fact.step for fact in widened] == [1]


async def test_wrap_up_in_one_group_keeps_calls_of_the_other_away(story: Story) -> None:
    story.rules = {"aftersale": {"wrap_s": 30}, "presale": {"wrap_until_done": True}}
    await story.tell("""
        09:00:00  8001 ready
        09:00:02  caller 13800138000 dials 4008000001
        09:00:07  caller presses 2
        09:00:12  8001 answers
        09:00:40  caller hangs_up
        09:00:42  caller 13900139000 dials 4008000001
        09:00:47  caller presses 1                 # the other group
        09:01:05  8001 is wrapping
        09:01:10.5  8001 rings
        09:01:12  8001 answers
        09:01:20  caller hangs_up
        09:09:00  8001 is wrapping                 # this group's ends by hand only
        09:09:01  8001 done
        09:09:01.1  8001 is ready
        => call group=aftersale agent=8001 outcome=answered
        => call group=presale agent=8001 offers=1 outcome=answered
    """)


async def test_a_decline_rests_as_long_as_the_group_says(story: Story) -> None:
    story.rules = {"aftersale": {"decline_s": 10}}
    await story.tell("""
        09:00:00  8001 ready
        09:00:02  caller 13800138000 dials 4008000001
        09:00:07  caller presses 2
        09:00:09  8001 declines busy
        09:00:18  8001 is ready
        09:00:19.5  8001 rings
        09:00:21  8001 answers
        09:00:30  caller hangs_up
        => call agent=8001 offers=2 outcome=answered
    """)


def clock(seconds: int) -> str:
    """Give the time so many seconds after nine."""
    return f"09:{seconds // 60:02}:{seconds % 60:02}"


async def test_twenty_callers_are_served_in_the_order_they_came(story: Story) -> None:
    story.rules = {"aftersale": {"wrap_s": 0, "announce_s": 0}}
    lines = ["08:59:59  8001 signs_in"]
    for n in range(20):
        lines.append(f"09:00:{n:02}  caller 138001380{n:02} dials 4008000001")
        lines.append(f"09:00:{n + 5:02}  caller 138001380{n:02} presses 2")
    lines.append("09:01:00  8001 ready")
    for n in range(20):
        lines.append(f"{clock(62 + n * 4)}  8001 answers")
        lines.append(f"{clock(64 + n * 4)}  caller 138001380{n:02} hangs_up")
    lines.sort(key=lambda line: line.split()[0])
    wanted = ["=> call agent=8001 offers=1 outcome=answered"] * 20
    records = await story.tell("\n".join([*lines, *wanted]))
    assert [record.caller[-2:] for record in records] == [f"{n:02}" for n in range(20)]
    offers = [fact.call for fact in story.world.facts() if isinstance(fact, ev.OfferMade)]
    assert offers == [record.call for record in records]
