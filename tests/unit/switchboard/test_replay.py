"""A floor made again from the journal is the floor that was, wherever the reading begins."""

import random

from hypothesis import given, strategies as st

from acd import AgentCard, Floor, GroupRules
from acd.floor import Stage
from domain import events as ev
from switchboard.loop import replay
from tests.stories.table import shown
from tests.unit.cdr.test_with_core import AGENTS, GROUPS, World


def configured(groups: tuple[str, ...] = GROUPS) -> Floor:
    floor = Floor()
    rules = [GroupRules(group, ring_s=20, wrap_s=15) for group in GROUPS]
    floor.configure(rules, [AgentCard(agent, groups=groups) for agent in AGENTS])
    return floor


def read_again(world: World, floor: Floor, after: int = 0) -> Floor:
    replay(floor, world.records[after:], lambda record: record.mono)
    return floor


@given(st.integers(0, 1_000_000))
def test_a_floor_read_again_is_the_same(seed: int) -> None:
    world = World(random.Random(seed))
    world.open_up()
    for _ in range(120):
        world.step()
    assert shown(read_again(world, configured())) == shown(world.floor)


@given(st.integers(0, 1_000_000))
def test_a_new_configuration_does_not_change_who_had_whom(seed: int) -> None:
    world = World(random.Random(seed))
    world.open_up()
    for _ in range(120):
        world.step()
    again = read_again(world, configured(groups=(GROUPS[1],)))
    assert talks(again) == talks(world.floor)


@given(st.integers(0, 1_000_000), st.integers(10, 100))
def test_a_reading_that_begins_in_the_middle_knows_the_calls_that_came_since(
    seed: int, after: int
) -> None:
    world = World(random.Random(seed))
    world.open_up()
    for _ in range(150):
        world.step()
    arrived = {
        record.call for record in world.records[after:] if isinstance(record.event, ev.CallArrived)
    }
    again = read_again(world, configured(), after)
    mine = {call: who for call, who in talks(world.floor).items() if call in arrived}
    assert {call: who for call, who in talks(again).items() if call in arrived} == mine


def talks(floor: Floor) -> dict[str, tuple[object, ...]]:
    stages = (Stage.OFFERED, Stage.TALKING, Stage.HELD)
    return {
        call.id: (call.stage, call.agent, call.offer)
        for call in floor.calls.values()
        if call.stage in stages
    }
