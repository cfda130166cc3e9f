"""How long a waiting caller waits for nothing: an agent hangs up, the next INVITE arrives.

Twenty agents without wrap-up, more callers than they can serve, real sound both ways; app_queue
and ours in turn on one Asterisk, with the same phones and the same load. Counted at the phones,
from an agent's BYE to the next INVITE: SIP, dialplan, journal, decision and dialplan again.
"""

import argparse
from collections.abc import Sequence

from bench.arms import Bench, Run, dialled, on_site
from bench.heard import cut, handed_over_ms
from bench.load import Load
from bench.site import Kind

AGENTS, AT_ONCE = 20, 60
CALLS, TALK = 150, 'distribution="uniform" min="3000" max="5000"'
QUICK_CALLS, QUICK_TALK = 80, 'distribution="uniform" min="800" max="1600"'
ORDER = ("queue", "core", "core", "queue")
AIMS = {"p50_ms": 8.0, "p99_ms": 30.0, "of_app_queue": 0.02}


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add our own option."""
    parser.add_argument(
        "--quick", action="store_true", help="short talks, fewer calls: for a look while developing"
    )


def measure(quick: bool = False) -> tuple[dict[str, float], dict[str, float]]:
    """Give milliseconds over the hand-offs of both arms, and the aims for ours."""
    runs = on_site(Kind(AGENTS), lambda bench: _runs(bench, quick))
    return figures(runs), AIMS


async def _runs(bench: Bench, quick: bool) -> list[Run]:
    calls, talk = (QUICK_CALLS, QUICK_TALK) if quick else (CALLS, TALK)
    for arm in ORDER:
        load = Load(dialled(arm, bench.site), calls, 20, AT_ONCE, sound_s=5)
        await bench.run(arm, load, talk)
    return bench.runs


def figures(runs: Sequence[Run]) -> dict[str, float]:
    """Put the hand-offs of all runs of an arm together."""
    ours = _handed_over(runs, "core")
    queue = _handed_over(runs, "queue")
    return {
        "calls": float(len(ours)),
        "p50_ms": round(cut(ours, 50), 1),
        "p99_ms": round(cut(ours, 99), 1),
        "max_ms": round(max(ours, default=0.0), 1),
        "app_queue_p50_ms": round(cut(queue, 50), 1),
        "app_queue_p99_ms": round(cut(queue, 99), 1),
        "of_app_queue": round(cut(ours, 50) / max(0.1, cut(queue, 50)), 4),
        "failed": float(sum(run.outcome.failed for run in runs)),
    }


def _handed_over(runs: Sequence[Run], arm: str) -> list[float]:
    return [ms for run in runs if run.arm == arm for ms in handed_over_ms(run.agents)]
