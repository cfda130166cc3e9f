"""What one call asks of its agent beside its group: a line of its own for each such requirement.

Such a line is drawn when a call first stands in it, so that no decision reads a requirement, and
taken away when nobody waits in it and others are drawn. Where nobody configured could ever take
the call, the group's own lines hold.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from acd.waiting import WaitingLine, level_of, levels_of, read
from domain.ids import AgentId, GroupId

if TYPE_CHECKING:
    from acd.floor import Floor
    from acd.people import Agent

MOST = 16
"""So many such lines are drawn before the empty ones are taken away."""
Asked = tuple[GroupId, int, str]
"""Group, step and requirement."""


def line_for(floor: Floor, group: GroupId, step: int, needs: str) -> WaitingLine | None:
    """Give the line of a requirement at a step of a group; None when nobody would ever meet it."""
    if is_hopeless(floor, group, needs):
        return None
    found = floor.asked.get((group, step, needs))
    if found is None:
        if len(floor.asked) >= MOST:
            _take_away_empty(floor)
        found = floor.asked[group, step, needs] = _draw(floor, group, step, needs)
    return found


def is_hopeless(floor: Floor, group: GroupId, needs: str) -> bool:
    """Tell whether nobody who may take this group's calls, at any step, meets a requirement."""
    known = floor.hopeless.get((group, needs))
    if known is None:
        floor.line(group)
        steps = (line for (name, _), line in floor.lines.items() if name == group)
        able = (_levels(floor, line, needs) for line in steps)
        known = floor.hopeless[group, needs] = not any(able)
    return known


def _levels(floor: Floor, plain: WaitingLine, needs: str) -> dict[AgentId, int]:
    """Give who meets both the group's line and the requirement, each at the weaker level."""
    wanted, found = read(needs), dict[AgentId, int]()
    for number, level in plain.levels.items():
        if own := level_of(wanted, levels_of(floor.agents[number].card)):
            found[number] = min(level, own)
    return found


def _draw(floor: Floor, group: GroupId, step: int, needs: str) -> WaitingLine:
    plain = floor.lines[group, step]
    line = WaitingLine(group, step, f"{plain.needs} + {needs}", plain.key)
    line.levels = _levels(floor, plain, needs)
    for number, level in line.levels.items():
        agent = floor.agents[number]
        agent.lines.append(line)
        if agent.seats is not None:
            key = line.key(agent, level)
            line.idle.add(key)
            agent.seats.append((line, key))
    return line


def _take_away_empty(floor: Floor) -> None:
    for asked, line in list(floor.asked.items()):
        if not line.calls:
            del floor.asked[asked]
            for number in line.levels:
                _forget(floor.agents[number], line)


def _forget(agent: Agent, line: WaitingLine) -> None:
    agent.lines.remove(line)
    if agent.seats is not None:
        agent.seats = [seat for seat in agent.seats if seat[0] is not line]
