"""A call with a requirement of its own, and a call for one agent."""

import pytest

from acd import GroupRules, Step
from acd.asked import MOST
from acd.why import why_waits
from domain import events as ev
from domain.ids import AgentId, CallId, GroupId, Instant
from tests.unit.acd.day import Day, agent, group

TEA = GroupId("tea")


def firm(rules: GroupRules | None = None) -> Day:
    """Give a group of two, of whom the second speaks English; 8003 is of another group."""
    people = [agent("8001", "tea"), agent("8002", "tea", english=5), agent("8003", "b", english=9)]
    return Day([rules or group(), group("b")], people)


def asks(day: Day, call: str, needs: str) -> None:
    """Bring a call with a requirement of its own to the hold music."""
    name = CallId(call)
    chosen = ev.GroupChosen(name, TEA, needs=needs)
    day.tell(ev.CallArrived(name, "400", "400", ""), chosen, ev.HoldReached(name))


def test_only_who_meets_both_the_groups_and_the_calls_requirement_is_rung() -> None:
    day = firm()
    day.ready("8001", "8002", "8003")
    asks(day, "c1", "english>=3")
    asks(day, "c2", "english>=3")
    day.comes("c3")
    assert day.offers == [("8002", "c1"), ("8001", "c3")]
    day.answers("8002")
    day.leaves("c1")
    assert day.offers[-1] == ("8002", "c2")


def test_who_waits_with_a_requirement_stands_in_the_same_order() -> None:
    day = firm()
    day.comes("c1")
    asks(day, "c2", "english")
    day.comes("c3")
    assert day.floor.position(day.floor.calls[CallId("c2")]) == 2
    day.ready("8002")
    assert day.serves("8002") == "c1"
    assert day.serves("8002") == "c2"
    assert day.serves("8002") == "c3"


def test_steps_ask_for_less_of_the_group_and_the_calls_own_holds() -> None:
    day = firm(group(steps=(Step(30, also=(GroupId("b"),)),)))
    day.ready("8001", "8003")
    asks(day, "c1", "english>=7")
    day.pass_to(29)
    assert day.offers == []
    call = day.floor.calls[CallId("c1")]
    waits = why_waits(day.floor, call, Instant(day.now))
    assert waits is not None
    assert waits.needs == "tea + english>=7"
    day.pass_to(31)
    assert day.offers == [("8003", "c1")]


@pytest.mark.parametrize("needs", ["french", "english>=9 and french"])
def test_what_nobody_could_ever_meet_is_dropped_and_told(needs: str) -> None:
    day = firm()
    day.ready("8001")
    asks(day, "c1", needs)
    assert day.offers == [("8001", "c1")]
    assert ev.NeedsDropped(CallId("c1"), TEA, needs) in day.facts


def test_an_edit_draws_the_lines_anew_and_agents_keep_no_line_of_the_past() -> None:
    day = firm()
    day.ready("8001")
    asks(day, "c1", "english>=3")
    people = [agent("8001", "tea", english=4), agent("8002", "tea")]
    day.floor.configure([group()], people)
    day.tell(ev.ConfigPublished(2))
    assert day.offers == [("8001", "c1")]


def test_empty_lines_are_taken_away() -> None:
    day = firm()
    day.ready("8002")
    day.tell(ev.AgentPaused(AgentId("8002"), "rest"))
    lines = len(day.floor.agents[AgentId("8002")].lines)
    for n in range(5 * MOST):
        asks(day, f"c{n}", f"english>={1 + n % 5} and english>={1 + n // 5 % 5}")
        day.leaves(f"c{n}")
    assert len(day.floor.asked) <= MOST
    assert len(day.floor.agents[AgentId("8002")].lines) <= lines + MOST
    asks(day, "last", "english>=5")
    day.tell(ev.AgentReadied(AgentId("8002")))
    assert day.offers == [("8002", "last")]


def wants(day: Day, call: str, number: str, group: str = "tea", wait_s: float = 20) -> None:
    """Bring a call for one agent to the hold music."""
    name = CallId(call)
    chosen = ev.AgentChosen(name, AgentId(number), GroupId(group), wait_s)
    day.tell(ev.CallArrived(name, "400", "400", ""), chosen, ev.HoldReached(name))


def test_a_call_for_one_agent_rings_there() -> None:
    day = firm()
    day.ready("8001", "8003")
    wants(day, "c1", "8003")
    assert day.offers == [("8003", "c1")]


def test_the_agent_is_waited_for_and_then_the_group_takes_the_call() -> None:
    day = firm()
    day.ready("8002")
    day.comes("c0")
    day.answers("8002")
    day.ready("8001")
    wants(day, "c1", "8002")
    day.pass_to(19)
    assert day.offers == [("8002", "c0")]
    day.pass_to(21)
    assert day.offers[1:] == [("8001", "c1")]
    assert any(isinstance(fact, ev.CallWidened) for fact in day.facts)


def test_who_is_not_signed_in_is_not_waited_for() -> None:
    day = firm()
    day.ready("8001")
    wants(day, "c1", "8002")
    assert day.offers == [("8001", "c1")]


def test_without_a_group_the_agents_own_takes_the_call() -> None:
    day = firm()
    day.ready("8003")
    day.tell(ev.AgentPaused(AgentId("8003"), "rest"))
    wants(day, "c1", "8003", "")
    assert day.floor.calls[CallId("c1")].group == "b"
