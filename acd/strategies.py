"""In which order idle agents are taken: each strategy a key over the agent's own figures.

The lowest key is rung first. A key stands still while its agent is idle, so that the idle can be
kept in order; equal agents are taken by who has been idle longest, then by number.
"""

from collections.abc import Callable

from acd.people import Agent
from acd.ranked import Key

Strategy = Callable[[Agent, int], Key]
"""Extension point `yingda.strategy`: the sort key of an idle agent, of numbers and texts, ending
with the agent's number; the whole number is the agent's level in the line."""


def longest_idle(agent: Agent, level: int) -> Key:
    """Take who has been idle longest."""
    return (agent.since, agent.number)


def least_occupied(agent: Agent, level: int) -> Key:
    """Take who was busy for the shortest time today."""
    return (agent.busy_s, agent.since, agent.number)


def fewest_calls(agent: Agent, level: int) -> Key:
    """Take who answered the fewest calls today."""
    return (agent.answered, agent.since, agent.number)


def round_robin(agent: Agent, level: int) -> Key:
    """Take everybody in turn: whose last offer is longest ago."""
    return (agent.offered, agent.number)


def best_level(agent: Agent, level: int) -> Key:
    """Take the most able."""
    return (-level, agent.since, agent.number)


def least_flexible(agent: Agent, level: int) -> Key:
    """Take who can do the least else, and keep the others for what only they can do."""
    groups = {line.group for line in agent.lines if line is not agent.own}
    return (len(groups) + 1, agent.since, agent.number)


STRATEGIES: dict[str, Strategy] = {
    "longest_idle": longest_idle,
    "least_occupied": least_occupied,
    "fewest_calls": fewest_calls,
    "round_robin": round_robin,
    "best_level": best_level,
    "least_flexible": least_flexible,
}
"""What ships; the engine adds those of other packages to the floor's."""
