"""Who meets whom: the best place for an agent, the first agent for a call, and why it was they."""

from itertools import islice
from typing import Final

from acd.floor import Agent, Call, Floor, call_at
from acd.ranked import Key
from acd.strategies import longest_idle
from acd.waiting import WaitingLine
from domain.ids import AgentId, Instant

WHY: Final = "%s idle %.1fs, %s [%s]%s; place %d in %s%s, waited %.1fs"
NUMBER: Final = "%g"
"""Filled in by `%`: compiled, an f-string asks Python once for each number that has a format."""


def may_take(agent: Agent, call: Call, now: Instant) -> bool:
    """Tell whether this pair is not cooling down after a decline or a missed ring."""
    return not call.barred or call.barred.get(agent.number, now) <= now


def next_call(floor: Floor, agent: Agent, now: Instant) -> Call | None:
    """Choose the call that a free agent takes: best place over all of the agent's lines."""
    best: Key = ()
    for line in agent.lines:
        first = line.calls.first
        if first and (not best or first < best):
            best = first
    if not best:
        return None
    call = floor.calls[best[-1]]
    return _next_allowed(floor, agent, now) if call.barred else call


def _next_allowed(floor: Floor, agent: Agent, now: Instant) -> Call | None:
    best: Call | None = None
    for line in agent.lines:
        first = line.calls.first
        if first and (best is None or first < best.place):
            call = floor.calls[first[-1]]
            if call.barred:
                found = _first(floor, agent, line, now)
                if found is None or (best is not None and best.place < found.place):
                    continue
                call = found
            best = call
    return best


def _first(floor: Floor, agent: Agent, line: WaitingLine, now: Instant) -> Call | None:
    for place in line.calls:
        call = floor.calls[call_at(place)]
        if may_take(agent, call, now):
            return call
    return None


def next_agent(floor: Floor, call: Call, now: Instant) -> Agent | None:
    """Choose the idle agent that a call takes: the first of its line by the group's strategy."""
    if call.line is None or not call.line.idle:
        return None
    for key in call.line.idle:
        agent = floor.agents[key[-1]]
        if may_take(agent, call, now):
            return agent
    return None


def beside(floor: Floor, call: Call, first: Agent, now: Instant) -> list[Agent]:
    """Choose who is rung together with the first: the next of its line, mobile seats left out.

    A mobile seat is answered only once a key is pressed, so it is rung alone.
    """
    line, most = call.line, floor.rules(call).ring_several - 1
    if line is None or first.is_mobile:
        return []
    found: list[Agent] = []
    for key in line.idle:
        agent = floor.agents[key[-1]]
        if len(found) == most:
            break
        if agent is not first and not agent.is_mobile and may_take(agent, call, now):
            found.append(agent)
    return found


def trace(floor: Floor, call: Call, agent: Agent, now: Instant) -> str:
    """Say why this pair: the winner's sort key, the runner-up, the call's place and step."""
    line, number, group, strategy = call.line, agent.number, call.group, floor.rules(call).strategy
    key: Key = ()
    if line is not None:
        plain = line.key is longest_idle
        key = (agent.since, "") if plain else line.key(agent, line.levels.get(number, 0))
    rival = _rival(line, number) if line is not None and line.idle else ()
    before = f", before {rival[-1]} [{_told(rival)}]" if rival else ""
    step = f" step {call.step}" if call.step else ""
    idle_s, place, waited_s = now - agent.since, floor.position(call), now - call.entered
    return WHY % (number, idle_s, strategy, _told(key), before, place, group, step, waited_s)


def _rival(line: WaitingLine, number: AgentId) -> Key:
    """Give the key of who would have been first without this agent, () for nobody."""
    return next((other for other in islice(line.idle, 2) if other[-1] != number), ())


def _told(key: Key) -> str:
    if len(key) == 2 and type(key[0]) is float:
        return NUMBER % key[0]
    return " ".join([NUMBER % part if type(part) is not str else part for part in key[:-1]])
