"""A page is reloaded in a talk: the caller hears music, then the agent again; it is one call."""

from domain import events as ev
from tests.stories.table import Story

TALK = """
        09:00:00  8001 ready browser
        09:00:01  caller 13800138000 dials 4008000001
        09:00:06  caller presses 2
        09:00:10  8001 answers"""


async def test_the_page_comes_back(story: Story) -> None:
    await story.tell(f"""{TALK}
        09:00:20  8001 reloads
        09:00:21  8001 is holding
        09:00:21  caller in held
        09:00:22  8001 phone_back
        09:00:22.5  8001 answers
        09:00:23  8001 is talking
        09:00:32  8001 hangs_up
        => call talked=20 held=2 by=agent outcome=answered agent=8001 offers=1
    """)
    assert story.world.pbx.channels == {}


async def test_the_page_is_back_before_its_silence_is_noticed(story: Story) -> None:
    await story.tell(f"""{TALK}
        09:00:20  8001 reloads fast
        09:00:21  8001 answers
        09:00:21.1  8001 is talking
        09:00:31  8001 hangs_up
        => call held=1 by=agent outcome=answered offers=1
    """)
    assert story.world.pbx.channels == {}


async def test_it_is_reloaded_twice_and_on_hold(story: Story) -> None:
    await story.tell(f"""{TALK}
        09:00:20  8001 reloads
        09:00:22  8001 phone_back
        09:00:22.5  8001 answers
        09:00:30  8001 holds
        09:00:32  8001 reloads
        09:00:34  8001 phone_back
        09:00:34.5  8001 answers
        09:00:35  8001 is talking
        09:00:42  8001 ends
        => call held=7 by=agent outcome=answered
    """)
    assert story.world.pbx.channels == {}


async def test_the_page_stays_away_and_the_caller_is_the_next_one(story: Story) -> None:
    await story.tell(f"""{TALK}
        09:00:12  caller 13700000001 dials 4008000001
        09:00:17  caller 13700000001 presses 2
        09:00:20  8001 reloads
        09:00:30  8002 signs_in
        09:00:41  8001 is wrapping
        09:00:41  caller 13800138000 is waiting
        09:00:42  caller 13800138000 place 1
        09:00:43  8002 ready
        09:00:44  8002 answers
        09:00:54  8002 hangs_up
        09:00:55  caller 13700000001 hangs_up
        => call caller=13800138000 agent=8002 talked=20 outcome=answered
        => call caller=13700000001 outcome=abandoned_queue
    """)


async def test_the_caller_leaves_while_the_page_is_away(story: Story) -> None:
    await story.tell(f"""{TALK}
        09:00:20  8001 reloads
        09:00:25  caller hangs_up
        09:00:25.1  8001 is wrapping
        => call talked=10 held=5 by=caller outcome=answered
    """)
    assert story.world.pbx.channels == {}


async def test_a_call_out_is_taken_up_again_too(story: Story) -> None:
    await story.tell("""
        09:00:00  8001 ready browser
        09:00:02  8001 dials 13800138000
        09:00:03  8001 answers
        09:00:09  far answers
        09:00:19  8001 reloads
        09:00:21  8001 phone_back
        09:00:21.5  8001 answers
        09:00:31  8001 hangs_up
        => call direction=out talked=20 held=2 by=agent outcome=answered survey=none
    """)
    assert story.world.pbx.channels == {}


async def test_the_engine_is_restarted_while_the_page_is_away(story: Story) -> None:
    await story.tell(f"""{TALK}
        09:00:20  8001 reloads
        09:00:21  engine dies
        09:00:22  engine starts
        09:00:23  8001 phone_back
        09:00:23.5  8001 answers
        09:00:24  8001 is talking
        09:00:33  caller hangs_up
        => call by=caller outcome=answered held=3
    """)
    lost = [each for each in story.world.facts() if isinstance(each, ev.CallLost)]
    assert not lost and story.world.pbx.channels == {}
