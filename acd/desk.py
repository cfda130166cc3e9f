"""What an agent presses, as rules over the floor: sign in, ready, break, hold, transfer, done."""

from collections.abc import Callable
from typing import Any

from acd import overflow
from acd.floor import Agent, Call, Line, Presence, Stage, own_group
from acd.moves import (
    end_talk,
    end_wrap_up,
    join,
    match_agent,
    stop_waiting_for,
)
from acd.together import withdraw
from acd.turn import Turn
from domain import commands as do, events as ev
from domain.ids import AgentId, GroupId


def _signed_in(turn: Turn, event: ev.AgentSignedIn) -> None:
    agent = turn.floor.agents.get(event.agent)
    if agent is None:
        return
    turn.floor.rest(agent)
    agent.presence, agent.reason = Presence.BREAK, "signed_in"
    turn.floor.sit_at(agent, event.phone, event.endpoint)
    agent.misses = 0
    stop_waiting_for(turn, agent)
    if agent.is_mobile:
        # it registers nowhere: whether it can be rung shows when it is
        turn.floor.reachable.add(event.endpoint)
    agent.since = turn.now if agent.line is Line.FREE else agent.since


def _signed_out(turn: Turn, event: ev.AgentSignedOut) -> None:
    agent = turn.floor.agents.get(event.agent)
    if agent is None:
        return
    turn.floor.rest(agent)
    end_wrap_up(turn, _offline(agent), "signed_out")
    stop_waiting_for(turn, agent)
    withdraw(turn, agent)
    overflow.agent_left(turn, agent)
    agent.since = turn.now if agent.line is Line.FREE else agent.since


def _offline(agent: Agent) -> Agent:
    agent.presence, agent.reason = Presence.OFFLINE, ""
    return agent


def _readied(turn: Turn, event: ev.AgentReadied) -> None:
    agent = turn.floor.agents.get(event.agent)
    if agent is None or agent.presence is Presence.OFFLINE:
        return
    fresh = agent.presence is not Presence.READY
    agent.presence, agent.reason, agent.misses = Presence.READY, "", 0
    if agent.line is Line.FREE:
        agent.since = turn.now if fresh else agent.since
        match_agent(turn, agent)


def _paused(turn: Turn, event: ev.AgentPaused) -> None:
    agent = turn.floor.agents.get(event.agent)
    if agent is None or agent.presence is Presence.OFFLINE:
        return
    turn.floor.rest(agent)
    agent.presence, agent.reason = Presence.BREAK, event.reason
    agent.since = turn.now if agent.line is Line.FREE else agent.since
    stop_waiting_for(turn, agent)


def _wrap_up_done(turn: Turn, event: ev.WrapUpDone) -> None:
    agent = turn.floor.agents.get(event.agent)
    if agent is not None:
        end_wrap_up(turn, agent, "done")


def _wrap_up_extended(turn: Turn, event: ev.WrapUpExtended) -> None:
    agent = turn.floor.agents.get(event.agent)
    if agent is not None and agent.line is Line.WRAPPING:
        agent.wrap_until = None


def _talk_of(turn: Turn, event: Any, stage: Stage) -> tuple[Call, Agent] | None:
    """Find the call and agent of a desk command, if they are talking to each other."""
    call = turn.floor.calls.get(event.call)
    if call is None or call.stage is not stage or call.agent != event.agent:
        return None
    return call, turn.floor.agents[event.agent]


def _hold_asked(turn: Turn, event: ev.HoldAsked) -> None:
    found = _talk_of(turn, event, Stage.TALKING)
    if found:
        call, agent = found
        call.stage, agent.line, call.parked = Stage.HELD, Line.HOLDING, True
        agent.since = turn.now
        turn.commands.append(do.ParkCaller(call.id))
        turn.facts.append(ev.TalkHeld(call.id, event.agent))


def _retrieve_asked(turn: Turn, event: ev.RetrieveAsked) -> None:
    apart = _talk_of(turn, event, Stage.TALKING)
    if apart and apart[0].parked:
        # taken back before, and never done: the engine or its link ended in between
        turn.commands.append(do.JoinCaller(event.call))
    found = _talk_of(turn, event, Stage.HELD)
    if not found:
        return
    call, agent = found
    if call.awaited:
        return
    if call.phone_held:
        # only the phone can open its own side again; it tells when it did
        turn.commands.append(do.NotifyPhone(call.id, "talk"))
        return
    call.stage, agent.line = Stage.TALKING, Line.TALKING
    agent.since = call.since
    turn.commands.append(do.JoinCaller(call.id))
    turn.facts.append(ev.TalkRetrieved(call.id, event.agent))


def _answer_asked(turn: Turn, event: ev.AnswerAsked) -> None:
    call, agent = turn.floor.calls.get(event.call), turn.floor.agents.get(event.agent)
    if call and agent and call.stage is Stage.OFFERED and event.agent in call.rings:
        beside = agent.endpoint if len(call.rings) > 1 else ""
        turn.commands.append(do.NotifyPhone(event.call, "talk", beside))


def _phone_held(turn: Turn, event: ev.PhoneHeld) -> None:
    """Follow the phone's own hold key: Asterisk plays the music, nobody is moved."""
    found = _talk_of(turn, event, Stage.TALKING)
    if found:
        call, agent = found
        call.stage, agent.line, call.phone_held = Stage.HELD, Line.HOLDING, True
        agent.since = turn.now
        turn.facts.append(ev.TalkHeld(call.id, event.agent))


def _phone_retrieved(turn: Turn, event: ev.PhoneRetrieved) -> None:
    found = _talk_of(turn, event, Stage.HELD)
    if found and found[0].phone_held:
        call, agent = found
        call.stage, agent.line, call.phone_held = Stage.TALKING, Line.TALKING, False
        agent.since = call.since
        turn.facts.append(ev.TalkRetrieved(call.id, event.agent))


def _hang_up_asked(turn: Turn, event: ev.HangUpAsked) -> None:
    dialling = _talk_of(turn, event, Stage.DIALLING)
    if dialling:
        dialling[0].first_hangup = "agent"
        turn.commands.append(do.ReleaseAgent(event.call))
        return
    found = _talk_of(turn, event, Stage.TALKING) or _talk_of(turn, event, Stage.HELD)
    if not found:
        return
    call, agent = found
    call.first_hangup = call.first_hangup or "agent"
    if call.stage is Stage.HELD and not call.phone_held:
        end_talk(turn, call, call.first_hangup)
        call.stage = Stage.AFTER
        turn.commands.append(do.GoOn(call.id))
        match_agent(turn, agent)
    else:
        turn.commands.append(do.ReleaseAgent(call.id))


def _target(turn: Turn, call: Call, event: ev.TransferAsked) -> GroupId:
    """Name where the caller waits next; who was passed on to somebody away stays in the group.

    The page refuses such a target before it asks; a phone's REFER is done when we hear of it.
    """
    if event.to_kind != "agent":
        return GroupId(event.to)
    target = turn.floor.agents.get(AgentId(event.to))
    away = target is None or target.presence is Presence.OFFLINE or event.to == event.agent
    return call.group if away and event.by == "phone" else own_group(event.to)


def _transfer_asked(turn: Turn, event: ev.TransferAsked) -> None:
    found = _talk_of(turn, event, Stage.TALKING) or _talk_of(turn, event, Stage.HELD)
    if not found:
        return
    call, agent = found
    group = _target(turn, call, event)
    kind = "agent" if group.startswith("@") else "group"
    turn.facts.append(ev.CallTransferred(call.id, event.agent, kind, group.lstrip("@")))
    if event.by != "phone":
        # first the caller to the music: once the agent's leg is gone, the caller's would go on
        # to what comes after a talk
        turn.commands.append(do.BringBack(call.id))
    end_talk(turn, call, "transfer")
    call.group, call.preferred = group, ""
    call.confirmed = False
    join(turn, call)
    match_agent(turn, agent)


RULES: dict[type[Any], Callable[[Turn, Any], None]] = {
    ev.AgentSignedIn: _signed_in,
    ev.AgentSignedOut: _signed_out,
    ev.AgentReadied: _readied,
    ev.AgentPaused: _paused,
    ev.WrapUpDone: _wrap_up_done,
    ev.WrapUpExtended: _wrap_up_extended,
    ev.HoldAsked: _hold_asked,
    ev.RetrieveAsked: _retrieve_asked,
    ev.AnswerAsked: _answer_asked,
    ev.PhoneHeld: _phone_held,
    ev.PhoneRetrieved: _phone_retrieved,
    ev.HangUpAsked: _hang_up_asked,
    ev.TransferAsked: _transfer_asked,
}
