"""A talk whose agent's phone went: the caller hears music, and the phone takes the talk up again.

The talk is one talk all the while, held. A page that is only out of touch still sends audio and is
never parked: `PhoneSilent` is told when nothing comes from it any more. So with a desk phone that
has lost its power: it rings when it is back.
"""

from collections.abc import Callable
from typing import Any

from acd.floor import PHONE_LOST, Agent, Call, Floor, Line, Stage
from acd.moves import end_talk, join, match_agent
from acd.turn import Turn
from domain import commands as do, events as ev
from domain.ids import CallId, OfferId

RESUME_S = 20.0
"""How long a caller waits for the agent's phone to come back."""
RING_S = {"browser": 5.0, "phone": 15.0}
"""A page picks up by itself, at once; somebody picks a desk phone up."""
FRONT = 0
"""Before every priority of a flow."""


def is_awaited(floor: Floor, call: CallId) -> bool:
    """Tell whether the caller of this call waits for an agent's phone."""
    known = floor.calls.get(call)
    return known is not None and known.awaited


def ring_again(turn: Turn, agent: Agent) -> None:
    """Ring the phone that is back, if a caller waits for it."""
    call = turn.floor.calls.get(agent.call) if agent.call else None
    if call is None or not call.awaited or agent.endpoint not in turn.floor.reachable:
        return
    number, offer = agent.card.number, call.offer or OfferId(0)
    ring_s = RING_S.get(agent.phone, RING_S["phone"])
    turn.commands.append(do.ResumeAgent(call.id, number, agent.endpoint, offer, ring_s))


def _silent(turn: Turn, event: ev.PhoneSilent) -> None:
    call = turn.floor.calls.get(event.call)
    agent = turn.floor.agents.get(event.agent)
    if call is None or agent is None or call.agent != event.agent or call.awaited:
        return
    if call.stage is Stage.TALKING:
        turn.facts.append(ev.TalkHeld(call.id, event.agent, PHONE_LOST))
        agent.since = turn.now
    elif call.stage is not Stage.HELD:
        return
    _park(call, agent)
    agent.lost_since = turn.now
    turn.wake(RESUME_S, ev.ResumeExpired(call.id, event.agent))
    if agent.endpoint in turn.floor.reachable:
        ring_again(turn, agent)  # not by way of the music: one move at a time
    else:
        turn.commands.append(do.AwaitAgent(call.id))


def _park(call: Call, agent: Agent) -> None:
    call.stage, agent.line = Stage.HELD, Line.HOLDING
    call.awaited, call.parked, call.phone_held = True, False, False


def _resumed(turn: Turn, event: ev.PhoneResumed) -> None:
    call = turn.floor.calls.get(event.call)
    if call is None or not call.awaited or call.agent != event.agent:
        return
    agent = turn.floor.agents[event.agent]
    call.stage, call.awaited, call.first_hangup = Stage.TALKING, False, ""
    agent.line, agent.since = Line.TALKING, call.since
    turn.facts.append(ev.TalkRetrieved(call.id, event.agent))


def _expired(turn: Turn, event: ev.ResumeExpired) -> None:
    """Let the caller go before all others: it was no fault of theirs."""
    call = turn.floor.calls.get(event.call)
    if call is None or not call.awaited:
        return
    agent = turn.floor.agents[event.agent]
    if turn.now - agent.lost_since < RESUME_S:
        return  # the deadline of an earlier, shorter loss
    end_talk(turn, call, "system")
    call.priority, call.front, call.confirmed = FRONT, True, False
    call.preferred = ""
    call.entered = call.entered or call.since
    chosen = ev.GroupChosen(call.id, call.group, FRONT, call.intent, needs=call.needs)
    turn.facts.append(chosen)
    turn.commands.append(do.BringBack(call.id))
    join(turn, call, call.needs)
    match_agent(turn, agent)


RULES: dict[type[Any], Callable[[Turn, Any], None]] = {
    ev.PhoneSilent: _silent,
    ev.PhoneResumed: _resumed,
    ev.ResumeExpired: _expired,
}
