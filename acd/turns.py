"""What changes for everybody at once: the link, the day, a configuration that is published."""

from collections.abc import Callable
from typing import Any

from acd import found, overflow, steps
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


def _pbx_joined(turn: Turn, event: ev.PbxJoined) -> None:
    turn.floor.pbx_up = True
    for call in list(turn.floor.calls.values()):
        found.bring_back(turn, call)
    for agent in list(turn.floor.agents.values()):
        match_agent(turn, agent)


def _pbx_left(turn: Turn, event: ev.PbxLeft) -> None:
    turn.floor.pbx_up = False


def _engine_started(turn: Turn, event: ev.EngineStarted) -> None:
    turn.floor.epoch = event.epoch
    turn.floor.pbx_up = False


RULES: dict[type[Any], Callable[[Turn, Any], None]] = {
    ev.DayBegan: _day_began,
    ev.PbxJoined: _pbx_joined,
    ev.PbxLeft: _pbx_left,
    ev.EngineStarted: _engine_started,
    ev.ConfigPublished: _published,
}
WANTED: dict[type[Any], Callable[[Floor, Any], bool]] = {
    ev.DayBegan: lambda floor, event: floor.day != event.day,
}
