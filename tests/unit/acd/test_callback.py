"""Callbacks: the place waits on, one attempt at a time, and it is over when it should be."""

import pytest
from hypothesis import given, settings, strategies as st

from acd import GroupRules
from acd.callback import next_id
from acd.floor import Stage
from domain import commands as do, events as ev
from domain.ids import AgentId, CallId, GroupId, OfferId
from tests.unit.acd.day import Day, agent, group

A, BACK, SECOND = CallId("a"), CallId("back0"), CallId("back1")
ZHOU, LIN = "13800000001", "13800000002"


def day(**rules: object) -> Day:
    """Give a group that calls back, thrice at most, five minutes apart."""
    floor = Day([group(callback=True, **rules), group("help")], [agent("1", "tea")])
    floor.pass_to(1000)
    return floor


def comes(day: Day, call: str, number: str = ZHOU, group: str = "tea") -> None:
    """Bring a caller with a number to the hold music."""
    name = CallId(call)
    day.tell(ev.CallArrived(name, "400", "400", number))
    day.tell(ev.GroupChosen(name, GroupId(group)), ev.HoldReached(name))


def asks(day: Day, call: str = "a", back: str = "back0", number: str = ZHOU) -> None:
    """Let a waiting caller press 1, confirm the number and hang up."""
    day.tell(ev.HoldKeyPressed(CallId(call), "1"))
    day.tell(ev.CallbackAsked(CallId(call), GroupId("tea"), number, callback=CallId(back)))
    day.leaves(call)


def takes(day: Day, call: str = "back0") -> OfferId:
    """Let the agent take the callback up; gives the offer."""
    known = day.floor.calls[CallId(call)]
    assert known.stage is Stage.OFFERED and known.offer
    day.tell(ev.DialBegan(known.id))
    return known.offer


def ended(day: Day) -> list[tuple[str, str]]:
    """List what came of callbacks."""
    facts = (fact for fact in day.facts if isinstance(fact, ev.CallbackEnded))
    return [(fact.call, fact.why) for fact in facts]


def test_the_place_waits_on_and_an_agent_is_offered_it_in_its_turn() -> None:
    floor = day()
    comes(floor, "a")
    floor.pass_to(1030)
    comes(floor, "b", LIN)
    asks(floor)
    assert floor.floor.calls[BACK].entered == 1000.0
    assert floor.floor.position(floor.floor.calls[CallId("b")]) == 2
    floor.ready("1")
    assert floor.offers == [("1", "back0")]
    rung = [each for each in floor.commands if isinstance(each, do.RingBack)]
    assert [(each.to, each.hotline, each.endpoint) for each in rung] == [(ZHOU, "400", "a1")]
    takes(floor)
    floor.tell(ev.FarRang(BACK, "t"), ev.FarAnswered(BACK, "t"))
    assert floor.floor.calls[BACK].stage is Stage.TALKING
    assert ended(floor) == [("a", "reached")]
    floor.tell(ev.CallEnded(BACK, 16))
    assert floor.offers == [("1", "back0"), ("1", "b")]
    assert not floor.floor.backs


def test_who_is_back_on_the_music_when_a_callback_is_asked_for_stands_in_one_line_only() -> None:
    floor = day()
    comes(floor, "a")
    floor.tell(ev.CallbackAsked(A, GroupId("tea"), ZHOU, callback=BACK))
    assert [place[-1] for place in floor.floor.waiting[GroupId("tea")]] == [BACK]
    floor.leaves("a")
    floor.ready("1")
    assert floor.offers == [("1", "back0")]


def test_a_callback_asked_for_too_late_is_none() -> None:
    floor = day()
    comes(floor, "a")
    floor.ready("1")
    floor.tell(ev.CallbackAsked(A, GroupId("tea"), ZHOU, callback=BACK))
    assert floor.offers == [("1", "a")] and BACK not in floor.floor.calls
    floor.tell(ev.CallEnded(A, 16))
    assert floor.floor.agents[AgentId("1")].call is None


def test_only_the_key_of_a_group_that_calls_back_leads_aside() -> None:
    floor = day()
    comes(floor, "a")
    comes(floor, "h", LIN, "help")
    floor.tell(ev.HoldKeyPressed(A, "2"), ev.HoldKeyPressed(CallId("h"), "1"))
    assert not [each for each in floor.commands if isinstance(each, do.TakeAside)]
    floor.tell(ev.HoldKeyPressed(A, "1"))
    assert do.TakeAside(A) in floor.commands
    floor.tell(ev.HoldReached(A))  # no number was given
    assert floor.floor.calls[A].stage is Stage.WAITING
    floor.tell(ev.HoldKeyPressed(A, "1"))
    assert floor.floor.calls[A].stage is Stage.ASIDE


def test_nobody_reached_is_tried_again_later_at_the_old_place_and_not_for_ever() -> None:
    floor = day(callback_tries=2)
    comes(floor, "a")
    asks(floor)
    floor.ready("1")
    takes(floor)
    floor.tell(ev.DialEnded(BACK, "no_answer"))
    again = floor.floor.calls[SECOND]
    assert (again.entered, again.stage, again.line) == (1000.0, Stage.WAITING, None)
    comes(floor, "b", LIN)
    assert floor.offers[-1] == ("1", "b")
    floor.answers("1")
    floor.pass_to(floor.now + 301)
    comes(floor, "c", "13800000003")
    assert floor.floor.position(floor.floor.calls[CallId("c")]) == 2
    floor.leaves("b")
    assert floor.offers[-1] == ("1", "back1")
    takes(floor, "back1")
    floor.tell(ev.DialEnded(SECOND, "busy"))
    assert ended(floor) == [("a", "not_reached")]
    assert not floor.floor.backs
    floor.pass_to(floor.now + 1000)
    assert [each for each in floor.offers if each[1].startswith("back")] == [
        ("1", "back0"),
        ("1", "back1"),
    ]


def test_who_rings_again_has_the_place_and_is_not_called() -> None:
    floor = day()
    comes(floor, "a")
    floor.pass_to(1060)
    comes(floor, "b", LIN)
    asks(floor)
    floor.pass_to(1120)
    comes(floor, "again")
    assert ended(floor) == [("a", "called_again")]
    assert floor.floor.position(floor.floor.calls[CallId("again")]) == 1
    kept = [fact.since_s for fact in floor.facts if isinstance(fact, ev.PlaceKept)]
    assert kept == [120.0]
    floor.ready("1")
    assert floor.offers == [("1", "again")]


def test_who_rings_again_while_dialled_is_not_tried_a_second_time() -> None:
    floor = day()
    comes(floor, "a")
    asks(floor)
    floor.ready("1")
    takes(floor)
    comes(floor, "again")
    floor.tell(ev.DialEnded(BACK, "busy"))
    assert ended(floor) == [("a", "called_again")]
    assert floor.offers[-1] == ("1", "again")
    assert not floor.floor.backs


def test_one_number_has_one_callback_with_the_earlier_place() -> None:
    floor = day()
    comes(floor, "a")
    floor.pass_to(1010)
    comes(floor, "b", LIN)
    asks(floor)
    asks(floor, "b", "other", ZHOU)
    assert [call.id for call in floor.floor.calls.values()] == ["other"]
    other = floor.floor.calls[CallId("other")]
    assert other.entered - other.kept_s == 1000.0


@pytest.mark.parametrize(
    ("event", "why"),
    [(ev.CallbackCancelled(BACK, "zhou"), "cancelled"), (ev.CallbackExpired(BACK), "expired")],
)
def test_it_can_be_struck_off_and_runs_out(event: ev.Event, why: str) -> None:
    floor = day()
    comes(floor, "a")
    asks(floor)
    floor.tell(event)
    assert ended(floor) == [("a", why)]
    assert not floor.floor.calls and not floor.floor.backs
    floor.ready("1")
    assert floor.offers == []


def test_it_runs_out_by_itself() -> None:
    floor = day(callback_s=3600)
    comes(floor, "a")
    asks(floor)
    floor.pass_to(4601)
    assert ended(floor) == [("a", "expired")]


def test_an_agent_who_declines_or_is_away_costs_no_attempt() -> None:
    floor = day()
    comes(floor, "a")
    asks(floor)
    floor.ready("1")
    offer = floor.floor.calls[BACK].offer or OfferId(0)
    floor.tell(ev.OfferDeclined(BACK, AgentId("1"), offer, "busy"))
    assert do.ReleaseAgent(BACK) in floor.commands
    floor.pass_to(floor.now + 61)
    assert floor.offers == [("1", "back0"), ("1", "back0")]
    floor.tell(ev.DialEnded(BACK, "agent_away", 17, by="agent"))
    failed = [fact.reason for fact in floor.facts if isinstance(fact, ev.OfferFailed)]
    assert failed == ["declined", "busy"]
    floor.pass_to(floor.now + 16)
    assert len(floor.offers) == 3
    floor.tell(ev.AgentSignedOut(AgentId("1"), "asked"))
    assert floor.floor.calls[BACK].stage is Stage.WAITING
    assert not ended(floor)


@pytest.mark.parametrize(("why", "left"), [("quiet_hours", True), ("do_not_call", False)])
def test_where_nobody_may_be_dialled_it_rests_or_ends(why: str, left: bool) -> None:
    floor = day()
    comes(floor, "a")
    asks(floor)
    floor.ready("1")
    offer = floor.floor.calls[BACK].offer or OfferId(0)
    floor.tell(ev.CallbackHeld(BACK, offer, why, 3600.0))
    assert (BACK in floor.floor.calls) is left
    floor.pass_to(floor.now + 3000)
    assert len(floor.offers) == 1
    comes(floor, "b", LIN)
    assert floor.offers[-1] == ("1", "b")
    floor.answers("1")
    floor.leaves("b")
    floor.pass_to(floor.now + 700)
    assert floor.offers[-1] == (("1", "back0") if left else ("1", "b"))


def test_the_next_attempt_has_a_name_of_its_own() -> None:
    assert next_id(CallId("01J0000000000000000000000Z")) == "01J00000000000000000000000"


def test_a_flow_may_ask_before_anybody_waits() -> None:
    floor = day()
    floor.pass_to(1050)
    floor.tell(ev.CallArrived(A, "400", "400", ZHOU))
    floor.tell(ev.CallbackAsked(A, GroupId("tea"), LIN, 3, callback=BACK))
    floor.leaves("a")
    back = floor.floor.calls[BACK]
    assert (back.caller, back.priority, back.entered) == (LIN, 3, 1050.0)


WHAT = st.sampled_from(["asks", "comes", "takes", "reached", "fails", "declines", "waits", "held"])


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(WHAT, st.integers(0, 2)), max_size=25))
def test_whatever_happens_a_place_is_never_lost_nor_doubled(deeds: list[tuple[str, int]]) -> None:
    rules = GroupRules(GroupId("tea"), wrap_s=0, announce_s=0, callback=True, misses=0)
    floor = Day([rules], [agent("1", "tea"), agent("2", "tea")])
    floor.ready("1")
    for n, (what, who) in enumerate(deeds):
        number = f"1380000000{who}"
        _do(floor, what, n, number)
        _hold_true(floor)
    asked = {fact.origin for fact in floor.facts if isinstance(fact, ev.CallbackQueued)}
    over = [fact.call for fact in floor.facts if isinstance(fact, ev.CallbackEnded)]
    open_ = [call.back.origin for call in floor.floor.calls.values() if call.back]
    assert sorted([*over, *open_]) == sorted(asked)


def _do(floor: Day, what: str, n: int, number: str) -> None:
    calls = floor.floor.calls.values()
    offered = next((call for call in calls if call.back and call.stage is Stage.OFFERED), None)
    dialled = next((call for call in calls if call.back and call.stage is Stage.DIALLING), None)
    waiting = next((call for call in calls if not call.back and call.stage is Stage.WAITING), None)
    if what == "comes":
        comes(floor, f"c{n:03}", number)
    elif what == "asks" and waiting is not None:
        asks(floor, waiting.id, f"b{n:02}0", waiting.caller)
    elif what == "takes" and offered is not None:
        floor.tell(ev.DialBegan(offered.id))
    elif what == "declines" and offered is not None and offered.agent:
        floor.tell(ev.OfferDeclined(offered.id, offered.agent, offered.offer or OfferId(0), "x"))
    elif what == "held" and offered is not None:
        floor.tell(ev.CallbackHeld(offered.id, offered.offer or OfferId(0), "too_often", 60.0))
    elif what == "reached" and dialled is not None:
        floor.tell(ev.FarAnswered(dialled.id), ev.CallEnded(dialled.id, 16))
    elif what == "fails" and dialled is not None:
        floor.tell(ev.DialEnded(dialled.id, "busy"))
    else:
        floor.pass_to(floor.now + 100)


def _hold_true(floor: Day) -> None:
    backs = [call for call in floor.floor.calls.values() if call.back]
    keys = [(call.caller, call.hotline, call.group) for call in backs]
    assert len(keys) == len(set(keys)), "one number is called back once at a time"
    assert {key: call.id for key, call in zip(keys, backs, strict=True)} == floor.floor.backs
    for each in floor.floor.agents.values():
        if each.call in floor.floor.calls:
            assert each.line != "free"


def test_a_callback_moved_by_hand_is_found_under_its_new_group_only() -> None:
    floor = day()
    comes(floor, "a")
    asks(floor)
    floor.tell(ev.CallMoved(BACK, "group", GroupId("help"), "lin"))
    comes(floor, "b")
    assert not ended(floor)
    comes(floor, "c", group="help")
    assert ended(floor) == [("a", "called_again")]
    assert not floor.floor.backs


def test_nothing_is_left_of_a_callback_that_was_moved_and_cancelled() -> None:
    floor = day()
    comes(floor, "a")
    asks(floor)
    floor.tell(ev.CallMoved(BACK, "group", GroupId("help"), "lin"), ev.CallbackCancelled(BACK))
    assert ended(floor) == [("a", "cancelled")]
    comes(floor, "b")
    assert floor.floor.calls[CallId("b")].stage is Stage.WAITING
