"""In which order: strategies, priority with ageing, head starts, and that nobody starves."""

from collections.abc import Callable

import pytest
from hypothesis import given, strategies as st

from acd import Step
from acd.ranked import PIECE, Lanes, Ranked
from acd.strategies import STRATEGIES
from domain import events as ev
from domain.ids import AgentId, CallId
from tests.unit.acd.day import Day, agent, group

TEAM = ("8001", "8002", "8003")


def staffed(strategy: str, **levels: int) -> Day:
    """Give a day with three agents who serve one group by a strategy."""
    cards = [agent(number, "tea", lore=levels.get(f"l{number}", 1)) for number in TEAM]
    day = Day([group(strategy=strategy, needs="lore>=1")], cards)
    day.ready(*TEAM)
    return day


def rings(day: Day, *talks: float) -> list[str]:
    """Bring one call after the other, each talking as long; list whom they rang."""
    for n, talk_s in enumerate(talks):
        day.pass_to(day.now + 1)
        day.comes(f"t{n}")
        day.serves(day.order[-1], talk_s)
    return day.order


def test_longest_idle_takes_who_has_been_free_longest() -> None:
    assert rings(staffed("longest_idle"), 1, 1, 1, 1) == ["8001", "8002", "8003", "8001"]


def test_least_occupied_takes_who_was_busy_for_the_shortest_time_today() -> None:
    assert rings(staffed("least_occupied"), 90, 30, 10, 10, 15)[2:] == ["8003", "8003", "8003"]


def test_fewest_calls_takes_who_answered_the_fewest_today() -> None:
    day = staffed("fewest_calls")
    day.tell(ev.AgentPaused(AgentId("8003"), "late"))
    rings(day, 1, 1)
    day.tell(ev.AgentReadied(AgentId("8003")))
    day.comes("next")
    assert day.order[-1] == "8003"


def test_a_new_day_begins_with_nothing_counted() -> None:
    day = staffed("fewest_calls")
    rings(day, 1, 1, 1, 1)
    assert day.order[-1] == "8001"
    day.tell(ev.DayBegan("2026-11-24"))
    assert all(each.answered == 0 for each in day.floor.agents.values())
    day.comes("first")
    assert day.order[-1] == "8002", "equal again: who has been idle longest"


def test_round_robin_takes_everybody_in_turn_though_one_came_back_early() -> None:
    day = staffed("round_robin")
    day.comes("a")
    day.tell(ev.OfferAnswered(*_offer(day)))
    day.pass_to(100)
    day.comes("b")
    day.comes("c")
    day.leaves("b")
    day.leaves("a")
    day.leaves("c")
    day.comes("d")
    assert day.order == ["8001", "8002", "8003", "8001"]


def _offer(day: Day) -> tuple[CallId, AgentId, int]:
    made = [fact for fact in day.facts if isinstance(fact, ev.OfferMade)][-1]
    return made.call, made.agent, made.offer


def test_best_level_takes_the_most_able() -> None:
    day = staffed("best_level", l8001=5, l8002=9, l8003=7)
    for call in ("a", "b", "c"):
        day.comes(call)
    assert day.order == ["8002", "8003", "8001"]


def test_least_flexible_keeps_those_free_who_can_do_more() -> None:
    day = Day(
        [group(strategy="least_flexible"), group("other")],
        [agent("8001", "tea", "other"), agent("8002", "tea"), agent("8003", "tea", "other")],
    )
    day.ready(*TEAM)
    for call in ("a", "b", "c"):
        day.comes(call)
    assert day.order == ["8002", "8001", "8003"]


def test_a_strategy_of_another_package_is_a_key_too() -> None:
    day = staffed("longest_idle")
    day.floor.strategies["last_number"] = lambda agent, level: (-int(agent.card.number),)
    cards = [each.card for each in day.floor.agents.values()]
    day.floor.configure([group(strategy="last_number")], cards)
    day.comes("a")
    assert day.order == ["8003"]


def test_equal_priority_keeps_the_order_and_a_head_start_counts_as_waited() -> None:
    day = Day([group()], [agent("8001", "tea")])
    for n, (priority, first) in enumerate([(5, 0), (5, 0), (2, 0), (5, 25)]):
        day.pass_to(10.0 * (n + 1))
        day.comes(f"c{n}", priority=priority, first=first)
    day.ready("8001")
    assert [day.serves("8001", 1) for _ in range(4)] == ["c2", "c0", "c3", "c1"]


VECTOR = [
    ((0, None), 1),
    ((0, None), 2),
    ((1, None), 1),
    ((1, None), 2),
    ((2, None), 1),
    ((0, 5), 5),
    ((0, 200), 7),
    ((0, 1), 4),
    ((8, 3), 1),
    ((1, 7), 5),
    ((1, 4), 4),
]
"""What the upstream test of app_queue says: (priority, wanted place) → place. Theirs counts
upwards, ours downwards; a wanted place is a head start here, as a kept place is."""


def test_the_upstream_vector_of_priorities_and_places() -> None:
    day = Day([group()], [])
    for n, ((priority, wanted), place) in enumerate(VECTOR):
        day.pass_to(1000.0 + n * 10)
        first = _head_start(day, -priority, wanted) if wanted else 0
        day.comes(f"c{n}", priority=-priority, first=first)
        assert day.floor.position(day.floor.calls[CallId(f"c{n}")]) == place, (n, priority)


def _head_start(day: Day, priority: int, wanted: int) -> float:
    """Turn a wanted place into waiting time: just before who has that place, if equally urgent."""
    line = list(day.floor.waiting.get(group().id, ()))
    equal = [place for place in line if place[0] == priority]
    higher = sum(1 for place in line if place[0] < priority)
    behind = equal[max(0, wanted - 1 - higher) :]
    return day.now - behind[0][1] + 0.001 if behind else 0.0


arrivals = st.lists(
    st.tuples(st.integers(0, 30), st.integers(1, 9), st.sampled_from([0, 0, 40])), max_size=30
)


@given(arrivals, st.sampled_from([5.0, 60.0]))
def test_with_ageing_nobody_starves(calls: list[tuple[int, int, int]], ageing_s: float) -> None:
    """A call of priority p is passed only by who comes within (p - 1) * ageing + head start."""
    day = Day([group(ageing_s=ageing_s)], [agent("8001", "tea")], quick=True)
    came: dict[str, tuple[float, int, int]] = {}
    day.ready("8001")
    for n, (after, priority, first) in enumerate(calls):
        day.pass_to(day.now + after)
        came[f"c{n}"] = (day.now, priority, first)
        day.comes(f"c{n}", priority=priority, first=first)
        if n % 3 == 2:  # who is served meanwhile makes room for one more
            day.serves("8001", 7)
    while day.floor.agents[AgentId("8001")].call:
        day.serves("8001", 7)
    served = [call for _, call in day.offers]
    assert sorted(served) == sorted(came)
    for place, call in enumerate(served):
        entered, priority, first = came[call]
        bound = (priority - 1) * ageing_s + 40 - first
        assert all(came[other][0] <= entered + bound for other in served[:place]), call


@given(arrivals)
def test_equal_needs_and_priority_are_served_in_order(calls: list[tuple[int, int, int]]) -> None:
    agents = [agent("8001", "tea"), agent("8002", "tea", "milk")]
    day = Day(
        [group(steps=(Step(50, also=(group("milk").id,)),)), group("milk")], agents, quick=True
    )
    names = [f"c{n:02d}" for n in range(len(calls))]
    for name, (after, priority, _) in zip(names, calls, strict=True):
        day.pass_to(day.now + after)
        day.comes(name, priority=priority)
    day.ready("8001", "8002")
    busy = True
    while busy:
        holders = [each for each in day.floor.agents.values() if each.call]
        busy = bool(holders)
        for each in holders:
            day.serves(each.card.number, 1)
    served = [call for _, call in day.offers]
    ranks = {name: (priority, name) for name, (_, priority, _) in zip(names, calls, strict=True)}
    assert served == sorted(names, key=lambda name: ranks[name])


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 60)), max_size=80), st.just(3))
def test_a_ranked_list_is_a_sorted_list(moves: list[tuple[bool, int]], piece: int) -> None:
    ranked, plain = Ranked(piece), list[tuple[int]]()
    for adds, number in moves:
        key = (number,)
        if adds and key not in plain:
            ranked.add(key)
            plain = sorted([*plain, key])
        elif not adds:
            ranked.remove(key)
            plain = [each for each in plain if each != key]
        assert list(ranked) == plain
        assert (len(ranked), bool(ranked)) == (len(plain), bool(plain))
        assert [ranked.before((n,)) for n in range(61)] == [
            sum(each < (n,) for each in plain) for n in range(61)
        ]
        assert all(((n,) in ranked) == ((n,) in plain) for n in range(61))
        assert not plain or ranked.first == plain[0]


@given(st.lists(st.tuples(st.booleans(), st.integers(1, 3), st.integers(0, 9)), max_size=80))
def test_places_in_lanes_are_a_sorted_list(moves: list[tuple[bool, int, int]]) -> None:
    lanes, plain = Lanes(), list[tuple[int, int]]()
    for adds, *parts in moves:
        place = (parts[0], parts[1])
        if adds and place not in plain:
            lanes.add(place)
            plain = sorted([*plain, place])
        elif not adds:
            lanes.remove(place)
            plain = [each for each in plain if each != place]
        assert list(lanes) == plain
        assert (len(lanes), bool(lanes), lanes.first) == (
            len(plain),
            bool(plain),
            plain[0] if plain else (),
        )
        for other in ((level, n) for level in range(1, 4) for n in range(10)):
            assert lanes.before(other) == sum(each < other for each in plain)
            assert (other in lanes) == (other in plain)


def test_a_long_ranked_list_stays_in_order() -> None:
    ranked = Ranked()
    for number in range(5 * PIECE):
        ranked.add((number * 7919 % (5 * PIECE),))
    assert list(ranked) == [(number,) for number in range(5 * PIECE)]


@pytest.mark.parametrize("name", sorted(STRATEGIES))
def test_every_strategy_is_told_apart_by_the_number_in_the_end(name: str) -> None:
    day = staffed(name)
    key: Callable[..., tuple[object, ...]] = STRATEGIES[name]
    assert [key(each, 5)[-1] for each in day.floor.agents.values()] == list(TEAM)
