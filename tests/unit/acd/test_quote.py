"""What a waiting caller is told: the place and the time, and when no time is told."""

import pytest
from hypothesis import given, strategies as st

from acd import AgentCard, Floor, GroupRules, decide
from acd.floor import Presence
from domain import commands as do, events as ev
from domain.ids import AgentId, CallId, GroupId, Instant

SALES, CARE = GroupId("sales"), GroupId("care")
LIN, ZHOU, WANG = AgentId("8001"), AgentId("8002"), AgentId("8003")


class Room:
    """A floor whose agents are busy; callers come and are told."""

    def __init__(self, *, announce_wait: bool = True) -> None:
        self.floor = Floor()
        groups = [
            GroupRules(SALES, wrap_s=0, announce_wait=announce_wait),
            GroupRules(CARE, wrap_s=0),
        ]
        self.floor.configure(
            groups,
            [
                AgentCard(LIN, groups=(SALES,)),
                AgentCard(ZHOU, groups=(SALES, CARE)),
                AgentCard(WANG, groups=(CARE,)),
            ],
        )
        self.now = 1000.0
        self.tell(ev.PbxJoined(1))

    def tell(self, *events: ev.Event, after: float = 1.0) -> list[ev.Event]:
        """Decide events, give the facts that followed."""
        facts: list[ev.Event] = []
        for event in events:
            self.now += after
            outcome = decide(self.floor, event, Instant(self.now))
            self.commands = outcome.commands
            facts += outcome.facts
        return facts

    def busy(self, *agents: AgentId) -> None:
        """Bring agents in, each in a talk."""
        for agent in agents:
            self.tell(
                ev.PhoneReachable(agent),
                ev.AgentSignedIn(agent, "phone", agent),
                ev.AgentReadied(agent),
            )
            call = CallId(f"talk{agent}")
            self.waits(call, self.floor.agents[agent].card.groups[0])
            offer = self.floor.calls[call].offer
            assert offer
            self.tell(ev.OfferAnswered(call, agent, offer))

    def waits(self, call: CallId, group: GroupId = SALES) -> CallId:
        """Bring a call to the hold music."""
        self.tell(
            ev.CallArrived(call, "400", "400", caller=call),
            ev.GroupChosen(call, group),
            ev.HoldReached(call),
        )
        return call

    def told(self, call: CallId) -> ev.WaitQuoted:
        """Announce to a caller; give what was written down, which is what is said."""
        (quoted,) = self.tell(ev.AnnouncementDue(call))
        assert isinstance(quoted, ev.WaitQuoted)
        (said,) = self.commands
        assert said == do.Announce(
            call, quoted.place, quoted.low_s, quoted.high_s, quoted.agents == 0
        )
        return quoted


def test_the_place_and_the_time_are_told() -> None:
    room = Room()
    room.busy(LIN, ZHOU)
    first, second = room.waits(CallId("c1")), room.waits(CallId("c2"))
    told = room.told(first)
    assert (told.place, told.agents, told.about_s, told.group) == (1, 2, 90, SALES)
    told = room.told(second)
    assert (told.place, told.about_s) == (2, 180)
    assert told.low_s < 180 < told.high_s


def test_who_is_on_break_or_away_is_not_waited_for() -> None:
    room = Room()
    room.busy(LIN, ZHOU)
    call = room.waits(CallId("c1"))
    room.tell(ev.AgentPaused(ZHOU, "lunch"))
    assert room.told(call).agents == 1
    room.tell(ev.PhoneLost(LIN))
    told = room.told(call)
    assert (told.agents, told.low_s, told.high_s) == (0, 0, 0)
    assert room.floor.agents[LIN].presence is Presence.READY


def test_callers_of_another_group_take_their_share_of_the_agents() -> None:
    room = Room()
    room.busy(LIN, ZHOU, WANG)
    alone = room.told(room.waits(CallId("c1"))).about_s
    room.tell(ev.CallEnded(CallId("c1"), 16))
    room.waits(CallId("d1"), CARE)
    room.waits(CallId("d2"), CARE)
    behind = room.told(room.waits(CallId("c2")))
    assert (behind.place, alone) == (1, 90)
    assert behind.about_s == pytest.approx(140, rel=0.05)  # exactly, by the chain of six states


def test_a_group_may_keep_to_the_place() -> None:
    room = Room(announce_wait=False)
    room.busy(LIN)
    call = room.waits(CallId("c1"))
    assert room.tell(ev.AnnouncementDue(call)) == []
    assert room.commands == [do.Announce(call, 1)]


def test_agents_who_leave_make_it_longer_only_while_the_place_stands_still() -> None:
    room = Room()
    room.busy(LIN, ZHOU)
    first, second = room.waits(CallId("c1")), room.waits(CallId("c2"))
    before = room.told(second)
    room.tell(ev.AgentPaused(ZHOU, "lunch"))
    assert room.told(second).about_s > before.about_s
    before = room.told(second)
    room.tell(ev.CallEnded(first, 16))
    room.floor.pace(SALES).worked(100_000)
    after = room.told(second)
    assert (after.place, after.high_s <= before.high_s) == (1, True)


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("talk"), st.floats(1, 4000)),
        st.tuples(st.just("leave"), st.integers(0, 5)),
        st.tuples(st.just("break"), st.sampled_from([LIN, ZHOU])),
        st.tuples(st.just("tell"), st.floats(1, 60)),
    ),
    max_size=60,
)


@given(STEPS)
def test_what_is_told_never_grows_while_the_place_improves(steps: list[tuple[str, float]]) -> None:
    room = Room()
    room.busy(LIN, ZHOU)
    calls = [room.waits(CallId(f"c{place}")) for place in range(8)]
    last = room.told(calls[-1])
    for what, value in steps:
        if what == "talk":
            room.floor.pace(SALES).worked(value)
        elif what == "leave" and f"c{value}" in room.floor.calls:
            room.tell(ev.CallEnded(CallId(f"c{value}"), 16))
        elif what == "break":
            agent = AgentId(str(value))
            ready = room.floor.agents[agent].presence is Presence.READY
            room.tell(ev.AgentPaused(agent, "lunch") if ready else ev.AgentReadied(agent))
        told = room.told(calls[-1])
        if told.agents and last.agents and told.place < last.place:
            assert told.low_s <= last.low_s
            assert told.about_s <= last.about_s
            assert told.high_s <= last.high_s
        last = told
