"""What people decide in place of the rules: pick a waiting call, move it, change its priority.

A decision that came too late, because the call was offered or left meanwhile, counts for nothing
and is not written down.
"""

from collections.abc import Callable
from typing import Any

from acd import callback
from acd.floor import Agent, Call, Floor, Line, Presence, Stage, own_group
from acd.moves import join, leave_wrap_up, offer, stand
from acd.turn import Turn
from domain import events as ev
from domain.ids import CallId, GroupId


def waiting(floor: Floor, call: CallId) -> Call | None:
    """Find a call, if it waits."""
    known = floor.calls.get(call)
    return known if known is not None and known.stage is Stage.WAITING else None


def can_be_rung(floor: Floor, agent: Agent) -> bool:
    """Tell whether an agent may pick a call: at a phone within reach, in no call; a break is fine.

    Who picks decided so; wrap-up ends by it, a break goes on after the talk.
    """
    there = agent.presence is not Presence.OFFLINE and agent.endpoint in floor.reachable
    return there and agent.line in (Line.FREE, Line.WRAPPING)


def works_for(agent: Agent, call: Call) -> bool:
    """Tell whether a call waits in a group of this agent, whatever the level."""
    return call.group in agent.card.groups or agent.serves(call.group)


def _pair(floor: Floor, event: ev.CallPicked) -> tuple[Call, Agent] | None:
    call, agent = waiting(floor, event.call), floor.agents.get(event.agent)
    if call is None or agent is None or not call.confirmed or not can_be_rung(floor, agent):
        return None
    return call, agent


def _picked(turn: Turn, event: ev.CallPicked) -> None:
    found = _pair(turn.floor, event)
    if found is None:
        return
    call, agent = found
    leave_wrap_up(turn, agent, "picked")
    if turn.floor.may_offer:
        offer(turn, call, agent, _why(turn, call, agent, event.by))


def _why(turn: Turn, call: Call, agent: Agent, by: str) -> str:
    number = agent.card.number
    able = call.line is not None and number in call.line.levels
    note = "" if able else ", does not qualify for its line"
    place = f"place {turn.floor.position(call)} in {call.group}"
    return f"{number} picked by {by}{note}; {place}, waited {turn.now - call.entered:.1f}s"


def _moved(turn: Turn, event: ev.CallMoved) -> None:
    call = waiting(turn.floor, event.call)
    if call is None:
        return
    turn.floor.dequeue(call)
    call.group = own_group(event.to) if event.to_kind == "agent" else GroupId(event.to)
    call.preferred = ""
    callback.moved(turn.floor, call)
    join(turn, call)
    if call.confirmed:
        stand(turn, call)


def _priority_changed(turn: Turn, event: ev.PriorityChanged) -> None:
    call = waiting(turn.floor, event.call)
    if call is None:
        return
    stood, call.priority = call.line is not None, event.priority
    turn.floor.enqueue(call)
    if stood:
        turn.floor.stand(call, call.step)


RULES: dict[type[Any], Callable[[Turn, Any], None]] = {
    ev.CallPicked: _picked,
    ev.CallMoved: _moved,
    ev.PriorityChanged: _priority_changed,
}
WANTED: dict[type[Any], Callable[[Floor, Any], bool]] = {
    ev.CallPicked: lambda floor, event: floor.may_offer and _pair(floor, event) is not None,
    ev.CallMoved: lambda floor, event: waiting(floor, event.call) is not None,
    ev.PriorityChanged: lambda floor, event: waiting(floor, event.call) is not None,
}
"""What must still be so for a decision to count."""
