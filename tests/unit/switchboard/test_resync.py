"""Asterisk's picture and ours, compared: each way in which they can differ."""

from dataclasses import replace

from acd import AgentCard, Floor, GroupRules, decide, wants
from domain import commands as do, events as ev
from domain.ids import AgentId, CallId, GroupId, Instant, OfferId
from switchboard.resync import Leg, differences, groupless, is_unknown_talk, unmet

CALL, LIN, SALES = CallId("c1"), AgentId("8001"), GroupId("sales")
WAITS = [
    ev.PbxJoined(1),
    ev.PhoneReachable("a8001"),
    ev.AgentSignedIn(LIN, "phone", "a8001"),
    ev.CallArrived(CALL, "400", "400", "138"),
    ev.GroupChosen(CALL, SALES),
    ev.HoldReached(CALL),
]
RINGS = [*WAITS, ev.AgentReadied(LIN)]
TALKS = [*RINGS, ev.OfferAnswered(CALL, LIN, OfferId(1))]


def after(events: list[ev.Event]) -> Floor:
    floor = Floor()
    floor.configure([GroupRules(SALES)], [AgentCard(LIN, groups=(SALES,))])
    for now, event in enumerate([*events, ev.PbxLeft("cut")]):
        decide(floor, event, Instant(float(now)))
    return floor


def caller(context: str, application: str = "", *, bridged: bool = False, call: str = CALL) -> Leg:
    return Leg("PJSIP/t-1", context, application, call, "caller", "400", bridged)


def agent(*, bridged: bool) -> Leg:
    return Leg("PJSIP/a8001-2", "", "AppDial", CALL, "agent", "", bridged)


def told(events: list[ev.Event], *legs: Leg) -> list[ev.Event]:
    return differences(after(events), legs, {"400": "400"})


def test_a_call_that_is_gone_is_lost() -> None:
    assert [type(event) for event in told(WAITS)] == [ev.CallLost]


def test_who_waits_still_waits() -> None:
    assert told(WAITS, caller("hold", "WaitExten")) == [ev.HoldReached(CALL)]


def test_a_ring_that_ended_meanwhile() -> None:
    events = told(RINGS, caller("hold", "WaitExten"))
    assert events == [ev.DialFailed(CALL, OfferId(1), "LOST"), ev.HoldReached(CALL)]


def test_a_phone_that_rings_on() -> None:
    assert told(RINGS, caller("offer", "Dial"), agent(bridged=False)) == []


def test_an_offer_that_was_answered_meanwhile() -> None:
    events = told(RINGS, caller("offer", "Dial", bridged=True), agent(bridged=True))
    assert events == [ev.OfferAnswered(CALL, LIN, OfferId(1))]


def test_an_offer_whose_caller_somebody_else_took_from_the_queue() -> None:
    """The caller fell back while the offer stood; the agent who is truly there has the talk."""
    wang = AgentId("8002")
    floor = Floor()
    cards = [AgentCard(number, groups=(SALES,)) for number in (LIN, wang)]
    floor.configure([GroupRules(SALES)], cards)
    signs_in = (ev.PhoneReachable("a8002"), ev.AgentSignedIn(wang, "phone", "a8002"))
    for event in (*RINGS, *signs_in, ev.PbxLeft("cut")):
        decide(floor, event, Instant(1.0))
    talk = caller("fallback", "Queue", bridged=True)
    assert differences(floor, [talk, replace(agent_leg(), trunk="a8002")], {"400": "400"}) == [
        ev.TalkFound(CALL, wang)
    ]
    assert told(RINGS, talk, agent_leg()) == [ev.TalkFound(CALL, LIN)]


def test_an_agent_who_is_offered_another_is_found_in_the_talk_all_the_same() -> None:
    other = CallId("c2")
    came = [ev.CallArrived(other, "400", "400", "139"), ev.GroupChosen(other, SALES)]
    talk = caller("fallback", "Queue", bridged=True, call=other)
    legs = (talk, replace(agent_leg(), call=other), caller("hold", "WaitExten"))
    assert ev.TalkFound(other, LIN) in told([*RINGS, *came], *legs)


def test_who_hung_up_on_a_held_caller_is_found_in_the_next_talk() -> None:
    other = CallId("c2")
    came = ev.CallArrived(other, "400", "400", "139")
    talk = caller("fallback", "Queue", bridged=True, call=other)
    legs = (talk, replace(agent_leg(), call=other), caller("held", "MusicOnHold"))
    found = told([*TALKS, ev.HoldAsked(CALL, LIN), came], *legs)
    assert found == [ev.HungUp(CALL, "agent"), ev.TalkFound(other, LIN)]


def test_a_talk_that_goes_on() -> None:
    assert told(TALKS, caller("offer", "Dial", bridged=True), agent(bridged=True)) == []


def test_a_talk_that_ended_meanwhile() -> None:
    assert told(TALKS, caller("after", "AGI")) == [ev.TalkOver(CALL)]
    assert told(TALKS, caller("hold", "WaitExten")) == [ev.TalkOver(CALL)]


def test_a_caller_who_waits_in_the_dialplans_own_queue() -> None:
    assert told(WAITS, caller("fallback", "Queue")) == [ev.CallFellBack(CALL, queued=True)]
    assert told(WAITS, caller("fallback", "Playback")) == [ev.CallFellBack(CALL, queued=True)]


def test_a_talk_without_us_is_let_be() -> None:
    talk = (caller("fallback", "Queue", bridged=True), agent(bridged=True))
    assert told(WAITS, *talk) == [ev.CallFellBack(CALL, talks=True)]
    floor = after(WAITS)
    # nobody brings this caller anywhere, nobody is rung, and it ends once, when it does
    assert not decide(floor, ev.CallFellBack(CALL, talks=True), Instant(8.0)).commands
    assert not decide(floor, ev.PbxJoined(2), Instant(9.0)).commands
    assert not decide(floor, ev.AgentReadied(LIN), Instant(10.0)).commands
    assert differences(floor, talk, {"400": "400"}) == []
    assert wants(floor, ev.CallEnded(CALL, 16))


def test_who_was_held_and_talks_with_another_meanwhile_is_let_talk() -> None:
    """The dialplan found no leg of who held the caller, and its own queue found somebody."""
    held = [*TALKS, ev.HoldAsked(CALL, LIN)]
    talk = caller("fallback", "Queue", bridged=True)
    assert told(held, talk, agent_leg()) == [ev.TalkFound(CALL, LIN)]
    stranger = replace(agent_leg(), trunk="a8009")
    assert told(held, talk, stranger) == [ev.CallFellBack(CALL, talks=True)]
    floor = Floor()
    wang = AgentId("8002")
    cards = [AgentCard(number, groups=(SALES,)) for number in (LIN, wang)]
    floor.configure([GroupRules(SALES)], cards)
    comes = [*held, ev.PhoneReachable("a8002"), ev.AgentSignedIn(wang, "phone", "a8002")]
    for now, event in enumerate(comes):
        decide(floor, event, Instant(float(now)))
    other = replace(agent_leg(), trunk="a8002")
    found = differences(floor, [talk, other], {"400": "400"})
    assert found == [ev.TalkFound(CALL, wang)]
    turn = decide(floor, found[0], Instant(20.0))
    assert not turn.commands and floor.agents[LIN].line == "wrapping"
    assert (floor.calls[CALL].stage, floor.agents[wang].call) == ("talking", CALL)
    assert floor.calls[CALL].agent == wang


def test_who_was_given_back_and_found_another_meanwhile_is_in_that_talk() -> None:
    """Given back by our word, which never reached Asterisk: its own queue found somebody."""
    wang, other = AgentId("8002"), CallId("c2")
    both = [ev.PhoneReachable("a8002"), ev.AgentSignedIn(wang, "phone", "a8002")]
    came = ev.CallArrived(other, "400", "400", "139")
    floor = Floor()
    cards = [AgentCard(LIN, groups=(SALES,)), AgentCard(wang, groups=(SALES,))]
    floor.configure([GroupRules(SALES)], cards)
    given_back = (ev.HoldAsked(CALL, LIN), ev.RetrieveAsked(CALL, LIN))
    for event in (*TALKS, *given_back, *both, came, ev.PbxLeft("cut")):
        decide(floor, event, Instant(1.0))
    legs = [
        caller("fallback", "Queue", bridged=True, call=other),
        replace(agent_leg(), call=other),
        caller("fallback", "Queue", bridged=True),
        replace(agent_leg(), trunk="a8002"),
    ]
    found = differences(floor, legs, {"400": "400"})
    # each has who is truly there, also the agent of the talk that is over
    talks = [ev.TalkFound(other, LIN), ev.TalkFound(CALL, wang)]
    assert found == [ev.CallFellBack(CALL, talks=True), *talks]
    for event in found:
        # nobody's leg is released: the one that there is talks
        assert not decide(floor, event, Instant(20.0)).commands
    assert (floor.agents[LIN].call, floor.agents[wang].call) == (other, CALL)
    assert differences(floor, legs, {"400": "400"}) == []


def test_a_talk_with_an_agent_whose_call_before_is_gone_is_taken_in() -> None:
    other = CallId("c2")
    came = ev.CallArrived(other, "400", "400", "139")
    talk = (
        caller("fallback", "Queue", bridged=True, call=other),
        replace(agent_leg(), call=other),
    )
    gone = [ev.CallLost(CALL, "gone while the link was down"), ev.TalkFound(other, LIN)]
    assert told([*TALKS, came], *talk) == gone
    # the same where the call before is over and its caller is there still
    over = [ev.TalkOver(CALL), ev.TalkFound(other, LIN)]
    assert told([*TALKS, came], *talk, caller("after", "AGI")) == over
    floor = after([*TALKS, came])
    for event in over:
        decide(floor, event, Instant(20.0))
    assert (floor.calls[other].stage, floor.agents[LIN].call) == ("talking", other)
    # whoever talks with another caller of ours has no second one
    talks = (caller("offer", "Dial", bridged=True), agent_leg())
    assert told([*TALKS, came], *talks, *talk) == [ev.CallFellBack(other, talks=True)]


def test_a_caller_who_came_while_we_were_away_is_taken_in() -> None:
    events = told([], caller("hold", "WaitExten", call="c9"))
    assert [type(event) for event in events] == [ev.CallArrived, ev.GroupChosen, ev.HoldReached]
    events = told([], caller("fallback", "Queue", call="c9"))
    assert [type(event) for event in events] == [ev.CallArrived, ev.GroupChosen, ev.CallFellBack]


def test_a_stranger_who_talks_already_is_let_be() -> None:
    assert told([], caller("fallback", "Queue", bridged=True, call="c9")) == []


def test_a_caller_whose_choice_nobody_wrote_down_waits_for_the_group_that_was_chosen() -> None:
    menu = WAITS[:4]
    waits = caller("hold", "WaitExten")
    assert groupless(after(menu), [waits, caller("offer", "Dial")]) == [waits]
    assert groupless(after(WAITS), [waits]) == []
    events = told(menu, replace(waits, queue="fb-sales"))
    assert events == [ev.GroupChosen(CALL, SALES), ev.HoldReached(CALL)]
    events = told(menu, replace(caller("fallback", "Queue"), queue="fb-sales"))
    assert events == [ev.GroupChosen(CALL, SALES), ev.CallFellBack(CALL, queued=True)]
    # without a word of the dialplan the first group is as good as any
    assert told(menu, waits) == [ev.GroupChosen(CALL, SALES), ev.HoldReached(CALL)]


def test_who_was_passed_on_and_talks_still_is_brought_to_the_music() -> None:
    passed = [*TALKS, ev.TransferAsked(CALL, LIN, "group", SALES)]
    talk = (caller("offer", "Dial", bridged=True), agent_leg())
    assert told(passed, *talk) == [ev.CallFellBack(CALL)]


def test_a_talk_that_the_dialplans_own_queue_brought_about_is_taken_in() -> None:
    talk = (caller("fallback", "Queue", bridged=True), agent_leg())
    assert told(WAITS, *talk) == [ev.TalkFound(CALL, LIN)]
    floor = after(WAITS)
    turn = decide(floor, ev.TalkFound(CALL, LIN), Instant(9.0))
    assert [type(fact) for fact in turn.facts] == [ev.OfferMade, ev.OfferAnswered]
    assert not turn.commands
    assert (floor.calls[CALL].stage, floor.agents[LIN].call) == ("talking", CALL)
    # who has a talk already has no second one
    assert not decide(floor, ev.TalkFound(CALL, LIN), Instant(10.0)).facts
    arrived = [ev.CallArrived, ev.GroupChosen, ev.TalkFound]
    assert [type(event) for event in told(WAITS[:3], *talk)] == arrived


def test_what_was_decided_and_not_carried_out_is_carried_out() -> None:
    declined = [*RINGS, ev.OfferDeclined(CALL, LIN, OfferId(1), "busy")]
    assert told(declined, caller("offer", "Dial"), agent(bridged=False)) == [ev.CallFellBack(CALL)]
    held = [*TALKS, ev.HoldAsked(CALL, LIN), ev.TransferAsked(CALL, LIN, "group", SALES)]
    assert told(held, caller("held", "MusicOnHold")) == [ev.CallFellBack(CALL)]


def test_who_was_taken_back_and_is_still_on_hold_is_joined_again() -> None:
    back = [*TALKS, ev.HoldAsked(CALL, LIN), ev.RetrieveAsked(CALL, LIN)]
    again = told(back, caller("held", "MusicOnHold"), agent(bridged=False))
    assert again == [ev.RetrieveAsked(CALL, LIN)]
    turn = decide(after(back), again[0], Instant(9.0))
    assert (turn.commands, turn.facts) == ([do.JoinCaller(CALL)], [])
    # the agent hung up meanwhile: the talk is over, and the caller is asked how it was
    alone = told([*TALKS, ev.HoldAsked(CALL, LIN)], caller("held", "MusicOnHold"))
    assert alone == [ev.HungUp(CALL, "agent")]
    left = told(back, caller("held", "MusicOnHold"))
    assert left == [ev.HungUp(CALL, "agent"), ev.TalkOver(CALL), ev.LeftOnHold(CALL)]
    floor = after(back)
    assert do.GoOn(CALL) in [c for each in left for c in decide(floor, each, Instant(9.0)).commands]
    # and who was to be put on hold, and never was, talks
    held = [*TALKS, ev.HoldAsked(CALL, LIN)]
    talk = (caller("offer", "Dial", bridged=True), agent_leg())
    assert told(held, *talk) == [ev.TalkFound(CALL, LIN)]


def test_who_is_still_on_hold_after_the_talk_goes_on() -> None:
    """The agent hung up or asked for it; to go on was written down, and the engine fell."""
    for how in (ev.HungUp(CALL, "agent"), ev.HangUpAsked(CALL, LIN)):
        over = [*TALKS, ev.HoldAsked(CALL, LIN), how]
        for beside in ((), (agent(bridged=False),)):
            events = told(over, caller("held", "MusicOnHold"), *beside)
            assert events == [ev.LeftOnHold(CALL)]
        assert wants(after(over), events[0]) and not wants(after(TALKS), events[0])
        turn = decide(after(over), events[0], Instant(9.0))
        assert turn.commands == [do.ReleaseAgent(CALL), do.GoOn(CALL)]
        assert told(over, caller("after", "AGI")) == []


def test_who_came_while_nobody_was_there_is_found() -> None:
    came = caller("fallback", "Queue", call="")
    talks = caller("fallback", "Queue", bridged=True, call="")
    there = [came, talks, caller("fallback", "Queue"), agent_leg()]
    assert unmet(there) == [came] and is_unknown_talk(there)
    assert not is_unknown_talk([came, replace(talks, call="c9")])


def agent_leg() -> Leg:
    return replace(agent(bridged=True), channel="PJSIP/a8001-00000002", trunk="a8001")
