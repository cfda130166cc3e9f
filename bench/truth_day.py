"""A day of twelve hours whose rate changes by the hour: how many callers give up in each.

18 agents, 180 s of handling, 120 s of patience; expected by the Kolmogorov equations (in
tests/truth/data/timevarying_Mt_M_18_M.csv), shown by the mean of many simulated days.
"""

import csv
import time
from collections import Counter
from math import sqrt

from acd.cli import streams
from acd.scenario import Class, Scenario, Seat, Spread
from acd.simulate import SECOND, Simulation
from bench.truth_cases import ALL, DATA, Case, Found, Row

HOUR = 3600 * SECOND
DAYS = 400
DEVIATIONS = (0.1, 0.1, 2.9, 13.9, 21.2, 19.9, 8.7, 5.8, 9.1, 3.9, 0.4, 0.1)
"""By how much one day differs from the next in each hour, measured over 100 days."""


def _lines() -> list[dict[str, str]]:
    with (DATA / "timevarying_Mt_M_18_M.csv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def case(days: int = DAYS) -> Case:
    """Give a row for each hour; so many days may be off by four standard deviations."""
    lines = _lines()
    calls = round(days * sum(float(line["lambda_per_h"]) for line in lines))
    rows = (
        Row(
            f"abandoned_in_hour_{line['hour']}",
            float(line["expected_abandoned_in_hour"]),
            4 * one_day / sqrt(days),
            calls,
        )
        for line, one_day in zip(lines, DEVIATIONS, strict=True)
    )
    return Case("day", "M(t)/M/18+M", {"days": days}, tuple(rows))


def scenario() -> Scenario:
    """Write the day down."""
    halves = tuple(float(line["lambda_per_h"]) / 2 for line in _lines() for _ in range(2))
    calls = Class(per_half_hour=halves, service=Spread(mean_s=180), patience=Spread(mean_s=120))
    agents = (Seat(number="A", groups=(ALL,), count=18),)
    return Scenario(hours=len(halves) / 2, groups={ALL: calls}, agents=agents)


def run(days: int = DAYS) -> Found:
    """Simulate so many days, each with a seed of its own."""
    plan, gone, calls, began = scenario(), Counter[int](), 0, time.process_time()
    for seed in range(1, days + 1):
        for fate in Simulation(plan.cast()).fates(plan.stream(streams(seed))):
            calls += 1
            if fate.outcome == "abandoned":
                gone[(fate.call.at + fate.wait) // HOUR] += 1
    figures = {f"abandoned_in_hour_{hour}": gone[hour] / days for hour in range(len(DEVIATIONS))}
    return Found(figures, calls, time.process_time() - began)
