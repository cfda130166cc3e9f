"""Small moves that several rules share: reserve, free, give back, begin wrap-up."""

from dataclasses import dataclass, field

from acd.floor import Agent, Call, Floor, Line, Presence, Stage
from acd.strategies import STRATEGIES, longest_idle, next_call, trace
from domain import commands as do, events as ev
from domain.ids import CallId, Instant, OfferId

COOL_DOWN_S = {"declined": 60.0, "no_answer": 30.0, "busy": 15.0, "unreachable": 30.0}
"""How long the same pair is not tried again after a failed offer."""
MISSES_BEFORE_BREAK = 2
GRACE_S = 2.0
"""The engine's own deadline of an offer comes this long after Dial's time-out."""
MOBILE_RING_S = 40.0
"""A mobile phone rings late, and then its person listens and presses a key."""
FIRST_ANNOUNCEMENT_S = 3.0


@dataclass(slots=True)
class Outcome:
    """What a decision led to: facts of our own, commands for the PBX, timers."""

    facts: list[ev.Event] = field(default_factory=list)
    commands: list[do.PbxCommand] = field(default_factory=list)
    timers: list[do.WakeAt] = field(default_factory=list)


@dataclass(slots=True)
class Turn:
    """One event being decided: the floor, the instant, and the outcome as it grows."""

    floor: Floor
    now: Instant
    out: Outcome = field(default_factory=Outcome)

    def wake(self, after_s: float, event: ev.Event) -> None:
        """Ask to be told an event later."""
        self.out.timers.append(do.WakeAt(Instant(self.now + after_s), event))


def offer(turn: Turn, call: Call, agent: Agent) -> None:
    """Reserve the agent for the call and ring."""
    rules = turn.floor.rules(call)
    ring_s = ring_time(agent, rules.ring_s)
    record = call.id if rules.record else ""
    made = ev.OfferMade(
        call.id,
        agent.card.number,
        OfferId(turn.floor.last_offer + 1),
        call.group,
        ring_s,
        record,
        trace(turn.floor, call, agent, turn.now) if turn.floor.explains else "",
    )
    reserve(turn, call, agent, made)
    turn.out.facts.append(made)
    turn.out.commands.append(
        do.RingAgent(made.call, made.agent, agent.endpoint, made.offer, made.ring_s, record)
    )


def ring_time(agent: Agent, ring_s: float) -> float:
    """Give how long this agent's phone may ring, seconds."""
    return max(ring_s, MOBILE_RING_S) if agent.is_mobile else ring_s


def reserve(turn: Turn, call: Call, agent: Agent, made: ev.OfferMade) -> None:
    """Put an offer on the floor: just decided, or read back from the journal."""
    floor = turn.floor
    floor.dequeue(call)
    floor.rest(agent)
    floor.last_offer = made.offer
    call.stage, call.agent, call.offer, call.since = (
        Stage.OFFERED,
        made.agent,
        made.offer,
        turn.now,
    )
    call.first_hangup = ""
    agent.line, agent.call, agent.offer = Line.RESERVED, call.id, made.offer
    agent.since = turn.now
    turn.wake(made.ring_s + GRACE_S, ev.OfferExpired(call.id, made.offer))


def match_call(turn: Turn, call: Call) -> None:
    """Offer a waiting call if somebody idle may take it."""
    if not (turn.floor.may_offer and call.confirmed and call.stage is Stage.WAITING):
        return
    name = turn.floor.rules(call).strategy
    choose = turn.floor.strategies.get(name) or STRATEGIES.get(name, longest_idle)
    agent = choose(turn.floor, call, turn.now)
    if agent is not None:
        offer(turn, call, agent)


def match_agent(turn: Turn, agent: Agent) -> None:
    """Give an agent who may be idle now the next call."""
    turn.floor.seat(agent)
    if agent.idle_key is None or not turn.floor.may_offer:
        return
    call = next_call(turn.floor, agent, turn.now)
    if call is not None:
        offer(turn, call, agent)


def free(turn: Turn, agent: Agent) -> None:
    """Let go of an agent's line; signed-out agents stay out."""
    agent.line, agent.call, agent.offer, agent.wrap_until = Line.FREE, None, None, None
    agent.since = turn.now


def give_back(turn: Turn, call: Call, reason: str) -> None:
    """End an unanswered offer: the caller keeps the place, the agent is free again."""
    if call.agent is None or call.offer is None:
        return
    agent = turn.floor.agents[call.agent]
    turn.out.facts.append(ev.OfferFailed(call.id, agent.card.number, call.offer, reason))
    cool_s = COOL_DOWN_S.get(reason)
    if cool_s:
        call.barred[agent.card.number] = Instant(turn.now + cool_s)
        turn.wake(cool_s, ev.CoolDownOver(call.id))
    free(turn, agent)
    _count_miss(turn, agent, reason)
    call.agent, call.offer = None, None


def _count_miss(turn: Turn, agent: Agent, reason: str) -> None:
    """Put an agent who does not pick up on break, so that callers are not tried in vain."""
    if reason not in ("no_answer", "unreachable"):
        return
    agent.misses += 1
    if agent.misses >= MISSES_BEFORE_BREAK or reason == "unreachable":
        agent.presence, agent.reason, agent.misses = Presence.BREAK, "missed", 0
        turn.out.facts.append(ev.AgentAutoPaused(agent.card.number, "missed"))


def end_talk(turn: Turn, call: Call, by: str) -> None:
    """End the talk of a call and begin the agent's wrap-up."""
    if call.agent is None or call.stage not in (Stage.TALKING, Stage.HELD):
        return
    agent = turn.floor.agents[call.agent]
    turn.out.facts.append(ev.TalkEnded(call.id, agent.card.number, by))
    if call.parked:
        turn.out.commands.append(do.ReleaseAgent(call.id))
    call.agent, call.offer, call.parked, call.phone_held = None, None, False, False
    call.awaited = False
    _wrap_up(turn, agent, call)


def _wrap_up(turn: Turn, agent: Agent, call: Call) -> None:
    seconds = turn.floor.rules(call).wrap_s
    free(turn, agent)
    if agent.presence is Presence.OFFLINE or seconds <= 0:
        return
    agent.line, agent.call = Line.WRAPPING, call.id
    agent.wrap_until = Instant(turn.now + seconds)
    turn.out.facts.append(ev.WrapUpStarted(call.id, agent.card.number, seconds))
    turn.wake(seconds, ev.WrapUpExpired(agent.card.number, call.id))


def end_wrap_up(turn: Turn, agent: Agent, why: str) -> None:
    """End after-call work; the agent may take the next call."""
    if leave_wrap_up(turn, agent, why):
        match_agent(turn, agent)


def leave_wrap_up(turn: Turn, agent: Agent, why: str) -> bool:
    """End after-call work for something else to begin; tell whether there was any."""
    if agent.line is not Line.WRAPPING:
        return False
    turn.out.facts.append(ev.WrapUpEnded(agent.card.number, agent.call or CallId(""), why))
    free(turn, agent)
    return True


def queue(turn: Turn, call: Call) -> None:
    """Let a call wait (again) in its group, at the place it has."""
    call.stage, call.since = Stage.WAITING, turn.now
    turn.floor.enqueue(call)
