"""A caller who is called back: the place waits on in the line, as a call that has no leg yet.

When its turn comes an agent is offered it like any call; who takes it up is connected to the
customer, whom the exchange dials then. Where that fails, the next attempt waits for its time as a
call of its own, at the old place: one at a time, `callback_tries` at most. It is over when the
customer was reached or rings again (that call takes the place), when somebody strikes it off, or
when it waited as long as is promised.
"""

from collections.abc import Callable
from typing import Any

from acd.floor import Agent, Back, Call, Floor, Line, Stage
from acd.moves import give_back, join, match_agent, queue, stand
from acd.turn import Turn
from domain import commands as do, events as ev
from domain.ids import CallId, GroupId

LATER_S = 600.0
NEVER = ("do_not_call", "not_allowed", "class_off", "emergency", "not_a_number", "own_number")
"""Refusals that no later time mends."""
NOT_TAKEN = {17: "busy", 21: "declined"}
"""Why an agent's own phone was not picked up, by Q.850 cause."""
_SIGNS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def next_id(call: CallId) -> CallId:
    """Name the next attempt: the last sign of the id (ULID, base 32) goes up by one."""
    return CallId(call[:-1] + _SIGNS[(_SIGNS.find(call[-1]) + 1) % len(_SIGNS)])


def waits(floor: Floor, call: CallId) -> Call | None:
    """Find a callback that waits: in the line, or for the time of its next attempt."""
    known = floor.calls.get(call)
    return known if known and known.back and known.stage is Stage.WAITING else None


def _key(call: Call) -> tuple[str, str, GroupId]:
    return (call.caller, call.hotline, call.group)


def _asked(turn: Turn, event: ev.CallbackAsked) -> None:
    """Let the place wait on without its caller; a callback asked for before is the same one."""
    floor, origin = turn.floor, turn.floor.calls.get(event.call)
    if origin is None or not event.callback or event.callback in floor.calls:
        return
    if origin.agent is not None:
        return  # it came too late: somebody speaks with the caller, or is about to
    floor.dequeue(origin)
    call = Call(event.callback, origin.hotline, event.number, Stage.WAITING, since=turn.now)
    call.group, call.direction, call.intent = event.group, "out", event.intent or origin.intent
    call.priority = origin.priority if origin.entered else event.priority
    call.entered, call.kept_s = origin.entered or turn.now, origin.kept_s
    call.head_start_s, call.needs = origin.head_start_s, origin.needs
    older = floor.calls.get(floor.backs.get(_key(call), CallId("")))
    origin.stage, origin.since = Stage.AFTER, turn.now
    if older is not None and older.stage is not Stage.WAITING:
        return  # somebody is just calling this number back
    if older is not None:
        _inherit(call, older)
        _drop(turn, older, "called_again")
    turn.wake(floor.rules(call).callback_s, ev.CallbackExpired(call.id))
    _place(turn, call, Back(origin.id))
    _line_up(turn, call)


def _place(turn: Turn, call: Call, back: Back) -> None:
    call.back, back.key = back, _key(call)
    turn.floor.calls[call.id] = call
    turn.floor.backs[back.key] = call.id
    queued = (call.id, back.origin, call.hotline, call.caller, call.group, back.attempt)
    turn.facts.append(ev.CallbackQueued(*queued))


def _inherit(call: Call, older: Call) -> None:
    """Wait as if since the earlier of two entries."""
    since = min(call.entered - call.kept_s, older.entered - older.kept_s)
    call.kept_s = call.entered - since


def _line_up(turn: Turn, call: Call) -> None:
    join(turn, call, call.needs)
    call.confirmed = True
    stand(turn, call)


def take_over(turn: Turn, call: Call) -> None:
    """Give the place of a callback to its customer, who rang again and chose the same group."""
    older = turn.floor.backs.get(_key(call))
    if older is None or call.back is not None:
        return
    waiting = turn.floor.calls[older]
    kept_s = call.kept_s
    _inherit(call, waiting)
    if call.kept_s > kept_s:
        turn.facts.append(ev.PlaceKept(call.id, call.group, round(call.kept_s, 1)))
    _drop(turn, waiting, "called_again")


def _drop(turn: Turn, call: Call, why: str) -> None:
    """End a callback; one that is just being dialled ends if nobody is reached."""
    if call.stage is Stage.WAITING:
        _end(turn, call, why)
    elif call.back is not None:
        call.back.ends = why


def _end(turn: Turn, call: Call, why: str) -> None:
    floor, back = turn.floor, call.back
    floor.dequeue(call)
    floor.calls.pop(call.id, None)
    _forget(floor, call)
    turn.facts.append(ev.CallbackLeft(call.id, why))
    if back is not None:
        turn.facts.append(ev.CallbackEnded(back.origin, call.id, why))


def _forget(floor: Floor, call: Call) -> None:
    if call.back is not None and floor.backs.get(call.back.key) == call.id:
        del floor.backs[call.back.key]


def moved(floor: Floor, call: Call) -> None:
    """Find a callback under its new group from now on, unless there is one for it already."""
    if call.back is not None:
        _forget(floor, call)
        call.back.key = _key(call)
        floor.backs.setdefault(call.back.key, call.id)


def take_home(turn: Turn, call: Call) -> None:
    """Let who was offered in vain wait again at the old place; the agent's phone is silent."""
    call.confirmed = False
    queue(turn, call)
    if call.back is None:
        turn.commands.append(do.BringBack(call.id))
        return
    turn.commands.append(do.ReleaseAgent(call.id))
    settle(turn, call)


def settle(turn: Turn, call: Call) -> None:
    """Let a callback that was offered in vain stand in the line again, unless it is over."""
    if call.back is not None and call.back.ends:
        _end(turn, call, call.back.ends)
    else:
        call.confirmed = True
        stand(turn, call)


def not_taken(turn: Turn, event: ev.DialEnded) -> None:
    """Take in that the agent's phone was not picked up, or that its leg is lost."""
    call = turn.floor.calls.get(event.call)
    if call is None or call.back is None or call.stage is not Stage.OFFERED:
        return
    agents = give_back(turn, call, NOT_TAKEN.get(event.cause, "no_answer"))
    queue(turn, call)
    settle(turn, call)
    for agent in agents:
        match_agent(turn, agent)


def picked_up(turn: Turn, call: Call) -> None:
    """The agent has taken it up: the customer is dialled."""
    agent = turn.floor.agents[call.agent] if call.agent else None
    if call.back is None or call.stage is not Stage.OFFERED or agent is None:
        return
    call.stage, call.since, call.rings, call.confirmed = Stage.DIALLING, turn.now, (), True
    agent.line, agent.since, agent.misses = Line.DIALLING, turn.now, 0


def reached(turn: Turn, call: Call) -> None:
    """The customer has answered: from here on it is a talk like any other."""
    back = call.back
    if back is not None:
        _forget(turn.floor, call)
        call.back = None
        turn.facts.append(ev.CallbackEnded(back.origin, call.id, "reached"))


def not_reached(turn: Turn, call: Call, agent: Agent) -> None:
    """Nobody answered: the next attempt has its time, or there is none."""
    floor, back = turn.floor, call.back
    if back is None:
        return
    _forget(floor, call)
    why = back.ends or ("not_reached" if back.attempt >= floor.rules(call).callback_tries else "")
    if why:
        turn.facts.append(ev.CallbackEnded(back.origin, call.id, why))
        return
    again = Call(next_id(call.id), call.hotline, call.caller, Stage.WAITING, since=turn.now)
    again.group, again.direction, again.intent = call.group, "out", call.intent
    again.priority, again.entered, again.kept_s = call.priority, call.entered, call.kept_s
    again.head_start_s, again.needs = call.head_start_s, call.needs
    _place(turn, again, Back(back.origin, back.attempt + 1))
    turn.wake(floor.rules(call).callback_retry_s, ev.CallbackDue(again.id))
    turn.wake(floor.rules(call).callback_s, ev.CallbackExpired(again.id))


def _held(turn: Turn, event: ev.CallbackHeld) -> None:
    """Let a callback that nobody may dial now rest; the agent who had it is free at once."""
    call = turn.floor.calls.get(event.call)
    if call is None or call.back is None or call.offer != event.offer:
        return
    if call.stage is not Stage.OFFERED:
        return
    agents = give_back(turn, call, "cancelled")
    call.stage, call.since, call.confirmed = Stage.WAITING, turn.now, False
    if event.why in NEVER or call.back.ends:
        _end(turn, call, call.back.ends or "not_allowed")
    else:
        turn.wake(event.again_s or LATER_S, ev.CallbackDue(call.id))
    for agent in agents:
        match_agent(turn, agent)


def _due(turn: Turn, event: ev.CallbackDue) -> None:
    call = waits(turn.floor, event.call)
    if call is not None and call.line is None:
        _line_up(turn, call)


def _over(turn: Turn, event: ev.CallbackExpired | ev.CallbackCancelled) -> None:
    call = waits(turn.floor, event.call)
    if call is not None:
        _end(turn, call, "expired" if isinstance(event, ev.CallbackExpired) else "cancelled")


def lost(turn: Turn, call: Call) -> None:
    """Forget a callback whose call the exchange lost while it was dialled."""
    if call.back is not None:
        _forget(turn.floor, call)
        turn.facts.append(ev.CallbackEnded(call.back.origin, call.id, "not_reached"))


RULES: dict[type[Any], Callable[[Turn, Any], None]] = {
    ev.CallbackAsked: _asked,
    ev.CallbackHeld: _held,
    ev.CallbackDue: _due,
    ev.CallbackExpired: _over,
    ev.CallbackCancelled: _over,
}
WANTED: dict[type[Any], Callable[[Floor, Any], bool]] = {
    ev.CallbackDue: lambda floor, event: waits(floor, event.call) is not None,
    ev.CallbackExpired: lambda floor, event: waits(floor, event.call) is not None,
    ev.CallbackCancelled: lambda floor, event: waits(floor, event.call) is not None,
}
