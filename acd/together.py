"""Several agents rung together for one call: who answers first has it, the others lost nothing.

One of them may decline or be out of reach while the others ring on; the last one who rings is an
offer like any other.
"""

from typing import Any

from acd import callback
from acd.floor import OFFERED, Agent, Call, Floor, Line
from acd.moves import end_ring, give_back, match_agent
from acd.turn import Turn
from domain import commands as do, events as ev
from domain.ids import OfferId

ELSEWHERE = "elsewhere"
"""Why an offer ended that somebody else of those rung together answered."""


def rung(floor: Floor, event: Any) -> tuple[Call, Agent] | None:
    """Find the call and the agent of an offer that still rings; late news finds none."""
    call = floor.calls.get(event.call)
    if call is None or call.stage is not OFFERED or event.agent not in call.rings:
        return None
    agent = floor.agents[event.agent]
    return (call, agent) if agent.offer == event.offer else None


def is_one_of_several(floor: Floor, event: ev.RingEnded) -> bool:
    """Tell whether others ring on without this agent."""
    found = rung(floor, event)
    return found is not None and len(found[0].rings) > 1


def withdraw(turn: Turn, agent: Agent) -> None:
    """Take back what an agent is offered, who left or talks already; the caller keeps the place."""
    call = turn.floor.calls.get(agent.call) if agent.call else None
    if call is None or call.stage is not OFFERED:
        return
    if len(call.rings) > 1:
        turn.commands.append(do.StopRinging(call.id, agent.endpoint))
        _leave(turn, call, agent, "cancelled")
    else:
        give_back(turn, call, "cancelled")
        callback.take_home(turn, call)


def drop_out(turn: Turn, call: Call, agent: Agent, reason: str) -> None:
    """Let one of several agents go; the others ring on."""
    _leave(turn, call, agent, reason)
    match_agent(turn, agent)


def _leave(turn: Turn, call: Call, agent: Agent, reason: str) -> None:
    call.rings = tuple(each for each in call.rings if each != agent.number)
    call.agent = call.rings[0]
    end_ring(turn, call, agent, reason)


def silence(turn: Turn, call: Call, agent: Agent, reason: str) -> None:
    """Stop one of several phones, because its agent will not answer."""
    turn.commands.append(do.StopRinging(call.id, agent.endpoint))
    drop_out(turn, call, agent, reason)


def take(turn: Turn, call: Call, agent: Agent) -> None:
    """Give the call to who answered; the others are idle again, since when they were before."""
    others = [turn.floor.agents[each] for each in call.rings if each != agent.number]
    call.agent, call.offer = agent.number, agent.offer
    turn.commands.append(do.TellWinner(call.id, agent.endpoint, call.offer or OfferId(0)))
    for other in others:
        _lose(turn, call, other)


def _lose(turn: Turn, call: Call, agent: Agent) -> None:
    number, offer = agent.number, agent.offer
    if offer is not None:
        turn.facts.append(ev.OfferFailed(call.id, number, offer, ELSEWHERE))
    agent.line, agent.call, agent.offer = Line.FREE, None, None
    agent.since, agent.offered = agent.before
    match_agent(turn, agent)
