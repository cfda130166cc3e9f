"""Phones that come within reach and leave it, and what that means for the agents who sit there."""

from collections.abc import Callable
from typing import Any

from acd import overflow, resume
from acd.floor import PHONE_LOST, Agent, Floor, Line, Presence
from acd.moves import match_agent, stop_waiting_for
from acd.turn import Turn
from domain import events as ev

PHONE_GRACE_S = 30.0
"""How long a phone may be away, as at a reload of the page, before its agent is on break."""


def _reachable(turn: Turn, event: ev.PhoneReachable) -> None:
    turn.floor.reachable.add(event.endpoint)
    for agent in turn.floor.who_is_at(event.endpoint):
        resume.ring_again(turn, agent)
        match_agent(turn, agent)


def _phone_lost(turn: Turn, event: ev.PhoneLost) -> None:
    turn.floor.reachable.discard(event.endpoint)
    for agent in turn.floor.who_is_at(event.endpoint):
        turn.floor.rest(agent)
        agent.lost_since = turn.now
        turn.wake(PHONE_GRACE_S, ev.PhoneGraceOver(event.endpoint))


def _phone_grace_over(turn: Turn, event: ev.PhoneGraceOver) -> None:
    """Put on break whose phone stayed away: nobody shall wait for a desk that cannot ring."""
    for agent in turn.floor.who_is_at(event.endpoint):
        if _stayed_away(turn, agent):
            agent.presence, agent.reason, agent.since = Presence.BREAK, PHONE_LOST, turn.now
            turn.facts.append(ev.AgentAutoPaused(agent.card.number, PHONE_LOST))
            stop_waiting_for(turn, agent)
            overflow.agent_left(turn, agent)


def _stayed_away(turn: Turn, agent: Agent) -> bool:
    # an earlier, shorter loss set a timer too
    away = turn.now - agent.lost_since >= PHONE_GRACE_S
    gone = away and agent.endpoint not in turn.floor.reachable
    return gone and agent.line is Line.FREE and agent.presence is not Presence.OFFLINE


RULES: dict[type[Any], Callable[[Turn, Any], None]] = {
    ev.PhoneReachable: _reachable,
    ev.PhoneLost: _phone_lost,
    ev.PhoneGraceOver: _phone_grace_over,
}
WANTED: dict[type[Any], Callable[[Floor, Any], bool]] = {
    ev.PhoneGraceOver: lambda floor, event: event.endpoint not in floor.reachable,
}
