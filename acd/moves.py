"""Small moves that several rules share: reserve, free, give back, begin wrap-up."""

from dataclasses import replace
from typing import Final

from acd.choose import beside, next_agent, next_call, trace
from acd.floor import (
    FREE,
    HELD,
    MOBILE,
    OFFERED,
    OFFLINE,
    PREFERRED,
    RESERVED,
    TALKING,
    WAITING,
    Agent,
    Call,
    GroupRules,
    Line,
    Presence,
    call_at,
)
from acd.steps import line_up, sticky_s
from acd.turn import Turn
from domain import commands as do, events as ev
from domain.ids import CallId, GroupId, Instant, OfferId

COOL_DOWN_S: Final = {"no_answer": 30.0, "busy": 15.0, "unreachable": 30.0}
"""How long the same pair is not tried again after a failed offer; a decline has its group's."""
GRACE_S: Final = 2.0
"""The engine's own deadline of an offer comes this long after Dial's time-out."""
MOBILE_RING_S: Final = 40.0
"""A mobile phone rings late, and then its person listens and presses a key."""
FIRST_ANNOUNCEMENT_S: Final = 3.0


def offer(turn: Turn, call: Call, agent: Agent, because: str = "") -> None:
    """Reserve the agent for the call and ring; `because` is why, where no rule chose."""
    floor, number = turn.floor, agent.number
    rules, offer = floor.rules(call), OfferId(floor.last_offer + 1)
    ring_s = ring_time(agent, rules.ring_s) if agent.phone == MOBILE else rules.ring_s
    record = call.id if rules.record and rules.records(call.hotline) else ""
    why = because or (trace(floor, call, agent, turn.now) if floor.explains else "")
    if rules.ring_several > 1 and not because and call.back is None:
        others = beside(floor, call, agent, turn.now)
        if others:
            made = ev.OfferMade(call.id, number, offer, call.group, ring_s, record, why, offer)
            _ring_together(turn, call, [agent, *others], made)
            return
    made = ev.OfferMade(call.id, number, offer, call.group, ring_s, record, why)
    reserve(turn, call, agent, made)
    turn.facts.append(made)
    turn.commands.append(_rung(call, made, agent.endpoint))


def _rung(call: Call, made: ev.OfferMade, endpoint: str) -> do.PbxCommand:
    """Ring the agent: the caller goes to the phone, or the customer is dialled once it is up."""
    call_id, agent, offer, ring_s = made.call, made.agent, made.offer, made.ring_s
    if call.back is None:
        return do.RingAgent(call_id, agent, endpoint, offer, ring_s, made.record)
    to, hotline = call.caller, call.hotline
    return do.RingBack(call_id, agent, endpoint, offer, ring_s, made.record, to, hotline)


def _ring_together(turn: Turn, call: Call, agents: list[Agent], first: ev.OfferMade) -> None:
    """Reserve several agents for one call, each with an offer, and ring them all at once."""
    numbers = [agent.number for agent in agents]
    why = f"{first.why}; rung together: {', '.join(numbers)}" if first.why else ""
    for n, agent in enumerate(agents):
        offer = OfferId(first.offer + n)
        made = replace(first, agent=numbers[n], offer=offer, why=why)
        reserve(turn, call, agent, made)
        turn.facts.append(made)
    more = tuple(agent.endpoint for agent in agents[1:])
    turn.commands.append(
        do.RingAgent(
            call.id, numbers[0], agents[0].endpoint, first.offer, first.ring_s, first.record, more
        )
    )


def ring_time(agent: Agent, ring_s: float) -> float:
    """Give how long this agent's phone may ring, seconds."""
    return max(ring_s, MOBILE_RING_S) if agent.is_mobile else ring_s


def reserve(turn: Turn, call: Call, agent: Agent, made: ev.OfferMade) -> None:
    """Put an offer on the floor: just decided, or read back from the journal."""
    floor, now, number = turn.floor, turn.now, made.agent
    if agent.seats is not None:
        floor.rest(agent)
    agent.line, agent.call = RESERVED, call.id
    agent.offer = floor.last_offer = made.offer
    agent.before = (agent.since, agent.offered)
    agent.since = agent.busy_from = agent.offered = now
    if made.together and call.rings and call.offer == made.together:
        call.rings = (*call.rings, number)
        return
    if call.place:
        floor.dequeue(call)
    call.stage, call.since = OFFERED, now
    call.first_hangup, call.agent = "", number
    call.offer, call.rings = made.offer, (number,)
    turn.wake(made.ring_s + GRACE_S, ev.OfferExpired(call.id, made.offer))


def match_call(turn: Turn, call: Call) -> None:
    """Offer a waiting call if somebody idle may take it."""
    line = call.line
    if line is None or not line.idle or call.stage is not WAITING or not turn.floor.may_offer:
        return
    agent = next_agent(turn.floor, call, turn.now)
    if agent is not None:
        offer(turn, call, agent)


def match_agent(turn: Turn, agent: Agent) -> None:
    """Give an agent who may be idle now the next call, or list them as idle."""
    floor = turn.floor
    if agent.seats is None and not floor.is_idle(agent):
        return
    offers = floor.pbx_up and not floor.recalling
    call = next_call(floor, agent, turn.now) if offers else None
    if call is not None:
        offer(turn, call, agent)
    else:
        floor.seat(agent)


def stand(turn: Turn, call: Call) -> None:
    """Let a caller who is on hold music be offered: in the line of the step that is due."""
    line_up(turn, call)
    match_call(turn, call)


def stop_waiting_for(turn: Turn, agent: Agent) -> None:
    """Give the calls that prefer this agent to their groups: the agent takes no calls now."""
    if agent.own is None or not agent.own.calls:
        return
    for place in list(agent.own.calls):
        call = turn.floor.calls[call_at(place)]
        if call.step == PREFERRED:
            stand(turn, call)


def free(turn: Turn, agent: Agent) -> None:
    """Let go of an agent's line; signed-out agents stay out."""
    if agent.line is not FREE:
        agent.busy_s += turn.now - agent.busy_from
    agent.line = FREE
    agent.call = agent.offer = agent.wrap_until = None
    agent.since = turn.now


def give_back(turn: Turn, call: Call, reason: str) -> list[Agent]:
    """End an unanswered offer: the caller keeps the place; give the agents, who are free again."""
    freed = [turn.floor.agents[number] for number in call.rings]
    call.agent, call.offer, call.rings = None, None, ()
    for agent in freed:
        end_ring(turn, call, agent, reason)
    return freed


def end_ring(turn: Turn, call: Call, agent: Agent, reason: str) -> None:
    """End the offer of one agent, who is free again; a pair that failed rests."""
    number = agent.number
    turn.facts.append(ev.OfferFailed(call.id, number, agent.offer or OfferId(0), reason))
    rules = turn.floor.rules(call)
    cool_s = rules.decline_s if reason == "declined" else COOL_DOWN_S.get(reason)
    if cool_s:
        call.barred = {**(call.barred or {}), number: Instant(turn.now + cool_s)}
        turn.wake(cool_s, ev.CoolDownOver(call.id))
    free(turn, agent)
    _count_miss(turn, agent, reason, rules.misses)


def _count_miss(turn: Turn, agent: Agent, reason: str, allowed: int) -> None:
    """Put an agent who does not pick up on break, so that callers are not tried in vain."""
    if reason not in ("no_answer", "unreachable"):
        return
    agent.misses += 1
    if 0 < allowed <= agent.misses or reason == "unreachable":
        agent.presence, agent.reason, agent.misses = Presence.BREAK, "missed", 0
        turn.facts.append(ev.AgentAutoPaused(agent.number, "missed"))
        stop_waiting_for(turn, agent)


def end_talk(turn: Turn, call: Call, by: str) -> Agent | None:
    """End the talk of a call and begin the agent's wrap-up; give the agent, if there was a talk."""
    if call.agent is None or (call.stage is not TALKING and call.stage is not HELD):
        return None
    agent, rules = turn.floor.agents[call.agent], turn.floor.rules(call)
    turn.facts.append(ev.TalkEnded(call.id, call.agent, by))
    if call.parked:
        turn.commands.append(do.ReleaseAgent(call.id))
    call.agent = call.offer = None
    call.parked = call.phone_held = call.awaited = False
    agent.served = rules.id if call.direction == "in" else GroupId("")
    if agent.served:
        turn.floor.pace(agent.served).worked(turn.now - agent.busy_from)
    _wrap_up(turn, agent, call, rules)
    return agent


def _wrap_up(turn: Turn, agent: Agent, call: Call, rules: GroupRules) -> None:
    free(turn, agent)
    seconds = 0.0 if rules.wrap_until_done else rules.wrap_s
    if not (seconds > 0 or rules.wrap_until_done) or agent.presence is OFFLINE:
        _count_wrap(turn, agent, 0.0)
        return
    agent.line, agent.call, agent.busy_from = Line.WRAPPING, call.id, turn.now
    turn.facts.append(ev.WrapUpStarted(call.id, agent.number, seconds))
    if seconds > 0:
        agent.wrap_until = Instant(turn.now + seconds)
        turn.wake(seconds, ev.WrapUpExpired(agent.number, call.id))


def end_wrap_up(turn: Turn, agent: Agent, why: str) -> None:
    """End after-call work; the agent may take the next call."""
    if leave_wrap_up(turn, agent, why):
        match_agent(turn, agent)


def leave_wrap_up(turn: Turn, agent: Agent, why: str) -> bool:
    """End after-call work for something else to begin; tell whether there was any."""
    if agent.line is not Line.WRAPPING:
        return False
    turn.facts.append(ev.WrapUpEnded(agent.number, agent.call or CallId(""), why))
    _count_wrap(turn, agent, turn.now - agent.busy_from)
    free(turn, agent)
    return True


def _count_wrap(turn: Turn, agent: Agent, seconds: float) -> None:
    if agent.served:
        turn.floor.pace(agent.served).wrapped(seconds)


def queue(turn: Turn, call: Call) -> None:
    """Let a call wait (again) for its group, at the place it has; it is offered once it stands."""
    call.stage, call.since = WAITING, turn.now
    turn.floor.enqueue(call)


def join(turn: Turn, call: Call, needs: str = "") -> None:
    """Let a call wait for a group that it did not wait for before; elsewhere it asks for less."""
    prefers = call.preferred and sticky_s(turn, call) > 0
    call.needs = needs
    call.began, call.step = turn.now, PREFERRED if prefers else 0
    queue(turn, call)
