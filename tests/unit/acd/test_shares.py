"""A simulated day: equal agents get equal shares, nobody is lost, Little's law holds."""

from dataclasses import replace

import pytest

from acd.cli import streams
from acd.scenario import Class, Scenario, Seat, Spread
from acd.simulate import Simulation
from acd.strategies import STRATEGIES
from acd.summary import Summary

DAY = Scenario(
    hours=8,
    groups={
        "tea": Class(
            per_hour=220,
            service=Spread(kind="lognormal", mean_s=140),
            wrap=Spread(mean_s=20),
            patience=Spread(mean_s=180),
        )
    },
    agents=(Seat(number="A", groups=("tea",), count=10),),
)
EVEN = {"longest_idle": 0.1, "fewest_calls": 0.02, "round_robin": 0.1, "least_occupied": 0.1}


@pytest.mark.parametrize("strategy", sorted(STRATEGIES))
def test_a_day_by_each_strategy(strategy: str) -> None:
    cast = DAY.cast()
    groups = tuple(replace(rules, strategy=strategy) for rules in cast.groups)
    run = Simulation(replace(cast, groups=groups))
    summary = Summary()
    fates = 0
    for fate in run.fates(DAY.stream(streams(3))):
        fates += 1
        summary.take(fate)
    line = summary.groups["tea"]
    arrived = sum(1 for _ in DAY.stream(streams(3)))
    assert fates == arrived == sum(line.counts.values()), "every call comes to one end"
    little = summary.little(run)
    assert little["off"] < 1e-9
    answered = sum(agent.answered for agent in run.floor.agents.values())
    assert answered == line.counts["answered"]
    assert not run.floor.calls and not any(len(each.calls) for each in run.floor.lines.values())
    fair = summary.fairness(summary.agents(run))
    assert fair["gini_calls"] < EVEN.get(strategy, 1.0)
