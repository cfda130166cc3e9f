"""Who gives up and calls again soon is not at the end of the line: the place was kept."""

import dataclasses

import pytest

from domain import events as ev
from tests.stories.table import Story


async def test_a_caller_who_calls_again_soon_has_the_old_place(story: Story) -> None:
    await story.tell("""
        09:00:00  8001 signs_in
        09:00:01  caller 13800000001 dials 4008000001
        09:00:06  caller 13800000001 presses 2
        09:00:10  caller 13800000002 dials 4008000001
        09:00:15  caller 13800000002 presses 2
        09:00:40  caller 13800000001 place 1
        09:00:40  caller 13800000001 hangs_up
        09:00:45  caller 13800000002 place 1
        09:03:00  caller 13800000001 dials 4008000001
        09:03:05  caller 13800000001 presses 2
        09:03:20  caller 13800000001 place 1
        09:03:20  caller 13800000002 place 2
        09:03:21  8001 ready
        09:03:22  8001 answers
        09:03:32  8001 hangs_up
        09:03:33  8001 done
        09:03:34  8001 answers
        09:03:44  8001 hangs_up
        => call caller=13800000001 outcome=abandoned_queue agent=none
        => call caller=13800000002 outcome=answered agent=8001
        => call caller=13800000001 outcome=answered agent=8001 waited=15
    """)
    kept = [fact for fact in story.world.facts() if isinstance(fact, ev.PlaceKept)]
    assert [fact.group for fact in kept] == ["aftersale"]
    assert kept[0].since_s == pytest.approx(179, abs=2)


async def test_a_place_is_kept_once_and_through_a_second_leaving(story: Story) -> None:
    await story.tell("""
        09:00:00  8001 signs_in
        09:00:01  caller 13800000001 dials 4008000001
        09:00:06  caller 13800000001 presses 2
        09:00:10  caller 13800000002 dials 4008000001
        09:00:15  caller 13800000002 presses 2
        09:01:00  caller 13800000001 hangs_up
        09:02:00  caller 13800000001 dials 4008000001
        09:02:05  caller 13800000001 presses 2
        09:02:20  caller 13800000001 hangs_up
        09:07:00  caller 13800000001 dials 4008000001
        09:07:05  caller 13800000001 presses 2
        09:07:15  caller 13800000001 place 1
        09:07:16  8001 ready
        09:07:17  8001 answers
        09:07:20  caller 13800000001 hangs_up
        09:07:21  8001 done
        09:07:22  caller 13800000002 hangs_up
        => call outcome=abandoned_queue
        => call caller=13800000002 outcome=abandoned_ring
        => call outcome=abandoned_queue
        => call caller=13800000001 outcome=answered
    """)
    assert set(story.world.engine.floor.left) == {("13800000002", "4008000001", "aftersale")}


@pytest.mark.parametrize(
    ("number", "hotline", "at", "key"),
    [
        ("13800000001", "4008000001", "09:06", "2"),  # too late
        ("13800000001", "4008000001", "09:03", "1"),  # another group
        ("13800000009", "4008000001", "09:03", "2"),  # another caller
    ],
)
async def test_others_have_no_place(
    story: Story, number: str, hotline: str, at: str, key: str
) -> None:
    await story.tell(f"""
        09:00:00  8001 signs_in
        09:00:01  caller 13800000001 dials 4008000001
        09:00:06  caller 13800000001 presses 2
        09:00:40  caller 13800000001 hangs_up
        {at}:51  caller {number} dials {hotline}
        {at}:56  caller {number} presses {key}
        {at}:59  caller {number} hangs_up
        => call outcome=abandoned_queue
        => call outcome=abandoned_queue
    """)
    assert not any(isinstance(fact, ev.PlaceKept) for fact in story.world.facts())


async def test_a_withheld_number_is_nobody(story: Story) -> None:
    await story.tell("""
        09:00:00  8001 signs_in
        09:00:01  caller dials 4008000001
        09:00:06  caller presses 2
        09:00:40  caller hangs_up
        => call outcome=abandoned_queue
    """)
    assert not story.world.engine.floor.left


async def test_a_group_may_keep_no_place(story: Story) -> None:
    await story.tell("""
        09:00:00  8001 signs_in
        09:00:01  caller 13800000001 dials 4008000001
        09:00:06  caller 13800000001 presses 2
        09:00:40  caller 13800000001 hangs_up
        => call outcome=abandoned_queue
    """)
    floor = story.world.engine.floor
    for group, rules in floor.groups.items():
        floor.groups[group] = dataclasses.replace(rules, redial_s=0)
    story.world.pbx.dial("13800000001", "4008000001")
    await story.world.pass_to(story.world.time.now + 5)
    story.world.pbx.press(next(iter(story.world.pbx.channels.values())), "2")
    await story.world.pass_to(story.world.time.now + 5)
    assert not any(isinstance(fact, ev.PlaceKept) for fact in story.world.facts())
    assert any(isinstance(fact, ev.HoldReached) for fact in story.world.facts()[-3:])
