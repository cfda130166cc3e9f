"""Skills, levels, steps, preferred agents and live edits: who may take which call, and when."""

import pytest

from acd import Step
from acd.why import why_waits
from domain import events as ev
from domain.ids import AgentId, CallId, GroupId, Instant, OfferId
from tests.unit.acd.day import Day, agent, group

TEA2 = GroupId("other")


def test_a_requirement_lets_in_who_meets_it_and_members_by_list() -> None:
    day = Day(
        [group(needs="refund>=3 and (english>=5 or japanese>=3)")],
        [
            agent("8001", "other", refund=3, english=4),
            agent("8002", "other", refund=9, japanese=3),
            agent("8003", "tea"),
        ],
    )
    day.ready("8001", "8002", "8003")
    day.comes("c1")
    day.comes("c2")
    day.comes("c3")
    assert day.offers == [("8002", "c1"), ("8003", "c2")]


def test_a_requirement_that_names_its_group_asks_members_for_a_level() -> None:
    day = Day(
        [group(needs="tea>=7", steps=(Step(30, "tea>=3"),))],
        [agent("8001", "tea", tea=3), agent("8002", "tea", tea=8)],
    )
    day.ready("8001", "8002")
    day.comes("c1")
    day.comes("c2")
    assert day.offers == [("8002", "c1")]
    day.answers("8002")
    day.pass_to(31)
    assert day.offers == [("8002", "c1"), ("8001", "c2")]


def test_a_call_asks_for_less_step_by_step() -> None:
    day = Day(
        [
            group(needs="tea_lore>=7", steps=(Step(30, "tea_lore>=3"), Step(60, also=(TEA2,)))),
            group("other"),
        ],
        [agent("8001", "third", tea_lore=3), agent("8002", "other")],
    )
    day.ready("8001", "8002")
    day.comes("c1")
    day.comes("c2")
    day.pass_to(29.9)
    assert day.offers == []
    day.pass_to(30.1)
    assert day.offers == [("8001", "c1")]
    day.answers("8001")
    day.pass_to(60.1)
    assert day.offers[-1] == ("8002", "c2")
    widened = [(fact.call, fact.step) for fact in day.facts if isinstance(fact, ev.CallWidened)]
    assert widened == [("c1", 1), ("c2", 1), ("c2", 2)]


def test_a_failed_offer_comes_back_at_the_step_that_is_due_meanwhile() -> None:
    day = Day(
        [group(needs="lore>=7", steps=(Step(30, "lore>=3"),))],
        [agent("8001", "x", lore=3), agent("8002", "x", lore=9)],
    )
    day.ready("8001", "8002")
    day.pass_to(1)
    day.comes("c1")
    day.pass_to(20)
    assert day.offers == [("8002", "c1")]
    day.now = 35  # it rang for long; the step's timer came while the phone rang
    day.tell(ev.StepDue(CallId("c1"), 1), ev.DialFailed(CallId("c1"), OfferId(1), "NOANSWER"))
    day.tell(ev.HoldReached(CallId("c1")))
    assert day.offers == [("8002", "c1"), ("8001", "c1")]


def test_the_place_in_the_group_is_kept_over_every_step() -> None:
    day = Day([group(steps=(Step(30, also=(TEA2,)),)), group("other")], [agent("8001", "other")])
    day.comes("c1")
    day.pass_to(20)
    day.comes("c2")
    day.pass_to(31)
    assert [day.floor.position(day.floor.calls[CallId(c)]) for c in ("c1", "c2")] == [1, 2]
    day.pass_to(51)
    day.ready("8001")
    assert day.offers == [("8001", "c1")]


def test_a_call_waits_for_the_agent_it_prefers_and_then_for_all() -> None:
    day = Day([group(sticky_s=20)], [agent("8001", "tea"), agent("8002", "tea")])
    day.ready("8001", "8002")
    day.comes("c1", whom="8001")
    day.answers("8001")
    day.comes("c2", whom="8001")
    assert day.offers == [("8001", "c1")]
    day.comes("c3")
    assert day.offers[-1] == ("8002", "c3")
    day.serves("8002", 5)
    assert len(day.offers) == 2, "the free one does not take who waits for another"
    day.pass_to(day.now + 20)
    assert day.offers[-1] == ("8002", "c2")


def test_the_preferred_agent_takes_who_came_first_of_all() -> None:
    day = Day([group(sticky_s=100)], [agent("8001", "tea")])
    day.ready("8001")
    for n, whom in enumerate(("", "", "8001", "")):
        day.pass_to(day.now + 1)
        day.comes(f"c{n}", whom=whom)
    served = [day.serves("8001", 1) for _ in range(4)]
    assert served == ["c0", "c1", "c2", "c3"]


@pytest.mark.parametrize(
    "leaves",
    [ev.AgentPaused(AgentId("8001"), "lunch"), ev.AgentSignedOut(AgentId("8001"), "asked")],
)
def test_who_goes_away_is_waited_for_no_longer(leaves: ev.Event) -> None:
    day = Day([group(sticky_s=300)], [agent("8001", "tea"), agent("8002", "tea")])
    day.ready("8001", "8002")
    day.comes("c1")
    day.answers("8001")
    day.comes("c2", whom="8001")
    assert len(day.offers) == 1
    day.tell(leaves)
    assert day.offers[-1] == ("8002", "c2")


def test_who_declined_is_not_preferred_any_more() -> None:
    day = Day([group(sticky_s=300, decline_s=90)], [agent("8001", "tea"), agent("8002", "tea")])
    day.ready("8001", "8002")
    day.comes("c1", whom="8001")
    day.tell(ev.OfferDeclined(CallId("c1"), AgentId("8001"), OfferId(1), "busy"))
    day.tell(ev.HoldReached(CallId("c1")))
    assert day.offers == [("8001", "c1"), ("8002", "c1")]
    assert day.floor.calls[CallId("c1")].barred == {"8001": pytest.approx(90.02)}


def test_a_preferred_agent_who_is_not_there_costs_no_time() -> None:
    day = Day([group(sticky_s=300)], [agent("8001", "tea"), agent("8002", "tea")])
    day.ready("8002")
    day.comes("c1", whom="8001")
    day.comes("c2", whom="nobody")
    assert day.offers == [("8002", "c1")]
    assert day.serves("8002") == "c1" and day.offers[-1] == ("8002", "c2")


def test_an_edit_counts_at_once_for_who_waits() -> None:
    before, after = [agent("8001", "other")], [agent("8001", "other", lore=5)]
    day = Day([group(needs="lore>=4"), group("other")], before)
    day.ready("8001")
    day.comes("c1")
    day.comes("c2")
    assert day.offers == []
    day.floor.configure([group(needs="lore>=4"), group("other")], after)
    day.tell(ev.ConfigPublished(2))
    assert day.offers == [("8001", "c1")]
    assert day.floor.position(day.floor.calls[CallId("c2")]) == 1


def test_steps_that_are_set_while_a_call_waits_begin_to_count() -> None:
    agents = [agent("8001", "other")]
    day = Day([group(), group("other")], agents)
    day.ready("8001")
    day.comes("c1")
    day.pass_to(10)
    day.floor.configure([group(steps=(Step(30, also=(TEA2,)),)), group("other")], agents)
    day.tell(ev.ConfigPublished(2))
    day.pass_to(29)
    assert day.offers == []
    day.pass_to(31)
    assert day.offers == [("8001", "c1")]


def test_ageing_that_is_set_while_calls_wait_orders_them_anew() -> None:
    day = Day([group()], [agent("8001", "tea")])
    day.comes("old", priority=5)
    day.pass_to(100)
    day.comes("new", priority=4)
    day.floor.configure([group(ageing_s=60)], [agent("8001", "tea")])
    day.tell(ev.ConfigPublished(2))
    day.ready("8001")
    assert [day.serves("8001"), day.serves("8001")] == ["old", "new"]


def test_wrap_up_until_done_has_no_end_of_its_own() -> None:
    day = Day([group(wrap_until_done=True)], [agent("8001", "tea")])
    day.ready("8001")
    day.comes("c1")
    day.answers("8001")
    day.leaves("c1")
    day.comes("c2")
    day.pass_to(5000)
    assert day.offers == [("8001", "c1")]
    day.tell(ev.WrapUpDone(AgentId("8001")))
    assert day.offers[-1] == ("8001", "c2")


@pytest.mark.parametrize("misses", [1, 3])
def test_an_agent_rests_after_as_many_misses_as_the_group_allows(misses: int) -> None:
    day = Day([group(misses=misses)], [agent("8001", "tea")])
    day.ready("8001")
    for n in range(1, misses + 1):
        day.comes(f"c{n}")
        day.tell(ev.DialFailed(CallId(f"c{n}"), OfferId(n), "NOANSWER"))
    paused = [fact for fact in day.facts if isinstance(fact, ev.AgentAutoPaused)]
    assert len(paused) == 1 and day.floor.agents[AgentId("8001")].presence == "break"


def test_why_a_call_waits_names_everybody_and_what_keeps_them() -> None:
    day = Day(
        [group(needs="lore>=7", steps=(Step(300, "lore>=3"),)), group("other")],
        [agent(f"800{n}", "tea") for n in range(1, 6)] + [agent("8006", "other", lore=3)],
    )
    day.ready("8001", "8002", "8003", "8006")
    day.comes("c1")
    day.answers("8001")
    day.tell(ev.AgentPaused(AgentId("8002"), "lunch"), ev.PhoneLost("a8003"))
    day.comes("c2")
    told = why_waits(day.floor, day.floor.calls[CallId("c2")], Instant(day.now))
    assert told and (told.place, told.step, told.on_hold) == (1, 0, True)
    kept = {each.agent: (each.why, each.detail) for each in told.candidates}
    assert kept == {
        "8001": ("talking", "c1"),
        "8002": ("break", "lunch"),
        "8003": ("unreachable", ""),
        "8004": ("offline", ""),
        "8005": ("offline", ""),
        "8006": ("level", "1"),
    }
    assert why_waits(day.floor, day.floor.calls[CallId("c1")], Instant(day.now)) is None
