"""How long a waiting caller waits for nothing: an agent hangs up, the next INVITE arrives.

Twenty agents without wrap-up, more callers than they can serve, real sound both ways; app_queue
and ours in turn on one Asterisk, with the same phones and the same load. Counted at the phones,
from an agent's BYE to the next INVITE: SIP, dialplan, journal, decision and dialplan again.

With `--busy` ours twice instead: idle, and while a firm of 100 desks works beside it (`busy.py`).
"""

import argparse
from collections.abc import Mapping, Sequence

from bench.arms import Bench, Run, dialled, on_site, part_ms
from bench.busy import DESKS, Crowd
from bench.heard import cut, handed_over_ms
from bench.load import Load
from bench.site import Kind

AGENTS, AT_ONCE = 20, 60
CALLS, TALK = 150, 'distribution="uniform" min="3000" max="5000"'
QUICK_CALLS, QUICK_TALK = 80, 'distribution="uniform" min="800" max="1600"'
ORDER = ("queue", "core", "core", "queue")
Aims = dict[str, float | tuple[str, float]]
AIMS: Aims = {"p50_ms": 8.0, "p99_ms": 30.0, "of_app_queue": 0.02}
BUSY_CALLS = 240
BUSY_AIMS: Aims = {
    **{"p50_of_idle": 1.1, "p99_of_idle": 1.1, "failed": 0.0},
    **{"reports_given": (">=", 5.0), "exports_given": (">=", 1.0)},
}


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add our own options."""
    parser.add_argument(
        "--busy", action="store_true", help="ours while desks, boards, reports and an export run"
    )
    parser.add_argument(
        "--quick", action="store_true", help="short talks, fewer calls: for a look while developing"
    )


def measure(quick: bool = False, busy: bool = False) -> tuple[dict[str, float], Aims]:
    """Give milliseconds over the hand-offs of both arms, and the aims for ours."""
    if busy:
        return on_site(Kind(DESKS), lambda bench: _beside_a_firm(bench, quick)), BUSY_AIMS
    runs = on_site(Kind(AGENTS), lambda bench: _runs(bench, quick))
    return figures(runs), AIMS


async def _beside_a_firm(bench: Bench, quick: bool) -> dict[str, float]:
    """Hand over idle, busy, busy, idle; twenty of the firm's agents take calls.

    The export that ran beside them may end after them: what gives way waits for a free core.
    """
    crowd = Crowd(bench.site)
    await crowd.come(bench.site.numbers)
    bench.site.numbers = bench.site.numbers[:AGENTS]
    load = Load(dialled("core", bench.site), CALLS if quick else BUSY_CALLS, 20, AT_ONCE, 5)
    arms: dict[str, list[Run]] = {"idle": [], "busy": []}
    await bench.prepare("core")
    arms["idle"].append(await bench.run("core", load, QUICK_TALK))
    async with crowd.at_work(bench.room / "crowd"):
        arms["busy"] += [await bench.run("core", load, QUICK_TALK) for _ in range(2)]
        await crowd.has_export()
    arms["idle"].append(await bench.run("core", load, QUICK_TALK))
    return busy_figures(arms, crowd)


def busy_figures(arms: Mapping[str, Sequence[Run]], crowd: Crowd) -> dict[str, float]:
    """Compare the hand-offs beside a firm at work with those of the quiet hours."""
    found: dict[str, float] = {"month_of_calls": float(crowd.calls)}
    cuts = {}
    for name, runs in arms.items():
        times = _handed_over(runs, "core")
        cuts[name] = {percent: cut(times, percent) for percent in (50, 99)}
        found |= {f"{name}_p{percent}_ms": round(ms, 1) for percent, ms in cuts[name].items()}
        found |= {f"{name}_calls": float(len(times)), f"{name}_max_ms": round(max(times), 1)}
        found |= {f"{name}_web_cpu_ms": round(part_ms(runs, "web"), 1)}
    for percent in (50, 99):
        ratio = cuts["busy"][percent] / max(0.1, cuts["idle"][percent])
        found[f"p{percent}_of_idle"] = round(ratio, 2)
    found["reports_given"] = float(sum(crowd.given.values()))
    found["exports_given"] = float(crowd.given["export"])
    return found | {
        "failed": float(sum(run.outcome.failed for runs in arms.values() for run in runs))
    }


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
