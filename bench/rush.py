"""The highest rate of calls that `Dial`, app_queue and ours carry, and what a call costs there.

Rates rise until more than one call in a thousand fails; a caller who reached no agent within 5 s
counts as failed, however SIPp saw it. 250 agents, talks of half a second, sound both ways.
"""

import argparse
from collections.abc import Sequence

from bench.arms import Bench, Run, all_ms, asterisk_ms, dialled, on_site
from bench.heard import first_invites
from bench.load import Load
from bench.site import Kind

AGENTS, SECONDS = 250, 4.0
RATES = (40.0, 70.0, 100.0)
LONG_RATES = tuple(float(rate) for rate in range(20, 201, 10))
ARMS = ("queue", "dial", "core")
COMPARED = 100.0
"""Calls a second at which the cost of a call is compared; the highest that both carried if less."""
MOST_FAILED, LATE_S, SPARE_S = 0.001, 5.0, 8.0
TALK = 'milliseconds="500"'
Aims = dict[str, float | tuple[str, float]]
AIMS: Aims = {"asterisk_of_queue": 1.0, "all_of_queue": 1.6, "max_of_queue": (">=", 0.8)}


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add our own option."""
    parser.add_argument(
        "--long",
        action="store_true",
        help="finer steps, up to 200 calls a second; a quarter of an hour",
    )


def measure(long: bool = False) -> tuple[dict[str, float], Aims]:
    """Give the highest rate of each arm and the cost of a call, ours beside app_queue's."""
    carried: dict[str, dict[float, Run]] = {}

    async def sweep(bench: Bench) -> list[Run]:
        for arm in ARMS:
            carried[arm] = await _climb(bench, arm, LONG_RATES if long else RATES)
        return bench.runs

    on_site(Kind(AGENTS), sweep)
    return figures(carried), AIMS


async def _climb(bench: Bench, arm: str, rates: Sequence[float]) -> dict[float, Run]:
    carried: dict[float, Run] = {}
    for rate in rates:
        load = Load(dialled(arm, bench.site), round(rate * SECONDS), rate, sound_s=2)
        run = await bench.run(arm, load, TALK, SPARE_S)
        if failed(run) > MOST_FAILED * run.outcome.placed:
            break
        carried[rate] = run
    return carried


def failed(run: Run) -> int:
    """Count who reached no agent in time; the n-th caller is taken for the n-th who was served."""
    callers, agents = first_invites(run.outcome.callers), first_invites(run.agents)
    late = sum(there.at - here.at > LATE_S for here, there in zip(callers, agents, strict=False))
    return max(run.outcome.failed, len(callers) - len(agents)) + late


def figures(carried: dict[str, dict[float, Run]]) -> dict[str, float]:
    """Compare the highest rates, and the cost at a rate that both carried."""
    highest = {arm: max(runs, default=0.0) for arm, runs in carried.items()}
    both = [rate for rate in carried["core"] if rate in carried["queue"] and rate <= COMPARED]
    at = max(both, default=0.0)
    found = {f"{arm}_max_calls_s": rate for arm, rate in highest.items()} | {"compared_at": at}
    # where app_queue carried nothing there is nothing to compare: that is no success
    found["max_of_queue"] = round(highest["core"] / highest["queue"], 2) if highest["queue"] else 0
    core, queue = ([carried[arm][at]] if at else [] for arm in ("core", "queue"))
    for arm, own in (("core", core), ("queue", queue)):
        found[f"{arm}_asterisk_cpu_ms"] = round(asterisk_ms(own), 1)
        found[f"{arm}_all_cpu_ms"] = round(all_ms(own), 1)
    found["asterisk_of_queue"] = _ratio(asterisk_ms(core), asterisk_ms(queue))
    return found | {"all_of_queue": _ratio(all_ms(core), all_ms(queue))}


def _ratio(ours: float, theirs: float) -> float:
    """Give ours for each of theirs; nothing to compare is no success."""
    return round(ours / theirs, 2) if theirs else 99.0
