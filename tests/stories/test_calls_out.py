"""Calls out: the agent's phone, the other side, the next trunk; why nobody was reached."""

import pytest

from domain import events as ev
from domain.errors import CallForbidden
from tests.stories.table import Story

DIALS = """
        09:00:00  8001 ready
        09:00:02  8001 dials 13800138000
        09:00:02.1  8001 is dialling
        09:00:03  8001 answers
        09:00:03.1  8001 is dialling"""
TALKS = f"""{DIALS}
        09:00:05  far rings
        09:00:09  far answers"""


async def test_an_agent_calls_somebody_who_hangs_up(story: Story) -> None:
    await story.tell(
        f"""{TALKS}
        09:00:09.1  8001 is talking
        09:00:29  far hangs_up
        09:00:29.1  8001 is wrapping
        09:00:35  8001 done
        09:00:35.1  8001 is ready
        => call direction=out caller=13800138000 called=02800000001 hotline=4008000001
           agent=8001 group=none dialled=7 talked=20 wrapped=6 waited=0 by=caller
           outcome=answered trunk=trunk-one consent=order dial_ms=7001
    """.replace("consent=order ", "").replace(" dial_ms=7001", "")
    )
    assert story.world.pbx.channels == {}
    assert story.world.records()[0].consent == "order 7"


async def test_the_deadline_of_the_own_phone_is_no_news_in_a_talk(story: Story) -> None:
    await story.tell(f"""{TALKS}
        09:01:09  8001 is talking
        09:01:19  far hangs_up
        => call direction=out talked=70 outcome=answered
    """)
    told = story.world.facts()
    assert [each for each in told if isinstance(each, ev.DialEnded)] == []


async def test_the_agent_hangs_up_and_nobody_is_asked_to_rate(story: Story) -> None:
    await story.tell(f"""{TALKS}
        09:00:19  8001 ends
        09:00:19.1  8001 is wrapping
        => call direction=out talked=10 by=agent outcome=answered survey=none
    """)
    assert story.world.pbx.channels == {}


async def test_hold_retrieve_and_hang_up(story: Story) -> None:
    await story.tell(f"""{TALKS}
        09:00:19  8001 holds
        09:00:19.1  8001 is holding
        09:00:19.1  far in held
        09:00:29  8001 retrieves
        09:00:29.1  8001 is talking
        09:00:39  8001 hangs_up
        09:00:39.1  8001 is wrapping
        => call talked=20 held=10 by=agent outcome=answered survey=none
    """)
    assert story.world.pbx.channels == {}


async def test_it_is_passed_on_to_a_group_and_a_colleague_takes_it(story: Story) -> None:
    await story.tell(f"""
        09:00:00  8004 ready{TALKS}
        09:00:19  8001 transfers to group presale
        09:00:19.1  8001 is wrapping
        09:00:20  8004 rings
        09:00:21  8004 answers
        09:00:31  8004 hangs_up
        => call direction=out group=presale agent=8004 talked=20 outcome=answered survey=none
    """)
    assert story.world.pbx.channels == {}


@pytest.mark.parametrize(
    ("status", "why"), [(486, "busy"), (603, "rejected"), (404, "empty_number")]
)
async def test_nobody_is_reached_and_the_next_trunk_is_not_tried(
    story: Story, status: int, why: str
) -> None:
    await story.tell(f"""{DIALS}
        09:00:05  far refuses {status}
        09:00:05.1  8001 is ready
        => call direction=out agent=8001 dialled=3 talked=0 reason={why} sip={status} by=caller
           outcome=not_reached
    """)
    assert not [each for each in story.world.facts() if isinstance(each, ev.RouteFailed)]
    assert story.world.pbx.channels == {}


async def test_nobody_answers(story: Story) -> None:
    await story.tell(f"""{DIALS}
        09:00:05  far rings
        09:01:04  8001 is ready
        => call reason=no_answer dialled=61 outcome=not_reached
    """)


async def test_a_broken_trunk_is_passed_over(story: Story) -> None:
    await story.tell(f"""
        09:00:00  trunk one{DIALS}
        09:00:05  far plays
        09:00:09  far answers
        09:00:19  far hangs_up
        => call talked=10 trunk=trunk-two outcome=answered
    """)
    failed = [each for each in story.world.facts() if isinstance(each, ev.RouteFailed)]
    assert [(each.trunk, each.sip) for each in failed] == [("trunk-one", 503)]


async def test_every_trunk_is_broken(story: Story) -> None:
    await story.tell(f"""
        09:00:00  trunk one
        09:00:00  trunk two{DIALS}
        09:00:04  8001 is ready
        => call reason=trunk_failed dialled=1 outcome=not_reached
    """)


async def test_the_agent_gives_up_while_it_rings(story: Story) -> None:
    await story.tell(f"""{DIALS}
        09:00:05  far rings
        09:00:09  8001 ends
        09:00:09.1  8001 is ready
        => call reason=cancelled by=agent talked=0 outcome=not_reached
    """)
    assert story.world.pbx.channels == {}


async def test_the_agents_own_phone_is_not_picked_up(story: Story) -> None:
    await story.tell("""
        09:00:00  8001 ready
        09:00:02  8001 dials 13800138000
        09:00:30  8001 is ready
        09:00:31  8001 dials 13800138000
        09:00:32  8001 rejects
        09:00:32.1  8001 is ready
        => call reason=agent_away by=agent dialled=20 outcome=not_reached
        => call reason=agent_away by=agent dialled=1 outcome=not_reached
    """)


async def test_nothing_is_offered_while_an_agent_dials_and_at_once_after_it(story: Story) -> None:
    await story.tell(f"""{DIALS}
        09:00:04  caller 13700000001 dials 4008000001
        09:00:09  caller presses 2
        09:00:12  caller is waiting
        09:00:12  8001 is dialling
        09:00:14  far refuses 486
        09:00:15  8001 rings
        09:00:16  8001 answers
        09:00:26  8001 hangs_up
        => call direction=out outcome=not_reached
        => call direction=in outcome=answered agent=8001
    """)


async def test_wrap_up_ends_when_the_next_person_is_called(story: Story) -> None:
    await story.tell(f"""{TALKS}
        09:00:19  far hangs_up
        09:00:21  8001 is wrapping
        09:00:22  8001 dials 13800138001
        09:00:23  8001 is dialling
        09:00:24  8001 dials 13800138002 refused
        09:00:25  8001 answers
        09:00:27  far refuses 486
        => call caller=13800138000 wrapped=3 outcome=answered
        => call caller=13800138001 reason=busy outcome=not_reached
    """)


async def test_a_refusal_is_said_and_kept(story: Story) -> None:
    await story.tell("""
        09:00:00  8001 ready
        09:00:02  8001 dials 13900000000 refused
        09:00:03  8001 is ready
    """)
    refused = [each for each in story.world.facts() if isinstance(each, ev.DialRefused)]
    assert [(each.agent, each.to, each.why) for each in refused] == [
        ("8001", "13900000000", "do_not_call")
    ]
    with pytest.raises(CallForbidden) as error:
        story.world.ask("call.dial", "8001", to="13900000000", hotline="4008000001")
    assert error.value.zh


RESTARTS = [
    ("09:00:02.5", "before the phone is picked up"),
    ("09:00:04", "before the other side rings"),
    ("09:00:06", "while it rings"),
    ("09:00:12", "in the talk"),
]


@pytest.mark.parametrize(("at", "when"), RESTARTS, ids=[when for _, when in RESTARTS])
async def test_the_engine_dies_and_another_takes_over(story: Story, at: str, when: str) -> None:
    lines = f"""{DIALS}
        09:00:05  far rings
        09:00:09  far answers
        09:00:15  8001 is talking
        09:00:19  8001 holds
        09:00:29  8001 retrieves
        09:00:39  far hangs_up
        {at}  engine dies
        {at}5  engine starts
        => call direction=out held=10 by=caller outcome=answered
    """.replace(f"{at}5", f"{at}.05" if "." not in at else f"{at}5")
    ordered = sorted(line for line in lines.splitlines() if line.strip() and "=>" not in line)
    await story.tell("\n".join([*ordered, lines.strip().splitlines()[-1]]))
    assert story.world.pbx.channels == {}


AWAY = [
    ("far refuses 486", "not_reached"),
    ("far answers", "answered"),
]


@pytest.mark.parametrize(("what", "outcome"), AWAY, ids=[what for what, _ in AWAY])
async def test_what_happens_meanwhile_is_seen_afterwards(
    story: Story, what: str, outcome: str
) -> None:
    await story.tell(f"""{DIALS}
        09:00:05  engine dies
        09:00:06  {what}
        09:00:09  engine starts
        09:00:20  8001 {"ends" if outcome == "answered" else "is ready"}
        => call direction=out agent=8001 outcome={"lost" if outcome != "answered" else outcome}
    """)
    assert story.world.pbx.channels == {}
