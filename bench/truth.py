"""Queueing theory's figures against the simulator, up to seven million calls a case.

The rows are those of tests/truth/data/acd_truth_public.csv; every figure is how far we are off,
every aim the row's own tolerance (four standard deviations at the number of calls it names).
"""

import csv
import json
import os
import re
from collections.abc import Callable, Iterable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from acd.cli import streams
from acd.scenario import Class, Scenario, Seat, Spread
from acd.simulate import SECOND, Simulation
from acd.summary import Line, Summary

DATA = Path(__file__).parents[1] / "tests" / "truth" / "data"
LIMIT = 7_000_000
TARGET_S = 20.0
ALL = "calls"
"""The group of cases that have but one class of calls."""


@dataclass(frozen=True, slots=True)
class Row:
    """One figure of theory, and how close the simulation must come to it."""

    metric: str
    expected: float
    tolerance: float
    calls: int


@dataclass(frozen=True, slots=True)
class Case:
    """The rows that one run answers."""

    name: str
    family: str
    params: dict[str, Any]
    rows: tuple[Row, ...]

    @property
    def calls(self) -> int:
        """Tell how many calls the most demanding row takes."""
        return max(row.calls for row in self.rows)


def cases(limit: int) -> list[Case]:
    """Give every case with the rows that have a tolerance and need no more calls than this."""
    found: dict[str, Case] = {}
    with (DATA / "acd_truth_public.csv").open(encoding="utf-8") as file:
        for line in csv.DictReader(file):
            if not line["tolerance_abs"] or int(line["calls_for_4sigma"]) > limit:
                continue
            row = Row(
                line["metric"],
                float(line["expected"]),
                float(line["tolerance_abs"]),
                int(line["calls_for_4sigma"]),
            )
            known = found.get(line["case"])
            rows = (*known.rows, row) if known else (row,)
            params = json.loads(line["params"])
            found[line["case"]] = Case(line["case"], line["family"], params, rows)
    return sorted(found.values(), key=lambda case: -case.calls)


def _time(mean_s: float, kind: str = "exponential") -> Spread:
    return Spread.model_validate({"kind": kind, "mean_s": mean_s})


def _pool(count: int, groups: Iterable[str], name: str = "A", pace: float = 1.0) -> Seat:
    return Seat(number=name, groups=tuple(groups), count=count, pace=pace)


def _single(params: dict[str, Any]) -> Scenario:
    """Give one pool and one class: Erlang A, B, C, and with limits."""
    aht = params.get("aht_s") or params["mean_hold_s"]
    patience = None
    if "mean_patience_s" in params:
        patience = _time(params["mean_patience_s"])
    if "queue_timeout_s" in params:
        patience = _time(params["queue_timeout_s"], "constant")
    lines = params.get("lines", 0)
    rate = params["erlangs"] * 3600 / aht
    calls = Class(per_hour=rate, service=_time(aht), patience=patience)
    agents = (_pool(params.get("agents", lines), [ALL]),)
    return Scenario(groups={ALL: calls}, agents=agents, lines=lines)


def _priorities(params: dict[str, Any]) -> Scenario:
    rate = params["erlangs"] * 3600 / params["aht_s"]
    groups = {
        f"class{n}": Class(per_hour=rate * share, service=_time(params["aht_s"]), priority=n)
        for n, share in enumerate(params["shares"], 1)
    }
    return Scenario(groups=groups, agents=(_pool(params["agents"], groups),))


def _skills(params: dict[str, Any]) -> Scenario:
    aht = params["groups"][0]["aht_s"]
    groups = {
        f"class{n}": Class(per_hour=each["lambda_per_h"], service=_time(aht))
        for n, each in enumerate(params["classes"], 1)
    }
    agents = [
        _pool(
            pool["agents"],
            (f"class{n}" for n, each in enumerate(params["classes"], 1) if place in each["groups"]),
            f"G{place}",
        )
        for place, pool in enumerate(params["groups"])
    ]
    return Scenario(groups=groups, agents=tuple(agents))


def _chain(params: dict[str, Any]) -> Scenario:
    count, aht = params["classes"], params["aht_s"]
    rate = params["erlangs_per_class"] * 3600 / aht
    groups = {f"class{n}": Class(per_hour=rate, service=_time(aht)) for n in range(count)}
    each = params["agents"] // count
    agents = [
        _pool(
            each,
            (f"class{(place + step) % count}" for step in range(params["skills_per_agent"])),
            f"G{place}",
        )
        for place in range(count)
    ]
    return Scenario(groups=groups, agents=tuple(agents))


def _paces(params: dict[str, Any]) -> Scenario:
    first = params["agent_aht_s"][0]
    agents = [
        _pool(1, [ALL], f"A{n}", aht / first) for n, aht in enumerate(params["agent_aht_s"], 1)
    ]
    calls = Class(per_hour=params["lambda_per_h"], service=_time(first))
    return Scenario(groups={ALL: calls}, agents=tuple(agents))


def _wrapped(params: dict[str, Any]) -> Scenario:
    calls = Class(
        per_hour=params["lambda_per_h"],
        service=_time(params["talk_s"]),
        wrap=_time(params["acw_s"], "constant"),
    )
    return Scenario(groups={ALL: calls}, agents=(_pool(1, [ALL]),))


FAMILIES: dict[str, Callable[[dict[str, Any]], Scenario]] = {
    "M/M/n Erlang-C": _single,
    "M/G/n/n Erlang-B": _single,
    "M/M/n/K": _single,
    "M/M/n+M Erlang-A": _single,
    "M/M/n+D": _single,
    "wait announcement": _single,
    "priority classes": _priorities,
    "skill routing": _skills,
    "skill chaining": _chain,
    "longest-idle fairness": _paces,
    "wrap-up": _wrapped,
}
METRICS: dict[str, Callable[[Line], float]] = {
    "p_wait": lambda line: line.waits()["waited"],
    "p_wait_admitted": lambda line: line.waits()["waited"],
    "p_block": lambda line: line.counts["blocked"] / sum(line.counts.values()),
    "p_abandon": lambda line: line.counts["abandoned"] / line.admitted,
    "p_timeout": lambda line: line.counts["abandoned"] / line.admitted,
    "asa_s": lambda line: line.waits()["mean_all_s"],
    "asa_admitted_s": lambda line: line.waits()["mean_all_s"],
    "mean_wait_all_s": lambda line: line.waits()["mean_all_s"],
    "asa_answered_s": lambda line: line.waits()["mean_s"],
    "sl_20s": lambda line: line.sums(TARGET_S)["within"] / line.admitted,
    "mean_wait_of_waiters_s": lambda line: line.waits()["mean_all_s"] / line.waits()["waited"],
}


def scenario_of(case: Case) -> Scenario:
    """Write a case down as a scenario."""
    make = next(make for name, make in FAMILIES.items() if case.family.startswith(name))
    return make(case.params)


def figure_of(metric: str, summary: Summary) -> float:
    """Read one row's figure out of a run."""
    group = re.search(r"_(class\d+)", metric)
    name = metric.replace(group[0], "") if group else metric.split("_answered_in")[0]
    line = summary.groups[group[1]] if group else summary.total
    return METRICS[name.removesuffix("_answered/offered")](line)


def run(case: Case, seed: int = 1) -> dict[str, float]:
    """Simulate a case; gives each row's figure. The first calls warm up only."""
    scenario = scenario_of(case)
    rate = sum(each.per_hour or 0.0 for each in scenario.groups.values()) / 3600
    warm = max(10_000, 50 * len(scenario.cast().agents))
    day = scenario.model_copy(update={"calls": case.calls + warm})
    simulation = Simulation(day.cast())
    summary = Summary(since=round(warm / rate * SECOND))
    for fate in simulation.fates(day.stream(streams(seed))):
        summary.take(fate)
    return {row.metric: figure_of(row.metric, summary) for row in case.rows}


def pool() -> ProcessPoolExecutor:
    """Give as many processes as there are cores, each with an interpreter of its own."""
    return ProcessPoolExecutor(os.cpu_count(), mp_context=get_context("spawn"))


def measure() -> tuple[dict[str, float], dict[str, float]]:
    """Run every case; figures are distances from theory, aims the tolerances."""
    figures: dict[str, float] = {}
    aims: dict[str, float] = {}
    wanted = cases(LIMIT)
    with pool() as workers:
        for case, found in zip(wanted, workers.map(run, wanted), strict=True):
            for row in case.rows:
                key = f"{case.name}.{row.metric}"
                figures[key] = abs(found[row.metric] - row.expected)
                aims[key] = row.tolerance
    return figures, aims
