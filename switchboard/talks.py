"""Conversations with callers: the hotline's flow at the start, the survey after the talk.

Each runs in its own FastAGI session and tells what happened to the loop; it never decides who
answers. What it needs of the caller it reads from channel variables that the dialplan set.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from acd import Floor
from acd.floor import PHONE_LOST, Agent, Presence
from acd.quote import wait_of_next
from domain import events as ev
from domain.clock import Clock
from domain.commands import RingAgent
from domain.errors import CallerGone
from domain.ids import AgentId, CallId, GroupId, Instant, call_id
from domain.ports import FOR_EVER_S, AgentView, Caller, GroupView, Tell
from ivr.acts import AskHttp, HttpSeen
from ivr.calendar import DayKind
from ivr.model import NOBODY
from ivr.talk import MessagePlace, World, no_version, nobody_to_ask, talk
from office.model import Hotline
from pbx.agi import AgiSession
from pbx.caller import IS_HERE, AgiCaller
from pbx.legs import Legs
from recording import message_file
from survey import reason_not_to_ask
from switchboard.arrivals import TRUNK, Arrival, Arrivals
from switchboard.cards import Cards
from switchboard.draining import BUSY, MESSAGE, Drain
from switchboard.knowing import Knowing
from switchboard.leaving import flow_of
from switchboard.parked import NODE, Parked
from switchboard.placing import PLACED, Placing
from switchboard.plan import SURVEY_FLOW, Plan
from switchboard.switches import CLOSED, ByHand, Switch, looks_at_hours
from switchboard.versions import Versions, Walks, stand_in

OUTSIDE = "number"
"""The kind of a node, and of a rule's way out, that puts the caller through to a number outside."""
SORRY = "fallback_sorry"
"""What a caller of the blacklist hears where a sentence is wanted."""
CLOSED_SENTENCE = "closed"
"""What callers hear of a hotline closed by hand whose flow looks at no calendar."""


@dataclass(frozen=True, slots=True)
class FloorView:
    """What flows may know of the floor."""

    floor: Floor
    now: Callable[[], float]

    def agent(self, number: str) -> AgentView:
        """Tell whether an agent is signed in with a phone, and ready."""
        agent = self.floor.agents.get(AgentId(number))
        if agent is None or not _is_here(agent):
            return AgentView(signed_in=False, ready=False)
        return AgentView(signed_in=True, ready=agent.presence is Presence.READY)

    def group(self, name: str) -> GroupView:
        """Count who waits, who is ready and who is signed in, and estimate the wait."""
        group = GroupId(name)
        signed_in = sum(map(_is_here, self.floor.serving_ever(group)))
        waiting = len(self.floor.waiting.get(group, ()))
        wait_s = wait_of_next(self.floor, group, Instant(self.now()))
        return GroupView(
            waiting,
            self.floor.idle_in(group),
            signed_in,
            FOR_EVER_S if wait_s is None else wait_s,
        )


def _is_here(agent: Agent) -> bool:
    return agent.presence is not Presence.OFFLINE and agent.reason != PHONE_LOST


@dataclass(slots=True)
class Talks:
    """Starts the right conversation for each AGI session."""

    plan: Plan
    view: FloorView
    cards: Cards
    legs: Legs
    tell: Tell
    clock: Clock
    randomness: Callable[[], int]
    recordings: Path
    prompt_path: Callable[[Hotline, str, str], str]
    day_kind: DayKind
    arrivals: Arrivals = field(default_factory=Arrivals)
    caller_of: Callable[[Any], Caller] = AgiCaller
    http: Callable[[AskHttp], Awaitable[HttpSeen]] = nobody_to_ask
    parked: Parked = field(default_factory=Parked)
    switched: Callable[[str], Switch | None] = lambda hotline: None
    prompt_version: Callable[[str], str] = no_version
    draining: Callable[[], Drain | None] = lambda: None
    versions: Versions = field(init=False)

    def __post_init__(self) -> None:
        """Let a call keep the version with which it arrived."""
        self.versions = Versions(lambda: self.plan)

    async def flow(self, session: AgiSession) -> None:
        """Route `flow`: a call reached a hotline."""
        caller = self.caller_of(session)
        seen = await caller.variables(*self.arrivals.asked, NODE, IS_HERE)
        arrival = self.arrivals.read(seen, self.plan)
        call = CallId(seen["CC_CALL"])
        begins = not call
        if begins:
            channel = session.env.get("agi_channel", "")
            call = await self._arrived(caller, channel, arrival, seen[TRUNK])
        key = arrival.caller.key
        walks = self.versions.of(call, arrival.hotline, key)
        hotline = walks.hotline
        if do := self.plan.callers.blocked.get(key, ""):
            await self._turn_away(caller, call, hotline, do)
            return
        if begins and (drain := self.draining()):
            await self._drained(caller, call, hotline, drain)
            return
        if begins and await self._held_closed(caller, call, walks):
            return
        caller_shown = "" if arrival.caller.withheld else key
        world = replace(self._world(call, hotline, number=key), caller=caller_shown)
        parked = self.parked.take(call, seen[NODE], world.given())
        if seen[NODE]:
            await caller.set(NODE, "")
        state = await talk(walks.flow, caller, self._placing(hotline), world, parked)
        self.parked.keep(call, state)

    def _placing(self, hotline: Hotline) -> Tell:
        """Place by the groups in force when one is chosen, whatever version the call walks."""

        def place(event: ev.Event) -> None:
            if not isinstance(event, PLACED):
                self.tell(event)
                return
            plan = self.plan
            groups = {group.id: group for group in plan.config.groups}
            other = stand_in(plan, plan.hotlines.get(hotline.number, plan.default))
            new = self._new_call
            Placing(self.tell, hotline, groups, self.cards, self.clock, new, other)(event)

        return place

    def _new_call(self) -> CallId:
        return call_id(self.clock.utc_ms(), self.randomness())

    async def _held_closed(self, caller: Caller, call: CallId, walks: Walks) -> bool:
        """Play the sentence of a switch; True = closed by hand, and the flow would not see it."""
        hotline, switch = walks.hotline, self.switched(walks.hotline.number)
        if switch is None:
            return False
        blind = switch.state == CLOSED and not looks_at_hours(walks.flow, walks.plan.flows)
        if blind:
            self.tell(ev.FlowEnded(call, "closed"))
        sentence = switch.prompt or (CLOSED_SENTENCE if blind else "")
        if sentence:
            await caller.answer()
            await caller.play([self.prompt_path(hotline, sentence, hotline.language)])
        if blind:
            await caller.verdict("hangup")
        return blind

    async def _drained(self, caller: Caller, call: CallId, hotline: Hotline, drain: Drain) -> None:
        """Before maintenance a new caller gets busy, which a carrier may send on, or words."""
        self.tell(ev.FlowEnded(call, "closed"))
        if drain.new == MESSAGE:
            await caller.answer()
            said = self.prompt_path(hotline, drain.prompt or SORRY, hotline.language)
            await caller.play([said])
        await caller.verdict("busy" if drain.new == BUSY else "hangup")

    async def _turn_away(self, caller: Caller, call: CallId, hotline: Hotline, do: str) -> None:
        """A caller of the blacklist hears busy or a sentence, and nobody is asked."""
        self.tell(ev.CallBlocked(call, do))
        self.tell(ev.FlowEnded(call, "blocked"))
        if do == "message":
            await caller.answer()
            await caller.play([self.prompt_path(hotline, SORRY, hotline.language)])
        await caller.verdict("busy" if do == "reject" else "hangup")

    async def aside(self, session: AgiSession) -> None:
        """Route `aside`: a rule of the group took the caller off the hold music."""
        caller = self.caller_of(session)
        call = CallId((await caller.variables("CC_CALL", IS_HERE))["CC_CALL"])
        card, known = self.cards.cards.get(call), self.view.floor.calls.get(call)
        hotline = self.plan.hotlines.get(card.hotline) if card else None
        if known and known.more.exit[0] == OUTSIDE:
            await caller.verdict("out", CC_NODE="")
            return
        flow = flow_of(known.more.exit[0], known.group, known.more.exit[1]) if known else None
        if hotline is None or flow is None:
            await caller.verdict("hold")
            return
        number = card.caller if card else ""
        shown = "" if known and known.withheld else number
        world = replace(self._world(call, hotline, number=number), caller=shown)
        await talk(flow, caller, self._placing(hotline), world)

    async def after(self, session: AgiSession) -> None:
        """Route `after`: the agent's leg is gone; the caller rates, then goodbye."""
        caller = self.caller_of(session)
        call = CallId((await caller.variables("CC_CALL", IS_HERE))["CC_CALL"])
        if not call:
            await self._unmet(caller, session)
            return
        card = self.cards.cards.get(call)
        hotline = self.plan.hotlines.get(card.hotline) if card else None
        flow = self.versions.plan(call).flows.get(SURVEY_FLOW)
        if not (card and hotline and flow and self._may_ask(call, "agent")):
            await caller.verdict("hangup")
            return
        world = self._world(call, hotline, AgentId(card.agent), card.caller)
        await talk(flow, caller, self.tell, world)

    async def _unmet(self, caller: Caller, session: AgiSession) -> None:
        """Write down who came while no engine was there, and talked from the dialplan's queue."""
        seen = await caller.variables(*self.arrivals.asked)
        arrival = self.arrivals.read(seen, self.plan)
        channel = session.env.get("agi_channel", "")
        call = await self._arrived(caller, channel, arrival, seen[TRUNK])
        self.tell(ev.FlowEnded(call, "fallback"))
        await caller.verdict("hangup")

    def rates(self, ring: RingAgent) -> bool:
        """Tell whether a caller may be asked to rate after the talk that this ring leads to."""
        known = self.view.floor.calls.get(ring.call)
        return known is None or self.plan.asks(known.hotline, known.group)

    def _is_unasked(self, call: CallId) -> bool:
        card = self.cards.cards.get(call)
        return card is not None and not self.plan.asks(card.hotline, card.group)

    def _may_ask(self, call: CallId, ended_by: str) -> bool:
        card = self.cards.cards.get(call)
        if card is None or not card.agent or card.direction == "out":
            return False  # whom we called is not asked to rate
        reason = reason_not_to_ask(
            switched_on=self.plan.asks(card.hotline, card.group), answered=True, ended_by=ended_by
        )
        if reason:
            self.tell(ev.SurveySkipped(call, AgentId(card.agent), reason))
        return not reason

    def note(self, record: ev.Record) -> None:
        """Listener: a caller who hangs up first is not asked, and that is a fact too."""
        self.versions.note(record)
        self.parked.note(record)
        match record.event:
            case ev.TalkEnded(call, _, "caller" | "system" as by):
                self._may_ask(call, by)
            case ev.TalkEnded(call, _, "agent") if self._is_unasked(call):
                # the dialplan does not ask us here: it was told so at the ring
                self._may_ask(call, "agent")

    async def _arrived(self, caller: Caller, channel: str, arrival: Arrival, trunk: str) -> CallId:
        call = self._new_call()
        self.versions.begin(call, arrival.hotline, arrival.caller.key)
        self.legs.arrived(call, channel)
        self.tell(self._told(call, arrival, trunk))
        if not arrival.owned:
            self.tell(ev.CalledNumberUnknown(call, arrival.called, trunk))
        try:
            await caller.set("__CC_CALL", call)
        except CallerGone:
            # without the variable no AMI event could name this call any more
            self.tell(ev.CallEnded(call, 16, "gone before the first step"))
            raise
        return call

    def _told(self, call: CallId, arrival: Arrival, trunk: str) -> ev.CallArrived:
        walks = self.versions.of(call, arrival.hotline)
        return replace(
            arrival.told(call, trunk),
            flow=walks.name,
            flow_version=walks.plan.version,
            arm=walks.arm,
        )

    def _world(
        self, call: CallId, hotline: Hotline, agent: AgentId = NOBODY, number: str = ""
    ) -> World:
        plan = self.versions.plan(call)
        vip = plan.callers.vip.get(number, 0)
        return World(
            call,
            self.clock.utc_ms,
            self.clock.mono,
            self.view,
            ByHand(plan.calendars, lambda: self.switched(hotline.number)),
            lambda name, language: self.prompt_path(hotline, name, language),
            self._message_place,
            hotline.calendar,
            agent,
            plan.days(self.day_kind),
            {group: rank - vip for group, rank in plan.priorities().items()},
            self.cards.language(call) or hotline.language,
            "",
            Knowing(call, hotline, number, plan, self.cards, self.view, self.clock),
            self.http,
            plan.flows,
            self.prompt_version,
        )

    def _message_place(self, call: CallId, box: str) -> MessagePlace:
        file = message_file(call, self.clock.utc_ms())
        path = self.recordings / file
        path.parent.mkdir(parents=True, exist_ok=True)
        return MessagePlace(str(path.with_suffix("")), file)
