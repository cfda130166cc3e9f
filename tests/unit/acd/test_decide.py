"""Who answers whom, told as stories of events."""

from collections.abc import Sequence
from dataclasses import replace

from acd import AgentCard, Floor, GroupRules, decide, wants
from acd.floor import Line, Presence, Stage
from domain import commands as do, events as ev
from domain.ids import AgentId, CallId, GroupId, Instant, OfferId

CALL, OTHER = CallId("c1"), CallId("c2")
SALES, CARE = GroupId("sales"), GroupId("care")
LIN, ZHOU = AgentId("8001"), AgentId("8002")


class Story:
    """Tells events to a floor, a second apart, and keeps what followed."""

    def __init__(self, wrap_s: float = 10) -> None:
        self.floor = Floor()
        self.floor.configure(
            [GroupRules(SALES, "售前", 20, wrap_s, 15), GroupRules(CARE, "售后", 20, wrap_s, 15)],
            [AgentCard(LIN, "林", "", (SALES, CARE)), AgentCard(ZHOU, "周", "", (SALES,))],
        )
        self.now = 0.0
        self.facts: list[ev.Event] = []
        self.commands: list[do.PbxCommand] = []
        self.timers: list[do.WakeAt] = []
        self.tell(ev.PbxJoined(1))

    def tell(self, *events: ev.Event, after: float = 1.0) -> Sequence[do.PbxCommand]:
        """Decide events; give the commands that followed."""
        before = len(self.commands)
        for event in events:
            self.now += after
            outcome = decide(self.floor, event, Instant(self.now))
            self.facts += outcome.facts
            self.commands += outcome.commands
            self.timers += outcome.timers
        return self.commands[before:]

    def ready(self, agent: AgentId) -> Sequence[do.PbxCommand]:
        """Sign an agent in with a reachable phone, and ready."""
        endpoint = "a" + agent
        return self.tell(
            ev.PhoneReachable(endpoint),
            ev.AgentSignedIn(agent, "phone", endpoint),
            ev.AgentReadied(agent),
        )

    def waits(self, call: CallId, group: GroupId = SALES, priority: int = 5) -> None:
        """Bring a call to the hold music."""
        self.tell(
            ev.CallArrived(call, "400", "400", "13800138000"),
            ev.GroupChosen(call, group, priority),
            ev.HoldReached(call),
        )

    def talks(self) -> None:
        """Let Lin talk to the first caller."""
        self.ready(LIN)
        self.waits(CALL)
        self.tell(ev.OfferAnswered(CALL, LIN, OfferId(1)))

    def rung(self) -> list[str]:
        """List whom we rang, in order."""
        return [each.agent for each in self.commands if isinstance(each, do.RingAgent)]


def test_the_agent_idle_longest_is_rung() -> None:
    story = Story()
    story.ready(ZHOU)
    story.ready(LIN)
    story.waits(CALL)
    assert story.rung() == [ZHOU]


def test_only_calls_of_hotlines_that_record_are_recorded() -> None:
    story = Story()
    quiet = [
        replace(rules, unrecorded=frozenset(("401",))) for rules in story.floor.groups.values()
    ]
    story.floor.configure(quiet, [agent.card for agent in story.floor.agents.values()])
    story.ready(LIN)
    story.ready(ZHOU)
    for call, hotline in ((CALL, "401"), (OTHER, "400")):
        story.tell(ev.CallArrived(call, hotline, hotline, ""), ev.GroupChosen(call, SALES))
        story.tell(ev.HoldReached(call))
    rung = [each for each in story.commands if isinstance(each, do.RingAgent)]
    assert [(each.call, each.record) for each in rung] == [(CALL, ""), (OTHER, OTHER)]


def test_nobody_is_rung_before_the_caller_is_on_hold_music() -> None:
    story = Story()
    story.ready(LIN)
    story.tell(ev.CallArrived(CALL, "400", "400", ""), ev.GroupChosen(CALL, SALES))
    assert story.rung() == []


def test_an_agent_who_becomes_free_takes_priority_first_then_who_came_first() -> None:
    story = Story()
    story.waits(CallId("first"))
    story.waits(CallId("second"), CARE)
    story.waits(CallId("urgent"), CARE, priority=2)
    story.ready(LIN)
    assert [each.call for each in story.commands if isinstance(each, do.RingAgent)] == ["urgent"]


def test_no_answer_goes_to_the_next_agent_at_the_same_place() -> None:
    story = Story()
    story.ready(LIN)
    story.ready(ZHOU)
    story.waits(CALL)
    story.waits(OTHER)
    entered = story.floor.calls[CALL].entered
    story.tell(ev.OfferAnswered(OTHER, ZHOU, OfferId(2)))
    story.tell(ev.DialFailed(CALL, OfferId(1), "NOANSWER"), ev.HoldReached(CALL))
    assert story.floor.calls[CALL].entered == entered
    assert story.rung() == [LIN, ZHOU]  # Lin cools down for this caller
    story.tell(ev.CallEnded(OTHER, 16), ev.WrapUpDone(ZHOU))
    assert story.rung() == [LIN, ZHOU, ZHOU]


def test_two_missed_calls_put_the_agent_on_break() -> None:
    story = Story()
    story.ready(LIN)
    story.waits(CALL)
    story.tell(ev.DialFailed(CALL, OfferId(1), "NOANSWER"))
    story.waits(OTHER)
    story.tell(ev.DialFailed(OTHER, OfferId(2), "NOANSWER"))
    assert story.floor.agents[LIN].presence is Presence.BREAK
    assert ev.AgentAutoPaused(LIN, "missed") in story.facts


def test_a_declined_caller_comes_back_to_hold_and_is_not_offered_to_the_same_agent() -> None:
    story = Story()
    story.ready(LIN)
    story.waits(CALL)
    commands = story.tell(ev.OfferDeclined(CALL, LIN, OfferId(1), "busy"))
    assert commands == [do.BringBack(CALL)]
    assert story.tell(ev.HoldReached(CALL)) == []
    assert story.tell(ev.CoolDownOver(CALL), after=60) != []


def test_a_caller_who_leaves_while_it_rings_frees_the_agent() -> None:
    story = Story()
    story.ready(LIN)
    story.waits(CALL)
    story.tell(ev.HungUp(CALL, "caller"), ev.CallEnded(CALL, 16))
    assert story.floor.agents[LIN].line is Line.FREE
    assert ev.OfferFailed(CALL, LIN, OfferId(1), "caller_left") in story.facts
    assert story.floor.calls == {}


def test_who_hung_up_first_ends_the_talk() -> None:
    for leg, by in (("agent", "agent"), ("caller", "caller")):
        story = Story()
        story.talks()
        end = ev.TalkOver(CALL) if leg == "agent" else ev.CallEnded(CALL, 16)
        story.tell(ev.HungUp(CALL, leg), end)
        assert ev.TalkEnded(CALL, LIN, by) in story.facts


def test_wrap_up_ends_by_time_by_hand_or_is_extended() -> None:
    story = Story()
    story.talks()
    story.tell(ev.HungUp(CALL, "agent"), ev.TalkOver(CALL))
    assert story.floor.agents[LIN].line is Line.WRAPPING
    story.tell(ev.WrapUpExtended(LIN))
    assert not wants(story.floor, ev.WrapUpExpired(LIN, CALL))
    story.tell(ev.WrapUpExpired(LIN, CALL))
    assert story.floor.agents[LIN].line is Line.WRAPPING
    story.tell(ev.WrapUpDone(LIN))
    assert story.floor.agents[LIN].line is Line.FREE


def test_break_pressed_in_a_call_holds_afterwards() -> None:
    story = Story(wrap_s=0)
    story.talks()
    story.tell(ev.AgentPaused(LIN, "rest"))
    assert story.floor.agents[LIN].line is Line.TALKING
    story.waits(OTHER)
    story.tell(ev.HungUp(CALL, "agent"), ev.TalkOver(CALL))
    assert story.rung() == [LIN]


def test_hold_retrieve_and_hang_up_while_held() -> None:
    story = Story()
    story.talks()
    assert story.tell(ev.HoldAsked(CALL, LIN)) == [do.ParkCaller(CALL)]
    assert story.tell(ev.RetrieveAsked(CALL, LIN)) == [do.JoinCaller(CALL)]
    story.tell(ev.HoldAsked(CALL, LIN))
    assert story.tell(ev.HangUpAsked(CALL, LIN)) == [do.ReleaseAgent(CALL), do.GoOn(CALL)]
    assert story.floor.calls[CALL].stage is Stage.AFTER


def test_a_transferred_caller_keeps_the_place_and_is_offered_to_the_target() -> None:
    story = Story()
    story.talks()
    entered = story.floor.calls[CALL].entered
    story.ready(ZHOU)
    story.tell(ev.TransferAsked(CALL, LIN, "agent", ZHOU), ev.HoldReached(CALL))
    assert story.rung() == [LIN, ZHOU]
    assert story.floor.calls[CALL].entered == entered
    assert story.floor.agents[LIN].line is Line.WRAPPING


def test_nothing_is_offered_while_the_pbx_is_away() -> None:
    story = Story()
    story.ready(LIN)
    story.tell(ev.PbxLeft("cut"))
    story.waits(CALL)
    assert story.rung() == []
    story.tell(ev.PbxJoined(2))
    assert story.rung() == [LIN]


def test_an_unreachable_phone_is_not_rung_until_it_is_back() -> None:
    story = Story()
    story.ready(LIN)
    story.tell(ev.PhoneLost("a8001"))
    story.waits(CALL)
    assert story.rung() == []
    story.tell(ev.PhoneReachable("a8001"))
    assert story.rung() == [LIN]


def test_signing_out_while_it_rings_gives_the_caller_back() -> None:
    story = Story()
    story.ready(LIN)
    story.waits(CALL)
    assert do.BringBack(CALL) in story.tell(ev.AgentSignedOut(LIN, "asked"))
    assert story.floor.calls[CALL].stage is Stage.WAITING
    assert story.floor.agents[LIN].presence is Presence.OFFLINE


def test_the_place_in_the_line_is_announced() -> None:
    story = Story()
    story.waits(CALL)
    story.waits(OTHER)
    assert story.tell(ev.AnnouncementDue(OTHER)) == [do.Announce(OTHER, 2, nobody=True)]
    assert story.tell(ev.AnnouncementDue(CALL)) == [do.Announce(CALL, 1, nobody=True)]


def test_a_phone_that_stays_away_puts_its_agent_on_break() -> None:
    story = Story()
    story.ready(LIN)
    story.tell(ev.PhoneLost("a8001"), ev.PhoneGraceOver("a8001"))
    assert story.floor.agents[LIN].presence is Presence.READY
    story.tell(ev.PhoneGraceOver("a8001"), after=30)
    assert story.floor.agents[LIN].reason == "phone_lost"
    assert ev.AgentAutoPaused(LIN, "phone_lost") in story.facts
    story.tell(ev.PhoneReachable("a8001"))
    assert not wants(story.floor, ev.PhoneGraceOver("a8001"))
