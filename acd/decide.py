"""Take in one event, whole, before the next: `decide(floor, event, now)`.

The table `RULES` is the reading guide: one small rule per event that changes the floor. An event
that is not in it changes nothing here. A rule that finds the floor in another state than it
expects does nothing: late and doubled events are harmless.
"""

from collections.abc import Callable
from typing import Any, Final

from acd import (
    by_hand,
    callback,
    desk,
    found,
    out,
    outside,
    overflow,
    phones,
    resume,
    steps,
    tips,
    turns,
)
from acd.asked import is_hopeless
from acd.floor import HELD, OFFERED, ON_LINE, TALKING, WAITING, Call, Floor, Line, Stage
from acd.moves import (
    FIRST_ANNOUNCEMENT_S,
    end_talk,
    end_wrap_up,
    free,
    give_back,
    join,
    match_agent,
    match_call,
    queue,
    reserve,
    stand,
)
from acd.quote import announce
from acd.redial import give_place, keep_place
from acd.together import drop_out, is_one_of_several, rung, silence, take
from acd.turn import Turn
from domain import commands as do, events as ev
from domain.ids import CallId, Instant

CHOOSING: Final = frozenset({Stage.IVR, Stage.AFTER})
"""Where a flow may still choose a group."""
ELSEWHERE: Final = frozenset({Stage.FALLBACK, Stage.ASIDE, Stage.OUTSIDE})
"""The PBX is believed: whoever comes from here to the hold music waits again."""
DIAL_STATUS: Final = {
    "NOANSWER": "no_answer",
    "BUSY": "busy",
    "CONGESTION": "unreachable",
    "CHANUNAVAIL": "unreachable",
    "CANCEL": "caller_left",
    "LOST": "cancelled",
}
"""Asterisk's DIALSTATUS in our words; LOST is ours: the engine died between deciding and acting."""


def decide(floor: Floor, event: ev.Event, now: Instant) -> Turn:
    """Change the floor by one event; return the facts, commands and timers that follow."""
    turn = Turn(floor, now)
    rule = RULES.get(type(event))
    if rule is not None:
        rule(turn, event)
    return turn


def recall(floor: Floor, event: ev.Event, now: Instant) -> Turn:
    """Take in one record of the journal, the core's own offers too; nothing may act on it."""
    turn = Turn(floor, now)
    if isinstance(event, ev.CallOverflowed) and event.call in floor.calls:
        overflow.take(turn, event)
    elif isinstance(event, ev.OfferMade):
        call, agent = floor.calls.get(event.call), floor.agents.get(event.agent)
        if call is not None and agent is not None:
            reserve(turn, call, agent, event)
    elif isinstance(event, ev.TalkFound):
        found.clear(turn, event)  # its offer and answer follow
    elif not isinstance(event, ev.DERIVED):
        return decide(floor, event, now)
    return turn


def wants(floor: Floor, event: ev.Event) -> bool:
    """Tell whether a timer that came due still means something; the others are not written."""
    ask = WANTED.get(type(event))
    return ask is None or ask(floor, event)


def _is_waiting(floor: Floor, event: ev.AnnouncementDue | ev.CoolDownOver) -> bool:
    call = floor.calls.get(event.call)
    return call is not None and call.stage is WAITING


def _is_after(floor: Floor, event: ev.LeftOnHold) -> bool:
    call = floor.calls.get(event.call)
    return call is not None and call.stage is Stage.AFTER


def _is_wrapping(floor: Floor, event: ev.WrapUpExpired) -> bool:
    agent = floor.agents.get(event.agent)
    if agent is None or agent.line is not Line.WRAPPING:
        return False
    return agent.call == event.call and agent.wrap_until is not None


WANTED: Final[dict[type[Any], Callable[[Floor, Any], bool]]] = {
    ev.OfferExpired: lambda floor, event: _offered(floor, event.call, event.offer) is not None,
    ev.OfferAnswered: lambda floor, event: rung(floor, event) is not None,
    ev.RingEnded: is_one_of_several,
    ev.CallEnded: lambda floor, event: event.call in floor.calls,
    ev.CallLost: lambda floor, event: event.call in floor.calls,
    ev.LeftOnHold: _is_after,
    ev.AnnouncementDue: _is_waiting,
    ev.CoolDownOver: _is_waiting,
    ev.WrapUpExpired: _is_wrapping,
    ev.ResumeExpired: lambda floor, event: resume.is_awaited(floor, event.call),
    ev.PhoneResumed: lambda floor, event: resume.is_awaited(floor, event.call),
    ev.StepDue: steps.wants,
    **by_hand.WANTED,
    **out.WANTED,
    **overflow.WANTED,
    **callback.WANTED,
    **turns.WANTED,
    **phones.WANTED,
    **tips.WANTED,
}
"""What must still be so for an event to count."""


def _offered(floor: Floor, call: CallId, offer: int) -> Call | None:
    known = floor.calls.get(call)
    return known if known and known.offer == offer and known.stage is OFFERED else None


def _arrived(turn: Turn, event: ev.CallArrived) -> None:
    if event.call not in turn.floor.calls:
        call = Call(event.call, event.hotline, event.caller, since=turn.now)
        call.withheld = event.withheld
        turn.floor.calls[event.call] = call


def _group_chosen(turn: Turn, event: ev.GroupChosen) -> None:
    call = turn.floor.calls.get(event.call)
    if call is None or call.stage not in CHOOSING:
        return
    call.group, call.priority, call.intent = event.group, event.priority, event.intent
    call.head_start_s, call.preferred, call.wait_for_s = event.head_start_s, event.preferred, -1.0
    _enter(turn, call)
    join(turn, call, _needs(turn, event) if event.needs else "")


def _enter(turn: Turn, call: Call) -> None:
    """Give a call the place that it earned: now, before on a redial, or by its callback."""
    call.entered, call.kept_s = call.entered or turn.now, 0.0
    if call.caller and not call.withheld:
        give_place(turn, call)
        callback.take_over(turn, call)


def _needs(turn: Turn, event: ev.GroupChosen) -> str:
    """Give what a call asks for itself, unless nobody could ever take it then."""
    if not is_hopeless(turn.floor, event.group, event.needs):
        return event.needs
    turn.facts.append(ev.NeedsDropped(event.call, event.group, event.needs))
    return ""


def _agent_chosen(turn: Turn, event: ev.AgentChosen) -> None:
    """Let a call wait for one person first; without a group, for that person's own one after."""
    call, agent = turn.floor.calls.get(event.call), turn.floor.agents.get(event.agent)
    if call is None or call.stage not in CHOOSING:
        return
    own = agent.card.groups[0] if agent and agent.card.groups else event.group
    call.group, call.priority, call.intent = event.group or own, event.priority, event.intent
    call.head_start_s, call.preferred = event.head_start_s, event.agent
    call.wait_for_s = event.wait_s
    _enter(turn, call)
    join(turn, call)


def _hold_reached(turn: Turn, event: ev.HoldReached) -> None:
    call = turn.floor.calls.get(event.call)
    if call is None:
        return
    if call.stage is not WAITING:
        if call.stage not in ELSEWHERE:
            return
        queue(turn, call)
    call.confirmed = True
    stand(turn, call)
    if call.stage is WAITING:  # who is offered at once is told nothing
        _begin_to_wait(turn, call)


def _begin_to_wait(turn: Turn, call: Call) -> None:
    rules = turn.floor.rules(call)
    if rules.tips or rules.callback:
        tips.begin(turn, call, rules)
    if rules.overflow:
        overflow.arrived(turn, call, rules)
    if not call.announced and call.line is not None:
        call.announced = True
        turn.wake(FIRST_ANNOUNCEMENT_S, ev.AnnouncementDue(call.id))


def _phone_rang(turn: Turn, event: ev.PhoneRang) -> None:
    found = rung(turn.floor, event)
    if found is not None:
        found[1].line = Line.RINGING


def _answered(turn: Turn, event: ev.OfferAnswered) -> None:
    found = rung(turn.floor, event)
    if found is None:
        return
    call, agent = found
    turn.floor.pace(call.group).waited(turn.now - call.began, gave_up=False)
    call.stage, call.since = TALKING, turn.now
    call.first_hangup, call.confirmed = "", False
    agent.line, agent.since = ON_LINE, turn.now
    agent.misses = 0
    agent.answered += 1
    if len(call.rings) > 1:
        take(turn, call, agent)
    call.rings = ()


def _declined(turn: Turn, event: ev.OfferDeclined) -> None:
    found = rung(turn.floor, event)
    if found is None:
        return
    call, agent = found
    if len(call.rings) > 1:
        silence(turn, call, agent, "declined")
    else:
        _take_back(turn, call, "declined", do.BringBack(call.id))


def _ring_ended(turn: Turn, event: ev.RingEnded) -> None:
    found = rung(turn.floor, event)
    if found is not None and len(found[0].rings) > 1:
        drop_out(turn, *found, DIAL_STATUS.get(event.status, "unreachable"))


def _expired(turn: Turn, event: ev.OfferExpired) -> None:
    call = _offered(turn.floor, event.call, event.offer)
    if call is not None:
        _take_back(turn, call, "no_answer", do.BringBack(call.id))


def _dial_failed(turn: Turn, event: ev.DialFailed) -> None:
    call = _offered(turn.floor, event.call, event.offer)
    if call is not None:
        _take_back(turn, call, DIAL_STATUS.get(event.status, "unreachable"), None)


def _take_back(turn: Turn, call: Call, reason: str, command: do.PbxCommand | None) -> None:
    """Return a caller to the place they had; the hold context will confirm."""
    agents = give_back(turn, call, reason)
    if call.back is not None:
        callback.take_home(turn, call)
    else:
        call.confirmed = False
        queue(turn, call)
        turn.commands += [command] if command is not None else []
    for agent in agents:
        match_agent(turn, agent)


def _hung_up(turn: Turn, event: ev.HungUp) -> None:
    call = turn.floor.calls.get(event.call)
    if call is None or (call.awaited and event.leg == "agent"):
        return  # the dead leg of a phone that may come back
    call.first_hangup = call.first_hangup or event.leg
    if event.leg == "agent" and call.stage is HELD and not call.phone_held:
        call.parked = False
        _after_talk(turn, call)
        turn.commands.append(do.GoOn(call.id))


def _talk_over(turn: Turn, event: ev.TalkOver) -> None:
    call = turn.floor.calls.get(event.call)
    if call is not None:
        _after_talk(turn, call)


def _left_on_hold(turn: Turn, event: ev.LeftOnHold) -> None:
    turn.commands += [do.ReleaseAgent(event.call), do.GoOn(event.call)]


def _after_talk(turn: Turn, call: Call) -> None:
    if call.stage is not TALKING and call.stage is not HELD:
        return
    agent = end_talk(turn, call, call.first_hangup or "agent")
    call.stage, call.since = Stage.AFTER, turn.now
    if agent is not None:
        match_agent(turn, agent)


def _ended(turn: Turn, event: ev.CallEnded | ev.CallLost) -> None:
    call = turn.floor.calls.pop(event.call, None)
    if call is None:
        return
    lost = type(event) is ev.CallLost
    if call.back is not None:
        callback.lost(turn, call)
    keep_place(turn, call, lost=lost)
    agent = end_talk(turn, call, "system" if lost else call.first_hangup or "caller")
    if agent is not None:
        match_agent(turn, agent)
    else:
        _left(turn, call, lost=lost)


def _left(turn: Turn, call: Call, *, lost: bool) -> None:
    """Take in that a caller is gone to whom nobody spoke."""
    agents = found.who_has(turn.floor, call)
    turn.floor.dequeue(call)
    if call.stage is OFFERED:
        give_back(turn, call, "caller_left")
    elif call.stage is Stage.DIALLING:
        for agent in agents:
            free(turn, agent)
    if (call.stage is WAITING or call.stage is OFFERED) and not lost:
        turn.floor.pace(call.group).waited(turn.now - call.began, gave_up=True)
    for agent in agents:
        match_agent(turn, agent)


def _try_again(turn: Turn, event: ev.CoolDownOver) -> None:
    call = turn.floor.calls.get(event.call)
    if call is not None:
        match_call(turn, call)


def _step_due(turn: Turn, event: ev.StepDue) -> None:
    call = turn.floor.calls.get(event.call)
    if call is not None and steps.wants(turn.floor, event):
        stand(turn, call)


def _wrap_up_expired(turn: Turn, event: ev.WrapUpExpired) -> None:
    agent = turn.floor.agents.get(event.agent)
    if agent and agent.call == event.call and agent.wrap_until is not None:
        end_wrap_up(turn, agent, "expired")


RULES: Final[dict[type[Any], Callable[[Turn, Any], None]]] = {
    ev.CallArrived: _arrived,
    ev.GroupChosen: _group_chosen,
    ev.AgentChosen: _agent_chosen,
    ev.HoldReached: _hold_reached,
    ev.CallFellBack: found.fell_back,
    ev.PhoneRang: _phone_rang,
    ev.OfferAnswered: _answered,
    ev.TalkFound: lambda turn, event: found.take_in(turn, event, _answered),
    ev.OfferDeclined: _declined,
    ev.OfferExpired: _expired,
    ev.DialFailed: _dial_failed,
    ev.RingEnded: _ring_ended,
    ev.HungUp: _hung_up,
    ev.TalkOver: _talk_over,
    ev.LeftOnHold: _left_on_hold,
    ev.CallEnded: _ended,
    ev.CallLost: _ended,
    ev.AnnouncementDue: announce,
    ev.CoolDownOver: _try_again,
    ev.StepDue: _step_due,
    ev.WrapUpExpired: _wrap_up_expired,
    **desk.RULES,
    **out.RULES,
    **resume.RULES,
    **by_hand.RULES,
    **overflow.RULES,
    **callback.RULES,
    **turns.RULES,
    **phones.RULES,
    **outside.RULES,
    **tips.RULES,
}
