"""What a waiting caller is told: the place and, where it can be stood for, the time to wait.

Only agents who are ready count (talking or wrapping up too): who is on break or away serves
nobody. Callers of other groups who stand before this one take their share of the same agents
(acd/shared.py).
"""

from collections.abc import Sequence
from itertools import chain

from acd.estimate import Estimate, Quote, estimate, estimate_of
from acd.floor import Call, Floor, Presence, Stage
from acd.pace import Pace
from acd.ranked import Key
from acd.shared import Queue, turn_of
from acd.tips import PLACE, say
from acd.turn import Turn
from acd.waiting import WaitingLine
from domain import commands as do, events as ev
from domain.ids import AgentId, GroupId, Instant

NOTHING = Estimate(0, 0, 0)
FRESH_S = 1.0
"""Agents of a line are counted at most so often: thousands may be told in the same second."""


def announce(turn: Turn, event: ev.AnnouncementDue) -> None:
    """Tell a waiting caller, write down what was told, and come again."""
    call = turn.floor.calls.get(event.call)
    if call is None or call.stage is not Stage.WAITING:
        return
    first = not call.more.said
    if not say(turn, call, PLACE):
        turn.wake(call.more.quiet_until - turn.now, event)
        return
    rules, place = turn.floor.rules(call), turn.floor.position(call)
    kept = first and call.kept_s > 0
    if rules.announce_wait:
        _tell(turn, call, quote(turn.floor, call, turn.now), kept=kept)
    else:
        turn.commands.append(do.Announce(call.id, place, kept=kept))
    if rules.announce_s > 0:
        turn.wake(rules.announce_s, event)


def _tell(turn: Turn, call: Call, told: Quote, *, kept: bool) -> None:
    call.more.quoted = told
    low_s, high_s, about_s = told.wait.low_s, told.wait.high_s, told.wait.about_s
    turn.facts.append(
        ev.WaitQuoted(call.id, told.place, low_s, high_s, about_s, told.group, told.agents)
    )
    turn.commands.append(
        do.Announce(call.id, told.place, low_s, high_s, nobody=told.agents == 0, kept=kept)
    )


def quote(floor: Floor, call: Call, now: Instant) -> Quote:
    """Work out what to tell now; it never grows while the place improves."""
    place = floor.position(call)
    step = max(call.step, 0)
    line = floor.asked.get((call.group, step, call.needs)) or floor.line(call.group, step)
    there = _there(floor, line, now) if line else frozenset[AgentId]()
    if line is None or not there:
        return Quote(call.group, place, 0, NOTHING)
    pace = floor.pace(floor.rules(call).id)
    wait = _estimate(place, pace, there, _others(floor, line, now, call.place))
    return _no_longer(Quote(call.group, place, len(there), wait), call.more.quoted)


def _estimate(
    place: int, pace: Pace, there: frozenset[AgentId], others: Sequence[Queue]
) -> Estimate:
    if not others:
        return estimate(place - 1, len(there), pace.handling(), pace.leave_rate())
    turn = turn_of((_queue(place, pace, there), *others))
    return estimate_of(turn.wait_s, turn.endings, len(there), pace.handling())


def _there(floor: Floor, line: WaitingLine, now: Instant) -> frozenset[AgentId]:
    if now - line.counted >= FRESH_S:
        line.there = frozenset(number for number in line.levels if _serves(floor, number))
        line.counted = now
    return line.there


def _serves(floor: Floor, number: AgentId) -> bool:
    agent = floor.agents[number]
    return agent.presence is Presence.READY and agent.endpoint in floor.reachable


def _others(floor: Floor, mine: WaitingLine, now: Instant, place: Key | None) -> list[Queue]:
    """List the lines with callers before a place, or with any, who may take the same agents."""
    found = []
    for line in chain(floor.lines.values(), floor.asked.values()):
        if not line.calls.first or line.group == mine.group:
            continue
        before, theirs = _before(line, place), _there(floor, line, now)
        if before and not theirs.isdisjoint(mine.there):
            found.append(_queue(before, floor.pace(line.group), theirs))
    return found


def _before(line: WaitingLine, place: Key | None) -> int:
    return len(line.calls) if place is None else line.calls.before(place)


def _queue(callers: int, pace: Pace, there: frozenset[AgentId]) -> Queue:
    weight = max(1, pace.busy.count)
    return Queue(callers, pace.handling().mean_s, weight, pace.leave_rate(), there)


def _no_longer(new: Quote, last: Quote | None) -> Quote:
    """Keep to what was told, unless the place got worse or agents left while it stood still."""
    if last is None or last.agents == 0 or new.group != last.group or new.place > last.place:
        return new
    if new.place == last.place and new.agents < last.agents:
        return new
    low, high = min(new.wait.low_s, last.wait.low_s), min(new.wait.high_s, last.wait.high_s)
    about = min(new.wait.about_s, last.wait.about_s)
    return Quote(new.group, new.place, new.agents, Estimate(about, low, high))


def wait_of_next(floor: Floor, group: GroupId, now: Instant) -> float | None:
    """Estimate in seconds what a caller who joined this group now would wait; None = nobody."""
    line = floor.line(group)
    there = _there(floor, line, now) if line else frozenset[AgentId]()
    if line is None or not there:
        return None
    if floor.idle_in(group) > len(floor.waiting.get(group, ())):
        return 0.0
    place = len(floor.waiting.get(group, ())) + 1
    others = _others(floor, line, now, None)
    return float(_estimate(place, floor.pace(group), there, others).about_s)
