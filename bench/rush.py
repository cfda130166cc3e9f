"""The highest rate of calls that `Dial`, app_queue and ours carry, and what a call costs there.

Rates rise until more than one call in a thousand fails, twice where few do; a caller who reached no
agent within 5 s counts as failed, however SIPp saw it. 250 agents, talks of half a second, sound
both ways. Each arm takes some calls first that nobody counts. Where an arm breaks, the figures tell
what each part of the server spent. What does not carry the first rate is a matter for `--long`.
"""

import argparse
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from bench.arms import Bench, Run, all_ms, asterisk_ms, dialled, on_site
from bench.heard import first_invites
from bench.load import Load
from bench.site import Kind

AGENTS, SECONDS = 250, 4.0
RATES = (100.0, 120.0, 140.0)
WARM_RATE, WARM_S = 20.0, 2.0
LONG_RATES = tuple(float(rate) for rate in range(20, 201, 10))
ARMS = ("queue", "dial", "core")
COMPARED = 100.0
"""Calls a second at which the cost of a call is compared; the highest that both carried if less."""
MOST_FAILED, FEW_FAILED, LATE_S, SPARE_S = 0.001, 0.05, 5.0, 8.0
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


@dataclass(slots=True)
class Climb:
    """What an arm carried, by rate, and the run in which it broke."""

    carried: dict[float, Run] = field(default_factory=dict)
    broke: Run | None = None
    broke_at: float = 0.0

    @property
    def highest(self) -> float:
        """Give the highest rate that was carried."""
        return max(self.carried, default=0.0)


def measure(long: bool = False) -> tuple[dict[str, float], Aims]:
    """Give the highest rate of each arm and the cost of a call, ours beside app_queue's."""
    climbs: dict[str, Climb] = {}

    async def sweep(bench: Bench) -> list[Run]:
        for arm in ARMS:
            climbs[arm] = await _climb(bench, arm, LONG_RATES if long else RATES)
        return bench.runs

    on_site(Kind(AGENTS), sweep)
    return figures(climbs), AIMS


async def _climb(bench: Bench, arm: str, rates: Sequence[float]) -> Climb:
    found = Climb()
    await _run(bench, arm, WARM_RATE, WARM_S)
    for rate in rates:
        run = await _at(bench, arm, rate)
        if failed(run) > MOST_FAILED * run.outcome.placed:
            found.broke, found.broke_at = run, rate
            break
        found.carried[rate] = run
    return found


async def _at(bench: Bench, arm: str, rate: float) -> Run:
    """Try a rate; once more where only a few calls failed."""
    run = await _run(bench, arm, rate, SECONDS)
    few = MOST_FAILED < failed(run) / max(1, run.outcome.placed) <= FEW_FAILED
    return await _run(bench, arm, rate, SECONDS) if few else run


async def _run(bench: Bench, arm: str, rate: float, seconds: float) -> Run:
    load = Load(dialled(arm, bench.site), round(rate * seconds), rate, sound_s=2)
    return await bench.run(arm, load, TALK, SPARE_S)


def failed(run: Run) -> int:
    """Count who reached no agent in time; the n-th caller is taken for the n-th who was served."""
    callers, agents = first_invites(run.outcome.callers), first_invites(run.agents)
    late = sum(there.at - here.at > LATE_S for here, there in zip(callers, agents, strict=False))
    return max(run.outcome.failed, len(callers) - len(agents)) + late


def figures(climbs: Mapping[str, Climb]) -> dict[str, float]:
    """Compare the highest rates, and the cost at a rate that both carried."""
    core, queue = climbs["core"], climbs["queue"]
    at = max(
        (each for each in core.carried if each in queue.carried and each <= COMPARED), default=0.0
    )
    found = {f"{arm}_max_calls_s": climb.highest for arm, climb in climbs.items()}
    for arm, climb in climbs.items():
        found |= _broke(arm, climb)
    # where app_queue carried nothing there is nothing to compare: that is no success
    found["max_of_queue"] = round(core.highest / queue.highest, 2) if queue.highest else 0
    ours, theirs = ([climb.carried[at]] if at else [] for climb in (core, queue))
    for arm, own in (("core", ours), ("queue", theirs)):
        found[f"{arm}_asterisk_cpu_ms"] = round(asterisk_ms(own), 1)
        found[f"{arm}_all_cpu_ms"] = round(all_ms(own), 1)
    found |= {
        "compared_at": at,
        "asterisk_of_queue": _ratio(asterisk_ms(ours), asterisk_ms(theirs)),
    }
    return found | {"all_of_queue": _ratio(all_ms(ours), all_ms(theirs))}


def _broke(arm: str, climb: Climb) -> dict[str, float]:
    """Tell of the run in which an arm broke: who failed, SIP sent again, cores of each part."""
    run = climb.broke
    if run is None:
        return {}
    cores = {part: spent / SECONDS for part, spent in run.spent.items()}
    found = {"at": climb.broke_at, "failed": float(failed(run)), "again": float(run.outcome.again)}
    found |= {f"{part}_cores": round(used, 2) for part, used in cores.items()}
    return {f"{arm}_broke_{name}": value for name, value in found.items()}


def _ratio(ours: float, theirs: float) -> float:
    """Give ours for each of theirs; nothing to compare is no success."""
    return round(ours / theirs, 2) if theirs else 99.0
