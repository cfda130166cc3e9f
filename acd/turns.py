"""What changes for everybody at once: the day begins, a configuration is published."""

from collections.abc import Callable
from typing import Any

from acd import overflow, steps
from acd.floor import Floor
from acd.moves import match_agent
from acd.turn import Turn
from domain import events as ev


def _published(turn: Turn, event: ev.ConfigPublished) -> None:
    """Look again at everybody: an agent may serve other lines now, a call stand at another step."""
    for call in list(turn.floor.calls.values()):
        if call.line is not None:
            steps.renew(turn, call)
            overflow.renew(turn, call)
    for agent in list(turn.floor.agents.values()):
        match_agent(turn, agent)


def _day_began(turn: Turn, event: ev.DayBegan) -> None:
    """Begin everybody's day at nothing; the idle are listed by figures, so they are listed anew."""
    turn.floor.day = event.day
    for agent in turn.floor.agents.values():
        turn.floor.rest(agent)
        agent.answered, agent.busy_s = 0, 0.0
        agent.busy_from = max(agent.busy_from, turn.now)
    for agent in turn.floor.agents.values():
        turn.floor.seat(agent)


RULES: dict[type[Any], Callable[[Turn, Any], None]] = {
    ev.DayBegan: _day_began,
    ev.ConfigPublished: _published,
}
WANTED: dict[type[Any], Callable[[Floor, Any], bool]] = {
    ev.DayBegan: lambda floor, event: floor.day != event.day,
}
