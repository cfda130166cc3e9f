"""A call out: the agent's own phone first, then the other side. Rules over the floor.

While it is dialled nobody waits: there is no place and no offer. Once the other side has answered
it is a talk like any other, with the same hold, transfer and wrap-up.
"""

from collections.abc import Callable
from typing import Any

from acd import callback
from acd.floor import Agent, Call, Floor, Line, Presence, Stage
from acd.moves import GRACE_S, free, leave_wrap_up, match_agent, ring_time
from acd.turn import Turn
from domain import commands as do, events as ev
from domain.ids import GroupId

NOT_TAKEN = "agent_away"
"""The agent's own phone was not picked up, so nobody was dialled."""
MAY_DIAL = (Line.FREE, Line.WRAPPING)


def may_dial(floor: Floor, agent: Agent) -> bool:
    """Tell whether this agent may start a call now: signed in, within reach, with a free line."""
    here = agent.presence is not Presence.OFFLINE and agent.endpoint in floor.reachable
    return floor.pbx_up and here and agent.line in MAY_DIAL


def wants(floor: Floor, event: ev.DialEnded | ev.FarRang) -> bool:
    """Tell whether this is news: the deadline of a phone picked up meanwhile is none."""
    call = floor.calls.get(event.call)
    if isinstance(event, ev.FarRang):
        return call is None or call.more.far != event.trunk
    if call is not None and call.back is not None and call.stage is Stage.OFFERED:
        return True
    picked_up = call is None or call.confirmed or call.stage is not Stage.DIALLING
    return not (event.why == NOT_TAKEN and picked_up)


def is_dialled(floor: Floor, event: ev.FarAnswered) -> bool:
    """Tell whether the answer is news: it is told twice."""
    call = floor.calls.get(event.call)
    return call is not None and call.stage is Stage.DIALLING


WANTED: dict[type[Any], Callable[[Floor, Any], bool]] = {
    ev.DialEnded: wants,
    ev.FarRang: wants,
    ev.FarAnswered: is_dialled,
}
"""Event → whether it is news."""


def _asked(turn: Turn, event: ev.DialAsked) -> None:
    agent = turn.floor.agents.get(event.agent)
    if event.call in turn.floor.calls:
        return
    if agent is None or not may_dial(turn.floor, agent):
        # the page was told of a call; something else came first
        turn.facts.append(ev.DialEnded(event.call, "agent_busy", by="system"))
        return
    leave_wrap_up(turn, agent, "dialled")
    turn.floor.rest(agent)
    call = _call(turn, event, agent)
    ring_s = ring_time(agent, turn.floor.rules(call).ring_s)
    turn.commands.append(
        do.PlaceCall(
            call.id,
            event.agent,
            agent.endpoint,
            event.routes,
            event.caller_id,
            ring_s,
            event.record,
            event.shown,
        )
    )
    turn.wake(ring_s + GRACE_S, ev.DialEnded(call.id, NOT_TAKEN, by="agent"))


def _call(turn: Turn, event: ev.DialAsked, agent: Agent) -> Call:
    """Put the call on the floor; the agent's first group gives its rules."""
    group = agent.card.groups[0] if agent.card.groups else GroupId("")
    call = Call(event.call, event.hotline, event.to, Stage.DIALLING, group, since=turn.now)
    call.agent, call.direction = event.agent, "out"
    turn.floor.calls[call.id] = call
    agent.line, agent.call = Line.DIALLING, call.id
    agent.since = agent.busy_from = turn.now
    return call


def _dialled(turn: Turn, event: Any) -> tuple[Call, Agent] | None:
    """Find a call that is still being dialled, and who dials it."""
    call = turn.floor.calls.get(event.call)
    if call is None or call.stage is not Stage.DIALLING or call.agent is None:
        return None
    return call, turn.floor.agents[call.agent]


def _began(turn: Turn, event: ev.DialBegan) -> None:
    known = turn.floor.calls.get(event.call)
    if known is not None and known.back is not None:
        callback.picked_up(turn, known)
    found = _dialled(turn, event)
    if found:
        call, _ = found
        call.confirmed = True
        if call.first_hangup:
            # hang up was pressed before there was a leg to end
            turn.commands.append(do.ReleaseAgent(call.id))


def _far_rang(turn: Turn, event: ev.FarRang) -> None:
    found = _dialled(turn, event)
    if found:
        found[0].more.far = event.trunk


def _far_answered(turn: Turn, event: ev.FarAnswered) -> None:
    found = _dialled(turn, event)
    if found:
        call, agent = found
        call.stage, call.since, call.first_hangup = Stage.TALKING, turn.now, ""
        call.confirmed = False
        agent.line, agent.since, agent.misses = Line.TALKING, turn.now, 0
        callback.reached(turn, call)


def _ended(turn: Turn, event: ev.DialEnded) -> None:
    found = _dialled(turn, event)
    if not found:
        callback.not_taken(turn, event)
    else:
        call, agent = found
        del turn.floor.calls[call.id]
        if event.why == NOT_TAKEN:
            turn.commands.append(do.ReleaseAgent(call.id))
        free(turn, agent)
        callback.not_reached(turn, call, agent)
        match_agent(turn, agent)


RULES: dict[type[Any], Callable[[Turn, Any], None]] = {
    ev.DialAsked: _asked,
    ev.DialBegan: _began,
    ev.FarRang: _far_rang,
    ev.FarAnswered: _far_answered,
    ev.DialEnded: _ended,
}
