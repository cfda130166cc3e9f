"""Who is offered next: each rule a small pure function over the floor.

The strict policy: an agent who becomes free takes, among the calls whose group the agent serves,
the lowest priority number first, then the one that entered first; a call that arrives takes,
among the idle agents of its group, the one idle longest.
"""

from collections.abc import Callable
from itertools import islice

from acd.floor import Agent, Call, Floor
from domain.ids import AgentId, CallId, Instant

Strategy = Callable[[Floor, Call, Instant], Agent | None]
"""Extension point `yingda.strategy`: choose an idle agent for a call, or nobody."""


def longest_idle(floor: Floor, call: Call, now: Instant) -> Agent | None:
    """Choose the agent of the group who has been idle longest and may take this call."""
    for _, number in floor.idle.get(call.group, ()):
        agent = floor.agents[AgentId(number)]
        if may_take(agent, call, now):
            return agent
    return None


STRATEGIES: dict[str, Strategy] = {"longest_idle": longest_idle}
"""What ships; the engine adds those of other packages to the floor's."""


def may_take(agent: Agent, call: Call, now: Instant) -> bool:
    """Tell whether this pair is not cooling down after a decline or a missed ring."""
    return call.barred.get(agent.card.number, now) <= now


def next_call(floor: Floor, agent: Agent, now: Instant) -> Call | None:
    """Choose the call that an idle agent takes: best place over all of the agent's groups."""
    best: Call | None = None
    for group in agent.groups:
        call = _first(floor, agent, group, now)
        if call is not None and (best is None or _rank(call) < _rank(best)):
            best = call
    return best


def _first(floor: Floor, agent: Agent, group: str, now: Instant) -> Call | None:
    for place in floor.waiting.get(group, ()):  # type: ignore[call-overload]
        call: Call = floor.calls[CallId(place[2])]
        if call.confirmed and may_take(agent, call, now):
            return call
    return None


def _rank(call: Call) -> tuple[bool, tuple[int, float, str]]:
    return (not call.group.startswith("@"), call.place)


def trace(floor: Floor, call: Call, agent: Agent, now: Instant) -> str:
    """Say why this pair: the winner's sort key and the runner-up."""
    idle = floor.idle.get(call.group, ())
    rivals = [number for _, number in islice(idle, 3) if number != agent.card.number]
    idle_s = now - agent.since
    after = f", before {rivals[0]}" if rivals else ""
    waited = now - call.entered
    return (
        f"{agent.card.number} idle {idle_s:.1f}s{after}; "
        f"place {floor.position(call)} in {call.group}, waited {waited:.1f}s"
    )
