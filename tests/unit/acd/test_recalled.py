"""A floor that is read back from its journal is the floor that wrote it, whatever happened."""

from collections.abc import Callable

from hypothesis import given, strategies as st

from acd import AgentCard, Floor, GroupRules, decide, recall, wants
from domain import events as ev
from domain.ids import AgentId, CallId, GroupId, Instant, OfferId

TEA, ALL = GroupId("tea"), GroupId("all")
GROUPS = [GroupRules(TEA, wrap_s=5), GroupRules(ALL, ring_several=2)]
AGENTS = [AgentId(f"800{n}") for n in range(1, 4)]
CARDS = [AgentCard(each, groups=(TEA, ALL)) for each in AGENTS]

Make = Callable[[CallId, AgentId, OfferId], ev.Event]
OF_A_CALL: list[Make] = [
    lambda c, a, o: ev.CallArrived(c, "400", "400", ""),
    lambda c, a, o: ev.GroupChosen(c, TEA),
    lambda c, a, o: ev.GroupChosen(c, ALL, preferred=a, head_start_s=3.0),
    lambda c, a, o: ev.AgentChosen(c, a, TEA, 10.0),
    lambda c, a, o: ev.HoldReached(c),
    lambda c, a, o: ev.CallFellBack(c, queued=True),
    lambda c, a, o: ev.CallFellBack(c, talks=True),
    lambda c, a, o: ev.OutsideChosen(c, "13900000001", 20.0, "13900000001"),
    lambda c, a, o: ev.OutsideEnded(c, "busy"),
    lambda c, a, o: ev.TalkOver(c),
    lambda c, a, o: ev.LeftOnHold(c),
    lambda c, a, o: ev.HungUp(c, "agent"),
    lambda c, a, o: ev.HungUp(c, "caller"),
    lambda c, a, o: ev.CallEnded(c, 16),
    lambda c, a, o: ev.CallLost(c, "gone"),
    lambda c, a, o: ev.CallMoved(c, "group", "tea"),
    lambda c, a, o: ev.DialBegan(c),
    lambda c, a, o: ev.FarAnswered(c),
    lambda c, a, o: ev.DialEnded(c, "busy"),
    lambda c, a, o: ev.TalkFound(c, a),
]
OF_AN_OFFER: list[Make] = [
    lambda c, a, o: ev.PhoneRang(c, a, o),
    lambda c, a, o: ev.OfferAnswered(c, a, o),
    lambda c, a, o: ev.OfferAnswered(c, a, o),
    lambda c, a, o: ev.OfferDeclined(c, a, o, "busy"),
    lambda c, a, o: ev.OfferExpired(c, o),
    lambda c, a, o: ev.DialFailed(c, o, "NOANSWER"),
    lambda c, a, o: ev.DialFailed(c, o, "LOST"),
    lambda c, a, o: ev.RingEnded(c, a, o, "BUSY"),
]
OF_BOTH: list[Make] = [
    lambda c, a, o: ev.TalkFound(c, a),
    lambda c, a, o: ev.CallPicked(c, a),
    lambda c, a, o: ev.HoldAsked(c, a),
    lambda c, a, o: ev.RetrieveAsked(c, a),
    lambda c, a, o: ev.PhoneHeld(c, a),
    lambda c, a, o: ev.PhoneRetrieved(c, a),
    lambda c, a, o: ev.PhoneSilent(c, a),
    lambda c, a, o: ev.PhoneResumed(c, a),
    lambda c, a, o: ev.ResumeExpired(c, a),
    lambda c, a, o: ev.HangUpAsked(c, a),
    lambda c, a, o: ev.TransferAsked(c, a, "group", "tea"),
    lambda c, a, o: ev.WrapUpExpired(a, c),
    lambda c, a, o: ev.DialAsked(CallId(f"out{a}"), a, "400", "13900000001", "400", ("trunk",)),
]
OF_AN_AGENT: list[Make] = [
    lambda c, a, o: ev.AgentSignedIn(a, "phone", f"a{a}"),
    lambda c, a, o: ev.AgentSignedOut(a, "logout"),
    lambda c, a, o: ev.AgentReadied(a),
    lambda c, a, o: ev.AgentReadied(a),
    lambda c, a, o: ev.AgentPaused(a, "lunch"),
    lambda c, a, o: ev.WrapUpDone(a),
    lambda c, a, o: ev.WrapUpExtended(a),
    lambda c, a, o: ev.PhoneReachable(f"a{a}"),
    lambda c, a, o: ev.PhoneLost(f"a{a}"),
]
OF_THE_PBX: list[Make] = [
    lambda c, a, o: ev.PbxLeft("cut"),
    lambda c, a, o: ev.PbxJoined(1),
    lambda c, a, o: ev.EngineStarted(2, 2),
]
CALLS = [CallId(each) for each in ("c1", "c2", "c3")]


def happenings() -> st.SearchStrategy[list[tuple[Make, CallId, AgentId]]]:
    """Give what happens, to whom; an offer that is open is aimed at where there is one."""
    makes = st.one_of(
        *map(st.sampled_from, (OF_A_CALL, OF_AN_OFFER, OF_BOTH, OF_AN_AGENT, OF_THE_PBX))
    )
    one = st.tuples(makes, st.sampled_from(CALLS), st.sampled_from(AGENTS))
    return st.lists(one, min_size=1, max_size=50)


def begun() -> tuple[Floor, list[ev.Event]]:
    floor = Floor()
    floor.configure(GROUPS, CARDS)
    events: list[ev.Event] = [ev.EngineStarted(1, 1), ev.PbxJoined(1)]
    for each in AGENTS:
        events += [ev.PhoneReachable(f"a{each}"), ev.AgentSignedIn(each, "phone", f"a{each}")]
        events.append(ev.AgentReadied(each))
    for call in CALLS:
        events += [ev.CallArrived(call, "400", "400", ""), ev.GroupChosen(call, TEA)]
        events.append(ev.HoldReached(call))
    return floor, events


def picture(floor: Floor) -> dict[str, object]:
    """Show what an engine that reads it back acts on."""
    calls = {
        each.id: (
            *(each.stage, each.agent, each.offer, each.rings, each.group, each.confirmed),
            *(each.parked, each.awaited, each.phone_held, each.first_hangup),
        )
        for each in floor.calls.values()
    }
    agents = {
        each.card.number: (each.line, each.call, each.offer, each.presence, each.reason)
        for each in floor.agents.values()
    }
    return {**calls, **agents}


def aimed(floor: Floor, make: Make, call: CallId, agent: AgentId) -> ev.Event:
    """Aim news of an offer, or of a talk, at the call that the agent has, if any."""
    known = floor.agents[agent]
    its = known.call if known.call and make not in OF_A_CALL else None
    return make(its or call, agent, known.offer or OfferId(1))


@given(happenings())
def test_what_is_read_back_is_what_was(story: list[tuple[Make, CallId, AgentId]]) -> None:
    floor, journal = begun()[0], list[ev.Event]()

    def tell(event: ev.Event) -> None:
        if wants(floor, event):
            turn = decide(floor, event, Instant(float(len(journal))))
            journal.extend([event, *turn.facts])

    for event in begun()[1]:
        tell(event)
    for make, call, agent in story:
        tell(aimed(floor, make, call, agent))
        again = read_back(journal)
        assert picture(again) == picture(floor), journal[-6:]


def read_back(journal: list[ev.Event]) -> Floor:
    again = begun()[0]
    again.recalling = True
    for n, event in enumerate(journal):
        recall(again, event, Instant(float(n)))
    again.recalling = False
    return again
