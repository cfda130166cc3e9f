"""Queueing theory's figures against the simulator, up to seven million calls a case.

Every figure is how far we are off, every aim the row's own tolerance. Beside them the three
recorded traces, call for call, and the day whose rate changes by the hour (bench/truth_day.py).
"""

import argparse
import os
import re
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass, field, replace
from fnmatch import fnmatch
from multiprocessing import get_context

from acd.cli import streams
from acd.sim_csv import read_agents, read_calls, write_fates
from acd.sim_exits import simulation_of
from acd.simulate import SECOND, Fate, Simulation, cast_of
from bench import truth_day
from bench.builds import ROOT
from bench.truth_cases import ALL, DATA, Case, Found, Row, cases, scenario_of
from domain import compiled

LIMIT = 7_000_000
TARGET = 20 * SECOND
TRACES = ("G1_mm10", "G2_nmodel", "G3_priority_patience")
CALLS_PER_CPU_S = 50_000
DAY = "day"
Aim = float | tuple[str, float]


@dataclass(slots=True)
class Tally:
    """Running sums over calls: nothing is kept of each, so that millions cost no memory."""

    answered: int = 0
    abandoned: int = 0
    blocked: int = 0
    waited: int = 0
    within: int = 0
    wait: int = 0
    wait_answered: int = 0

    def take(self, outcome: str, wait: int) -> None:
        """Count one call; its wait in nanoseconds. Who is sent on at once is blocked, too."""
        if outcome == "blocked" or (outcome == "overflowed" and not wait):
            self.blocked += 1
            return
        if wait:
            self.waited += 1
            self.wait += wait
        if outcome != "answered":
            self.abandoned += 1
            return
        self.answered += 1
        self.wait_answered += wait
        if wait <= TARGET:
            self.within += 1

    @property
    def admitted(self) -> int:
        """Count those who found a line free."""
        return self.answered + self.abandoned

    @property
    def mean_s(self) -> float:
        """Give the mean wait of all who were let in, seconds."""
        return self.wait / self.admitted / SECOND


METRICS: dict[str, Callable[[Tally], float]] = {
    "p_wait": lambda seen: seen.waited / seen.admitted,
    "p_wait_admitted": lambda seen: seen.waited / seen.admitted,
    "p_block": lambda seen: seen.blocked / (seen.blocked + seen.admitted),
    "p_abandon": lambda seen: seen.abandoned / seen.admitted,
    "p_timeout": lambda seen: seen.abandoned / seen.admitted,
    "asa_s": lambda seen: seen.mean_s,
    "asa_admitted_s": lambda seen: seen.mean_s,
    "mean_wait_all_s": lambda seen: seen.mean_s,
    "asa_answered_s": lambda seen: seen.wait_answered / seen.answered / SECOND,
    "sl_20s": lambda seen: seen.within / seen.admitted,
    "mean_wait_of_waiters_s": lambda seen: seen.wait / seen.waited / SECOND,
}


@dataclass(slots=True)
class Tallies:
    """One tally for each class of calls; calls that arrived before `since` warm up only."""

    since: int
    by_class: dict[str, Tally] = field(default_factory=dict)

    def take(self, fate: Fate) -> None:
        """Count one call."""
        call = fate.call
        if call.at < self.since:
            return
        seen = self.by_class.get(call.group)
        if seen is None:
            seen = self.by_class[call.group] = Tally()
        seen.take(fate.outcome, fate.wait)

    def figure(self, metric: str) -> float:
        """Read one row's figure out of a run."""
        group = re.search(r"_(class\d+)", metric)
        name = metric.replace(group[0], "") if group else metric.split("_answered_in")[0]
        seen = self.by_class[group[1] if group else ALL]
        return METRICS[name.removesuffix("_answered/offered")](seen)


def run(case: Case, seed: int = 1) -> Found:
    """Simulate a case; the first calls warm up only."""
    scenario = scenario_of(case)
    rate = sum(each.per_hour or 0.0 for each in scenario.groups.values()) / 3600
    warm = max(10_000, 50 * len(scenario.cast().agents))
    day = scenario.model_copy(update={"calls": case.calls + warm})
    simulation, seen = simulation_of(day.cast()), Tallies(round(warm / rate * SECOND))
    began = time.process_time()
    for fate in simulation.fates(day.stream(streams(seed))):
        seen.take(fate)
    cpu_s = time.process_time() - began
    return Found({row.metric: seen.figure(row.metric) for row in case.rows}, day.calls, cpu_s)


def pool(jobs: int | None = None) -> ProcessPoolExecutor:
    """Give as many processes as there are cores, with the compiled core where there is one."""
    fresh, form = get_context("spawn"), (ROOT, dict(os.environ))
    return ProcessPoolExecutor(jobs or os.cpu_count(), fresh, compiled.use, form)


def trace_off(name: str) -> int:
    """Run a recorded trace; count the lines that differ from what is expected."""
    agents = read_agents(name, (DATA / f"{name}.agents.csv").read_text(encoding="utf-8"))
    skills = {group for card in agents for group in card.groups}
    calls = read_calls(name, (DATA / f"{name}.calls.csv").read_text(encoding="utf-8"), skills)
    told = write_fates(Simulation(cast_of(agents, calls)).fates(calls), calls).splitlines()
    expected = (DATA / f"{name}.expected.csv").read_text(encoding="utf-8").splitlines()
    pairs = zip(told, expected, strict=False)
    return abs(len(told) - len(expected)) + sum(one != other for one, other in pairs)


def add_options(parser: argparse.ArgumentParser) -> None:
    """Say what may be chosen of the rows."""
    parser.add_argument("--rows", default="*", help="as C03, 'S*', '*.asa*', day; several by ,")
    parser.add_argument("--calls", type=int, default=LIMIT, help="rows that need no more than this")
    parser.add_argument("--jobs", type=int, help="processes; without: one for each core")


def wanted_of(rows: str, calls: int) -> list[Case]:
    """Give the cases with the rows that are asked for, the longest first."""
    kept = [replace(case, rows=tuple(_chosen(case, rows))) for case in cases(calls)]
    return sorted((case for case in kept if case.rows), key=lambda case: -case.calls)


def _chosen(case: Case, rows: str) -> Iterator[Row]:
    for row in case.rows:
        if _is_wanted(rows, case.name) or _is_wanted(rows, f"{case.name}.{row.metric}"):
            yield row


def _is_wanted(rows: str, name: str) -> bool:
    return any(fnmatch(name, pattern) for pattern in rows.split(","))


def measure(
    rows: str = "*", calls: int = LIMIT, jobs: int | None = None
) -> tuple[dict[str, float], dict[str, Aim]]:
    """Run the rows asked for; figures are distances from theory, aims the tolerances."""
    figures: dict[str, float] = {}
    aims: dict[str, Aim] = {}
    for name in filter(lambda name: _is_wanted(rows, name), TRACES):
        figures[f"{name}.lines_off"], aims[f"{name}.lines_off"] = trace_off(name), 0.0
    done = sorted(_runs(rows, calls, jobs), key=lambda pair: pair[0].name)
    for case, found in done:
        for row in case.rows:
            key = f"{case.name}.{row.metric}"
            figures[key] = abs(found.figures[row.metric] - row.expected)
            aims[key] = row.tolerance
    if done:
        figures |= _costs([found for _, found in done])
        aims["calls_per_cpu_s"] = (">=", CALLS_PER_CPU_S)
    return figures, aims


def _runs(rows: str, calls: int, jobs: int | None) -> Iterator[tuple[Case, Found]]:
    """Run case after case in all processes at once, and tell of each as it ends."""
    wanted = wanted_of(rows, calls)
    with pool(jobs) as workers:
        runs = {workers.submit(run, case): case for case in wanted}
        if _is_wanted(rows, DAY):
            runs[workers.submit(truth_day.run)] = truth_day.case()
        for place, future in enumerate(as_completed(runs), 1):
            print(f"{place}/{len(runs)} {_said(runs[future], future.result())}", file=sys.stderr)
            yield runs[future], future.result()


def off(case: Case, found: Found) -> dict[str, tuple[float, float, float]]:
    """Give the rows that are outside their tolerance: what was found, expected and allowed."""
    shown = {
        row.metric: (found.figures[row.metric], row.expected, row.tolerance) for row in case.rows
    }
    return {name: each for name, each in shown.items() if abs(each[0] - each[1]) > each[2]}


def _said(case: Case, found: Found) -> str:
    wrong = off(case, found)
    verdict = f"OFF: {', '.join(wrong)}" if wrong else f"{len(case.rows)} within"
    return f"{case.name}: {found.calls:,} calls, {found.cpu_s:.0f} CPU s, {verdict}"


def _costs(found: list[Found]) -> dict[str, float]:
    calls, cpu_s = sum(each.calls for each in found), sum(each.cpu_s for each in found)
    return {"calls": calls, "cpu_s": round(cpu_s, 1), "calls_per_cpu_s": round(calls / cpu_s)}
