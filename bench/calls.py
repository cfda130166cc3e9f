"""What a call costs while agents are free: `Dial` alone (the limit), app_queue and ours.

The same SIPp load with real sound on one Asterisk; the core arm has neither menu nor recording nor
webhooks, the journal is on. CPU seconds of every server process, as Linux counts them.
"""

import argparse
from collections.abc import Sequence

from bench.arms import Bench, Run, all_ms, asterisk_ms, dialled, on_site, part_ms
from bench.heard import cut, reached_ms
from bench.load import Load
from bench.site import ASTERISK, Kind

AGENTS, RATE, CALLS, QUICK_CALLS = 100, 20.0, 300, 60
TALK = 'milliseconds="600"'
ORDER = ("dial", "queue", "core", "core", "queue", "dial")
AIMS = {"over_dial_ms": 10.0, "asterisk_of_queue": 1.25, "all_of_queue": 1.6, "failed": 0.0}


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add our own option."""
    parser.add_argument(
        "--quick", action="store_true", help="a fifth of the calls: for a look while developing"
    )


def measure(quick: bool = False) -> tuple[dict[str, float], dict[str, float]]:
    """Give CPU milliseconds per call, latency at an idle agent and memory of the three arms."""
    runs = on_site(Kind(AGENTS), lambda bench: _runs(bench, QUICK_CALLS if quick else CALLS))
    return figures(runs), AIMS


async def _runs(bench: Bench, calls: int) -> list[Run]:
    for arm in ORDER:
        await bench.run(arm, Load(dialled(arm, bench.site), calls, RATE), TALK)
    return bench.runs


def figures(runs: Sequence[Run]) -> dict[str, float]:
    """Put the runs of each arm together and compare them."""
    by_arm = {arm: [run for run in runs if run.arm == arm] for arm in dict.fromkeys(ORDER)}
    found: dict[str, float] = {}
    for arm, own in by_arm.items():
        reached = [ms for run in own for ms in reached_ms(run.outcome.callers, run.agents)]
        found |= {
            f"{arm}_p50_ms": round(cut(reached, 50), 1),
            f"{arm}_p99_ms": round(cut(reached, 99), 1),
            f"{arm}_asterisk_cpu_ms": round(asterisk_ms(own), 1),
            f"{arm}_asterisk_mb": round(own[-1].memory[ASTERISK]),
        }
    core, queue = by_arm["core"], by_arm["queue"]
    return found | {
        "engine_cpu_ms": round(part_ms(core, "engine"), 1),
        "web_cpu_ms": round(part_ms(core, "web"), 1),
        "engine_mb": round(core[-1].memory.get("engine", 0.0)),
        "over_dial_ms": round(found["core_p50_ms"] - found["dial_p50_ms"], 1),
        "asterisk_of_queue": round(asterisk_ms(core) / asterisk_ms(queue), 2),
        "all_of_queue": round(all_ms(core) / all_ms(queue), 2),
        "failed": float(sum(run.outcome.failed for run in runs)),
    }
