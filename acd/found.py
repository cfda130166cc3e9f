"""What the dialplan did without the engine: who fell back to its queue, who talks from there."""

from collections.abc import Callable

from acd.floor import HELD, OFFERED, TALKING, Agent, Call, Floor, Line, Stage
from acd.moves import end_talk, give_back, leave_wrap_up, match_agent, reserve
from acd.together import withdraw
from acd.turn import Turn
from domain import commands as do, events as ev
from domain.ids import OfferId

WHY = "answered from the dialplan's own queue while no engine was there"


Answer = Callable[[Turn, ev.OfferAnswered], None]


def take_in(turn: Turn, event: ev.TalkFound, answer: Answer) -> None:
    """Make the offer that nobody made, and let it be answered."""
    if not clear(turn, event):
        return
    answered = ev.OfferAnswered(event.call, event.agent, _offered(turn, event))
    turn.facts.append(answered)
    answer(turn, answered)


def clear(turn: Turn, event: ev.TalkFound) -> bool:
    """End what either was in or was offered until then; tell whether their talk is a new one."""
    call, agent = turn.floor.calls.get(event.call), turn.floor.agents.get(event.agent)
    if call is None or agent is None or _join_again(turn, call, agent):
        return False
    _let_go(turn, call, agent)
    if call.stage is TALKING or call.stage is HELD:
        return False
    freed = give_back(turn, call, "cancelled") if call.stage is OFFERED else []
    leave_wrap_up(turn, agent, "found")
    withdraw(turn, agent)
    for other in freed:
        if other is not agent:
            match_agent(turn, other)
    _enter(turn, call)
    return agent.line is Line.FREE


def _enter(turn: Turn, call: Call) -> None:
    """Give a call that no flow had sent anywhere a group, and its waiting a beginning."""
    call.group = call.group or next(iter(turn.floor.groups), call.group)
    call.entered, call.began = call.entered or turn.now, call.began or turn.now


def _join_again(turn: Turn, call: Call, agent: Agent) -> bool:
    """Take in that the dialplan gave a held caller back to the agent; tell whether it was so."""
    if call.stage is not HELD or call.agent != agent.card.number:
        return False
    call.stage, agent.line = TALKING, Line.TALKING
    agent.since = call.since
    turn.facts.append(ev.TalkRetrieved(call.id, agent.card.number))
    return True


def _let_go(turn: Turn, call: Call, agent: Agent) -> None:
    """Take in that who held the caller has lost them: the dialplan found somebody else."""
    if call.stage is not HELD or not call.parked or call.agent == agent.card.number:
        return
    call.parked = False  # nobody's leg is to be released: the one that is there talks
    before = end_talk(turn, call, "system")
    call.stage, call.since = Stage.AFTER, turn.now
    if before is not None:
        match_agent(turn, before)


def _offered(turn: Turn, event: ev.TalkFound) -> OfferId:
    """Reserve the agent for the call of their talk."""
    floor = turn.floor
    call, agent = floor.calls[event.call], floor.agents[event.agent]
    offer = OfferId(floor.last_offer + 1)
    made = ev.OfferMade(call.id, event.agent, offer, call.group, 0.0, "", WHY)
    reserve(turn, call, agent, made)
    turn.facts.append(made)
    return offer


def fell_back(turn: Turn, event: ev.CallFellBack) -> None:
    """Take in that a caller is in the dialplan's own queue; bring who waits back to the music."""
    call = turn.floor.calls.get(event.call)
    if call is None:
        return
    agents = who_has(turn.floor, call)
    if call.stage is OFFERED:
        give_back(turn, call, "cancelled")
    if event.talks:
        call.parked = False
    end_talk(turn, call, call.first_hangup or "system")
    turn.floor.dequeue(call)
    call.confirmed, call.stage = event.talks, Stage.FALLBACK
    _enter(turn, call)
    call.more.in_net = event.queued
    if turn.floor.pbx_up:
        bring_back(turn, call)
    for agent in agents:
        match_agent(turn, agent)


def bring_back(turn: Turn, call: Call) -> None:
    """Bring who fell back to the music; who talks there talks on."""
    if call.stage is Stage.FALLBACK and not call.confirmed:
        turn.commands.append((do.LeaveQueue if call.more.in_net else do.BringBack)(call.id))


def who_has(floor: Floor, call: Call) -> list[Agent]:
    """List who has the call, or is rung for it."""
    numbers = call.rings or ((call.agent,) if call.agent else ())
    return [floor.agents[number] for number in numbers if number in floor.agents]
