"""Scenarios: the written example runs, chance is repeatable, faults are named."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from acd.cli import streams
from acd.scenario import scenario_from
from acd.simulate import SECOND, Simulation
from acd.staffing import Load, outlook
from acd.summary import Summary, gini
from acd.told import figures, told
from domain.errors import Refused
from reports.metrics import service_level

PAGE = Path(__file__).parents[3] / "docs" / "howto" / "simulate.md"


def ran(data: Any, seed: int = 1) -> tuple[Simulation, Summary]:
    scenario = scenario_from("s.yaml", data)
    run, summary = Simulation(scenario.cast()), Summary()
    for fate in run.fates(scenario.stream(streams(seed))):
        summary.take(fate)
    return run, summary


def test_the_example_of_the_manual_runs() -> None:
    text = re.search(r"```yaml\n(hours.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    assert text is not None
    run, summary = ran(yaml.safe_load(text[1]))
    found = figures(run, summary, 20.0, service_level)
    assert found["total"]["offered"] > 80
    assert found["little"]["off"] < 1e-9
    assert "Little" in told(found)


SMALL = {
    "calls": 3000,
    "groups": {"a": {"per_hour": 200, "service": {"mean_s": 180}, "patience": {"mean_s": 120}}},
    "agents": [{"number": "A", "count": 10, "groups": ["a"]}],
}


def test_the_same_seed_gives_the_same_day() -> None:
    first, again, other = (ran(SMALL, seed)[1] for seed in (1, 1, 2))
    assert first.total.answered_s == again.total.answered_s
    assert first.total.answered_s != other.total.answered_s


def test_equal_agents_get_equal_shares() -> None:
    run, summary = ran(SMALL)
    fair = summary.fairness(summary.agents(run))
    assert fair["gini_idle"] < 0.1 and fair["gini_calls"] < 0.05


def test_staffing_foretells_what_the_simulator_shows() -> None:
    _, summary = ran(SMALL | {"calls": 20_000})
    line = summary.total
    shown = line.sums(20)["within"] / line.admitted
    assert outlook(10, Load(200, 180, 120), 20).service_level == pytest.approx(shown, abs=0.05)


@pytest.mark.parametrize("kind", ["constant", "exponential", "lognormal"])
def test_a_spread_has_its_mean(kind: str) -> None:
    spread = {"kind": kind, "mean_s": 50, "cv": 0.5}
    data = {"calls": 20_000, "groups": {"a": {"per_hour": 10, "service": spread}}}
    calls = scenario_from("s", data | {"agents": SMALL["agents"]}).stream(streams(1))
    mean = sum(call.service for call in calls) / 20_000 / SECOND
    assert mean == pytest.approx(50, rel=0.03)


@pytest.mark.parametrize(
    "change",
    [
        {"agents": []},
        {"agents": [{"number": "A", "groups": ["b"]}]},
        {"agents": [{"number": "A", "groups": ["a"]}, {"number": "A", "groups": ["a"]}]},
        {"groups": {"a": {"service": {"mean_s": 180}}}},
        {"groups": {"a": {"per_hour": 1, "service": {"mean_s": -1}}}},
        {"hours": float("nan")},
        {"unknown": 1},
    ],
)
def test_a_scenario_with_faults_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(Refused):
        scenario_from("s.yaml", SMALL | change)


def test_gini_of_nothing_is_even() -> None:
    assert gini([]) == gini([0, 0]) == 0.0
