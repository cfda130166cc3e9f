"""A recorded day with other agents or rules: what was, what the simulator makes of it, what if.

The middle column is the check on the method: the same calls, agents and rules, phones answered at
once. What was answered in fact has no known patience: it is drawn, memoryless, from the day's own.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from acd.floor import AgentCard, GroupRules
from acd.recorded import MS, Day, Past, Story, patience_s, sim_calls, story_of
from acd.scenario import Streams
from acd.sim_exits import simulation_of
from acd.simulate import UNTIL_DONE_S, Cast
from acd.summary import Summary, percentile
from acd.told import Level
from domain.errors import NotFound
from domain.ids import AgentId

Column = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Change:
    """What is tried: other agents (there all day), fields of groups' rules, agents who are not."""

    agents: tuple[AgentCard, ...] = ()
    rules: Mapping[str, Mapping[str, Any]] | None = None
    without: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Scale:
    """How columns are measured: the seconds within which an answer counts, and the formula."""

    target_s: float
    level: Level


def compare(day: Day, change: Change, scale: Scale, streams: Streams) -> dict[str, Column]:
    """Give the columns recorded, simulated and changed; raises `NotFound` for an empty day."""
    story = story_of(day.records)
    calls = story.done()
    if not calls:
        raise NotFound("no caller waited in this time")
    as_it_was = cast_of_day(day, story, calls[0].entered)
    runs = {"simulated": as_it_was, "changed": changed(as_it_was, change)}
    given = sim_calls(calls, calls[0].entered, _residuals(calls, streams))
    columns = {"recorded": recorded(calls, scale)}
    for name, cast in runs.items():
        simulation, summary = simulation_of(cast), Summary()
        served = {rules.id for rules in cast.groups}
        for fate in simulation.fates(call for call in given if call.group in served):
            summary.take(fate)
        columns[name] = simulated(summary, scale)
    return columns


def _residuals(calls: Sequence[Past], streams: Streams) -> dict[str, int]:
    """Draw what the recording cannot tell: further patience, the service of those who left."""
    chance, mean = streams("patience"), patience_s(calls)
    answered = [past.busy_ms for past in calls if past.answered]
    found = {}
    for past in calls:
        more = chance.expovariate(1 / mean) * 1000 if mean else 0.0
        service = answered[int(chance.random() * len(answered))] if answered else 0
        if past.answered and mean:
            found[past.id] = round(more) * MS
        elif not past.answered:
            found[f"{past.id} service"] = service * MS
    return found


def cast_of_day(day: Day, story: Story, base_ms: int) -> Cast:
    """Give who was ready when, by the rules in force now; wrap-up is each call's own."""
    groups = tuple(
        replace(rules, wrap_s=UNTIL_DONE_S, announce_s=0.0, record=False)
        for rules in day.current.groups
    )
    there = tuple(card for card in day.current.agents if card.number in story.shifts)
    shifts = {
        number: tuple(((start - base_ms) * MS, (end - base_ms) * MS) for start, end in spans)
        for number, spans in story.shifts.items()
    }
    return Cast(groups, there, shifts=shifts)


def changed(cast: Cast, change: Change) -> Cast:
    """Give the cast with other agents or rules; who has recorded hours keeps them."""
    agents = tuple(c for c in change.agents or cast.agents if c.number not in change.without)
    numbers = {card.number for card in agents}
    shifts = {number: spans for number, spans in cast.shifts.items() if number in numbers}
    groups = tuple(_with(rules, (change.rules or {}).get(rules.id, {})) for rules in cast.groups)
    return Cast(groups, agents, shifts=shifts)


def _with(rules: GroupRules, fields: Mapping[str, Any]) -> GroupRules:
    return replace(rules, **fields)


def recorded(calls: Sequence[Past], scale: Scale) -> Column:
    """Measure the day as it was."""
    answered = sorted(past.wait_ms / 1000 for past in calls if past.answered)
    lost = [past.wait_ms / 1000 for past in calls if not past.answered]
    by = Counter(past.agent for past in calls if past.answered)
    return _column(answered, lost, by, scale)


def simulated(summary: Summary, scale: Scale) -> Column:
    """Measure a simulated day in the same words."""
    line = summary.total
    column = _column(sorted(line.answered_s), list(line.abandoned_s), Counter(summary.calls), scale)
    return column | {"left": line.counts["left"]}


def _column(
    answered: Sequence[float], lost: Sequence[float], by: Counter[str], scale: Scale
) -> Column:
    sums = {
        "answered": len(answered),
        "abandoned": len(lost),
        "within": sum(wait <= scale.target_s for wait in answered),
        "abandoned_within": sum(wait <= scale.target_s for wait in lost),
    }
    return {
        "answered": len(answered),
        "abandoned": len(lost),
        "mean_s": sum(answered) / len(answered) if answered else 0.0,
        "p50_s": percentile(answered, 50),
        "p90_s": percentile(answered, 90),
        "sl3": scale.level(3, sums),
        "agents": {AgentId(agent): by[agent] for agent in sorted(by)},
    }
