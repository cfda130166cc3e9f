"""Callers whom a rule sends on: at the right moment, with their place, and never round."""

import pytest
from hypothesis import given, settings, strategies as st

from acd import Floor, Overflow, decide, recall
from acd.floor import Stage
from acd.overflow import NOBODY_S
from domain import commands as do, events as ev
from domain.ids import AgentId, CallId, Instant
from tests.unit.acd.day import Day, agent, group

HELP = Overflow("wait_s", 30, "group", "help")


def day(*rules: Overflow, **more: object) -> Day:
    """Give a firm with two groups; nobody of tea is free."""
    groups = [group("tea", overflow=rules, **more), group("help")]
    return Day(groups, [agent("1", "tea"), agent("2", "help")])


def sent(day: Day) -> list[tuple[str, str, str]]:
    """List who was sent on: the call, the rule, where."""
    facts = (fact for fact in day.facts if isinstance(fact, ev.CallOverflowed))
    return [(fact.call, fact.rule, fact.to or fact.to_kind) for fact in facts]


def test_after_the_wait_another_group_takes_the_call_with_its_place() -> None:
    floor = day(HELP)
    floor.comes("a")
    floor.pass_to(10)
    floor.comes("b", "help")
    floor.pass_to(29.9)
    assert sent(floor) == []
    floor.pass_to(31)
    assert sent(floor) == [("a", "wait_s", "help")]
    call = floor.floor.calls[CallId("a")]
    assert (call.group, call.entered, floor.floor.position(call)) == ("help", 0.0, 1)
    floor.ready("2")
    assert floor.offers == [("2", "a")]


def test_who_is_being_offered_is_not_moved_but_is_after_a_failed_offer() -> None:
    floor = day(HELP)
    floor.ready("1")
    floor.pass_to(10)
    floor.comes("a")
    floor.pass_to(29)
    offer = floor.floor.calls[CallId("a")].offer
    assert offer
    floor.tell(ev.OfferDeclined(CallId("a"), AgentId("1"), offer, "busy"))
    floor.tell(ev.HoldReached(CallId("a")))
    floor.pass_to(50)
    assert sent(floor) == [("a", "wait_s", "help")]


def test_an_offer_that_rings_past_the_wait_is_left_alone() -> None:
    floor = day(Overflow("wait_s", 5, "group", "help"))
    floor.ready("1")
    floor.comes("a")
    floor.pass_to(15)
    assert sent(floor) == []
    assert floor.answers("1") == "a"


@pytest.mark.parametrize("when", ["length", "max_length"])
def test_length_counts_the_others_when_a_call_comes(when: str) -> None:
    floor = day(Overflow(when, 2, "voicemail"))
    for name in ("a", "b", "c"):
        floor.comes(name)
    assert sent(floor) == [("c", when, "voicemail")]
    assert do.TakeAside(CallId("c")) in floor.commands
    assert floor.floor.calls[CallId("c")].stage is Stage.ASIDE


def test_the_estimate_counts_when_a_call_comes() -> None:
    floor = day(Overflow("estimate_s", 300, "message", "all_busy"))
    floor.ready("1")
    for name in ("a", "b", "c", "d"):
        floor.comes(name)
    # handling takes 180 s until measured: b is told 180, c 360
    assert sent(floor) == [("c", "estimate_s", "all_busy"), ("d", "estimate_s", "all_busy")]


def test_nobody_counts_at_once_for_who_comes_and_after_a_grace_for_who_waits() -> None:
    floor = day(Overflow("nobody", 0, "voicemail"))
    floor.comes("a")
    assert sent(floor) == [("a", "nobody", "voicemail")]
    floor.ready("1")
    floor.tell(ev.AgentPaused(AgentId("1"), "lunch"))
    floor.comes("b")
    floor.pass_to(floor.now + 60)
    assert len(sent(floor)) == 1  # on break is there
    floor.tell(ev.AgentSignedOut(AgentId("1"), "asked"))
    floor.pass_to(floor.now + NOBODY_S - 1)
    assert len(sent(floor)) == 1
    floor.pass_to(floor.now + 2)
    assert sent(floor)[1:] == [("b", "nobody", "voicemail")]


def test_who_comes_back_within_the_grace_keeps_the_callers() -> None:
    floor = day(Overflow("nobody", 0, "voicemail"))
    floor.ready("1")
    floor.tell(ev.AgentPaused(AgentId("1"), "lunch"))
    floor.comes("b")
    floor.tell(ev.AgentSignedOut(AgentId("1"), "asked"))
    floor.pass_to(floor.now + 5)
    floor.tell(ev.AgentSignedIn(AgentId("1"), "phone", "a1"))
    floor.pass_to(floor.now + 60)
    assert sent(floor) == []


def test_who_comes_back_to_the_music_keeps_the_place_and_is_not_sent_again() -> None:
    floor = day(Overflow("wait_s", 10, "callback"))
    floor.comes("a")
    floor.pass_to(5)
    floor.comes("b")
    floor.pass_to(11)
    floor.tell(ev.HoldReached(CallId("a")))
    call = floor.floor.calls[CallId("a")]
    assert call.stage is Stage.WAITING
    assert floor.floor.position(call) == 1
    floor.pass_to(300)
    assert sent(floor) == [("a", "wait_s", "callback"), ("b", "wait_s", "callback")]


def test_rules_are_tested_in_order_and_one_that_leads_nowhere_is_passed_over() -> None:
    gone = Overflow("wait_s", 10, "group", "gone")
    floor = day(gone, Overflow("wait_s", 10, "group", "help"), Overflow("wait_s", 5, "voicemail"))
    floor.comes("a")
    floor.pass_to(6)
    assert sent(floor) == [("a", "wait_s", "voicemail")]


def test_a_published_rule_counts_for_who_waits() -> None:
    floor = day()
    floor.comes("a")
    floor.pass_to(100)
    floor.floor.configure([group("tea", overflow=(HELP,)), group("help")], [agent("2", "help")])
    floor.tell(ev.ConfigPublished(2))
    floor.pass_to(101)
    assert sent(floor) == [("a", "wait_s", "help")]


def test_what_was_decided_is_read_back_as_it_was() -> None:
    floor = Floor()
    floor.configure([group("tea"), group("help")], [])
    floor.recalling = True
    for event in (
        ev.CallArrived(CallId("a"), "400", "400", ""),
        ev.GroupChosen(CallId("a"), group("tea").id),
        ev.HoldReached(CallId("a")),
        ev.CallOverflowed(CallId("a"), "wait_s", "group", "help"),
    ):
        recall(floor, event, Instant(1.0))
    assert floor.calls[CallId("a")].group == "help"
    recall(floor, ev.CallOverflowed(CallId("a"), "nobody", "voicemail"), Instant(2.0))
    assert floor.calls[CallId("a")].more.exit == ("voicemail", "")


def test_a_fact_about_nobody_changes_nothing() -> None:
    floor = Floor()
    recall(floor, ev.CallOverflowed(CallId("x"), "nobody", "voicemail"), Instant(1.0))
    decide(floor, ev.OverflowDue(CallId("x")), Instant(1.0))
    assert floor.calls == {}


GROUPS = ("a", "b", "c")
RULE = st.builds(
    Overflow,
    st.sampled_from(["wait_s", "length", "nobody", "max_wait_s"]),
    st.sampled_from([0.0, 1.0, 5.0, 20.0]),
    st.just("group"),
    st.sampled_from(GROUPS),
)


@settings(max_examples=40, deadline=None)
@given(
    st.tuples(*[st.lists(RULE, max_size=3)] * 3),
    st.lists(st.tuples(st.sampled_from(GROUPS), st.floats(0, 10)), max_size=12),
)
def test_whatever_the_rules_nobody_goes_round_or_loses_the_place(
    rules: tuple[list[Overflow], ...], calls: list[tuple[str, float]]
) -> None:
    groups = [group(n, overflow=tuple(r)) for n, r in zip(GROUPS, rules, strict=True)]
    floor = Day(groups, [agent("1", "a")])
    entered = {}
    for n, (where, after) in enumerate(calls):
        floor.pass_to(floor.now + after)
        floor.comes(f"{n:02}", where)
        entered[f"{n:02}"] = floor.now
    floor.pass_to(floor.now + 100)
    for name, at in entered.items():
        call = floor.floor.calls[CallId(name)]
        assert call.stage is Stage.WAITING
        assert call.entered == at
        moves = [fact for fact in floor.facts if isinstance(fact, ev.CallOverflowed)]
        seen = [fact.group for fact in moves if fact.call == name]
        assert len(seen) == len(set(seen))
        assert sum(name in map(str, where[-1:]) for where in _places(floor)) == 1
    for line in floor.floor.waiting.values():
        keys = list(line)
        assert keys == sorted(keys)


def _places(day: Day) -> list[tuple[object, ...]]:
    return [place for line in day.floor.waiting.values() for place in line]
