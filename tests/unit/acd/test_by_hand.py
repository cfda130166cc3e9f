"""What people decide in place of the rules: pick, move, another priority."""

from acd import wants
from acd.floor import Line, Presence, Stage
from acd.why import why_waits
from domain import events as ev
from domain.ids import AgentId, CallId, Instant
from tests.unit.acd.day import Day, agent, group

LIN = AgentId("8001")


def whys(day: Day) -> list[str]:
    return [fact.why for fact in day.facts if isinstance(fact, ev.OfferMade)]


def busy_day() -> Day:
    """Give two calls that wait for tea, where 8001 is on break and 8002 works for others."""
    rules = [group(needs="tea>=5", wrap_s=15), group("other")]
    day = Day(rules, [agent("8001", "tea"), agent("8002", "o")])
    day.ready("8001", "8002")
    day.tell(ev.AgentPaused(LIN, "lunch"))
    day.comes("c1")
    day.comes("c2")
    return day


def test_a_picked_call_rings_who_picked_it_out_of_turn() -> None:
    day = busy_day()
    day.tell(ev.CallPicked(CallId("c2"), LIN, "lin"))
    assert day.offers == [("8001", "c2")]
    assert whys(day) == ["8001 picked by lin; place 2 in tea, waited 0.0s"]
    assert day.floor.calls[CallId("c1")].stage is Stage.WAITING


def test_after_a_picked_call_the_break_goes_on() -> None:
    day = busy_day()
    day.tell(ev.CallPicked(CallId("c2"), LIN, "lin"))
    day.serves("8001")
    known = day.floor.agents[LIN]
    assert (known.presence, known.reason, known.line) == (Presence.BREAK, "lunch", Line.FREE)
    assert len(day.offers) == 1


def test_who_does_not_qualify_may_pick_and_the_why_says_so() -> None:
    day = busy_day()
    day.tell(ev.CallPicked(CallId("c1"), AgentId("8002"), "zhou"))
    assert whys(day) == [
        "8002 picked by zhou, does not qualify for its line; place 1 in tea, waited 0.0s"
    ]


def test_a_pick_ends_the_wrap_up() -> None:
    day = busy_day()
    day.tell(ev.CallPicked(CallId("c1"), LIN, "lin"))
    day.answers("8001")
    day.leaves("c1")
    assert day.floor.agents[LIN].line is Line.WRAPPING
    day.tell(ev.CallPicked(CallId("c2"), LIN, "lin"))
    assert day.offers == [("8001", "c1"), ("8001", "c2")]
    assert ev.WrapUpEnded(LIN, CallId("c1"), "picked") in day.facts


def test_a_pick_that_nobody_answers_gives_the_place_back() -> None:
    day = busy_day()
    day.tell(ev.CallPicked(CallId("c1"), LIN, "lin"))
    day.pass_to(60)
    day.tell(ev.HoldReached(CallId("c1")))
    assert day.floor.position(day.floor.calls[CallId("c1")]) == 1


def test_a_decision_that_came_too_late_counts_for_nothing() -> None:
    day = busy_day()
    day.tell(ev.AgentReadied(LIN))
    assert day.offers == [("8001", "c1")]
    for late in (
        ev.CallPicked(CallId("c1"), AgentId("8002"), "zhou"),
        ev.CallPicked(CallId("c2"), LIN, "lin"),
        ev.CallMoved(CallId("c1"), "group", "other", "zhou"),
        ev.PriorityChanged(CallId("c1"), 1, "zhou"),
        ev.CallMoved(CallId("gone"), "group", "other", "zhou"),
    ):
        assert not wants(day.floor, late)


def test_nobody_picks_while_the_exchange_is_away() -> None:
    day = busy_day()
    day.tell(ev.PbxLeft("cut"))
    assert not wants(day.floor, ev.CallPicked(CallId("c1"), LIN, "lin"))


def test_a_moved_call_keeps_its_place() -> None:
    day = Day([group(), group("other")], [agent("8001", "other")])
    day.comes("c1")
    day.pass_to(20)
    day.comes("c2", "other")
    day.tell(ev.CallMoved(CallId("c1"), "group", "other", "zhou"))
    assert [day.floor.position(day.floor.calls[CallId(each)]) for each in ("c1", "c2")] == [1, 2]
    day.ready("8001")
    assert day.offers == [("8001", "c1")]


def test_a_call_moved_to_somebody_free_rings_at_once() -> None:
    day = Day([group(), group("other")], [agent("8001", "other")])
    day.ready("8001")
    day.comes("c1")
    assert day.offers == []
    day.tell(ev.CallMoved(CallId("c1"), "agent", "8001", "zhou"))
    assert day.offers == [("8001", "c1")]
    assert day.floor.calls[CallId("c1")].group == "@8001"


def test_a_call_of_another_priority_changes_places() -> None:
    day = Day([group()], [agent("8001", "tea")])
    day.comes("c1")
    day.comes("c2")
    day.tell(ev.PriorityChanged(CallId("c2"), 4, "zhou"))
    waits = why_waits(day.floor, day.floor.calls[CallId("c2")], Instant(day.now))
    assert waits is not None and waits.place == 1
    day.ready("8001")
    assert day.offers == [("8001", "c2")]
