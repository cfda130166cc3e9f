"""How fast a line moves on whose agents serve other lines, too; pure arithmetic.

A fluid picture: each team of agents (those who may take the same of these lines) becomes free at
its rate, and takes from its lines in the proportion in which older callers stand in them.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Any

STEPS = 8
"""So many times the proportions are looked at anew until the caller's turn comes."""
LITTLE = 1e-9


@dataclass(frozen=True, slots=True)
class Queue:
    """One line: callers before this one (this one included in its own), the pace of their work.

    `weight` is how much of the agents' work is of this kind; `agents` are those who are there.
    """

    callers: float
    handling_s: float
    weight: float
    leave_rate: float
    agents: frozenset[Any]


@dataclass(frozen=True, slots=True)
class Turn:
    """When a caller's turn comes: after `wait_s`, made of so many endings of work.

    They are more than those of its own line, as agents of others help out, and fewer than all,
    as not each brings the turn nearer: the geometric mean of the two.
    """

    wait_s: float
    endings: float


def turn_of(queues: Sequence[Queue]) -> Turn:
    """Tell when the last caller of the first queue is taken; somebody must serve it."""
    teams = {team: _rate(team, count, queues) for team, count in _teams(queues).items()}
    left = [queue.callers for queue in queues]
    wait_s = endings = 0.0
    for step in range(STEPS):
        speeds = _speeds(teams, left)
        leaving = [queue.leave_rate * many for queue, many in zip(queues, left, strict=True)]
        leaving[0] = queues[0].leave_rate * max(0.0, left[0] - 1)
        span = left[0] / (speeds[0] + leaving[0]) / (STEPS - step)
        wait_s += span
        endings += span * sum(speeds)
        left = [
            max(0.0, many - span * (speed + gone))
            for many, speed, gone in zip(left, speeds, leaving, strict=True)
        ]
    return Turn(wait_s, sqrt(queues[0].callers * endings))


def _teams(queues: Sequence[Queue]) -> Counter[tuple[int, ...]]:
    """Count the agents by which of the queues they serve."""
    serves: dict[Any, tuple[int, ...]] = {}
    for place, queue in enumerate(queues):
        for agent in queue.agents:
            serves[agent] = (*serves.get(agent, ()), place)
    return Counter(serves.values())


def _rate(team: Sequence[int], count: int, queues: Sequence[Queue]) -> float:
    """Give how many agents of a team become free per second, by the mix of work they do."""
    weight = sum(queues[place].weight for place in team)
    work = sum(queues[place].weight * queues[place].handling_s for place in team)
    return count * weight / work


def _speeds(teams: Mapping[tuple[int, ...], float], left: Sequence[float]) -> list[float]:
    speeds = [0.0] * len(left)
    for team, rate in teams.items():
        waiting = sum(left[place] for place in team)
        if waiting > LITTLE:
            for place in team:
                speeds[place] += rate * left[place] / waiting
    return speeds
