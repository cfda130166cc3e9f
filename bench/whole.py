"""What a call of the whole product costs, part by part, and how many a second one machine carries.

A menu, a recording with both sides, a look-up in a CRM, webhooks, the tracing of SIP, and after the
talk the question how it was; beside it `Dial` with MixMonitor on the same Asterisk. Talks last 2 s,
so that what a call costs by itself stands out; ffmpeg's part grows with the length of the talk.
"""

import argparse
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from bench.arms import MENU, Bench, Run, asterisk_ms, dialled, on_site, part_ms
from bench.load import Load
from bench.rush import MOST_FAILED, failed
from bench.scale import quiet
from bench.site import ASTERISK, Kind, Site
from demo.steps import Pause, Press, Step

AGENTS, RATE, CALLS, QUICK_CALLS = 150, 10.0, 80, 20
RATES, SECONDS, SPARE_S = (20.0, 30.0, 40.0, 60.0), 5.0, 25.0
TALK = 'milliseconds="2000"'
RATING: tuple[Step, ...] = (Pause(4.0), Press("5"), Pause(1.5), Press("5"))
"""The talk is over by then; who is asked late rates with the second press."""
OURS, LIMIT = "whole", "dial_recorded"
PARTS = (ASTERISK, "engine", "ffmpeg", "web", "tracer", "supervisor")
Aims = dict[str, float | tuple[str, float]]
AIMS: Aims = {"failed": 0.0, "recorded": (">=", 1.0), "rated": (">=", 0.9), "told": (">=", 1.0)}


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add our own option."""
    parser.add_argument(
        "--quick", action="store_true", help="a quarter of the calls, no climb: for a look"
    )


def measure(quick: bool = False) -> tuple[dict[str, float], Aims]:
    """Give CPU milliseconds per call by part, and the highest rate that was carried."""
    calls = QUICK_CALLS if quick else CALLS
    return on_site(Kind(AGENTS, whole=True, asks=True), lambda bench: _all(bench, calls)), AIMS


async def _all(bench: Bench, calls: int) -> dict[str, float]:
    limit = [await _run(bench, LIMIT, calls, RATE)]
    ours = [await _run(bench, OURS, calls, RATE) for _ in range(2)]
    found = figures(ours, limit) | _kept(bench.site, ours)
    if calls == CALLS:
        limit.append(await _run(bench, LIMIT, calls, RATE))
        found |= figures(ours, limit) | await _climb(bench)
    return found


async def _climb(bench: Bench) -> dict[str, float]:
    """Raise the rate until calls fail; tell what the machine was busy with when it broke."""
    found = {"max_calls_s": RATE, "broke_at": 0.0}
    for rate in RATES:
        run = await _run(bench, OURS, round(rate * SECONDS), rate)
        lost = failed(run)
        if lost > MOST_FAILED * run.outcome.placed:
            found |= {"broke_at": rate, "broke_failed": float(lost)}
            break
        found["max_calls_s"] = rate
    return found


async def _run(bench: Bench, arm: str, calls: int, rate: float) -> Run:
    """Run an arm and wait until its last recording is finished, which costs as well."""
    await bench.prepare(arm)
    before = _spent(bench.site)
    steps = (*MENU, *RATING) if arm == OURS else ()
    load = Load(dialled(arm, bench.site), calls, rate, sound_s=9, steps=steps)
    run = await bench.run(arm, load, TALK, SPARE_S)
    await quiet(bench.site, arm)
    after = _spent(bench.site)
    return replace(run, spent={name: after[name] - before.get(name, 0.0) for name in after})


def _spent(site: Site) -> dict[str, float]:
    """Give the CPU seconds of each part; the engine's children are ffmpeg's turns."""
    own, with_children = site.spent(), site.spent(children=True)
    ffmpeg = with_children.get("engine", 0.0) - own.get("engine", 0.0)
    return own | {"ffmpeg": ffmpeg}


def figures(ours: Sequence[Run], limit: Sequence[Run]) -> dict[str, float]:
    """Give the milliseconds of a call by part, beside those of `Dial` with MixMonitor."""
    found = {f"{part}_cpu_ms": round(part_ms(ours, part), 1) for part in PARTS}
    found["all_cpu_ms"] = round(sum(part_ms(ours, part) for part in PARTS), 1)
    found["dial_recorded_cpu_ms"] = round(asterisk_ms(limit), 1)
    found["asterisk_of_dial"] = round(asterisk_ms(ours) / max(0.1, asterisk_ms(limit)), 2)
    return found | {"failed": float(sum(failed(run) for run in (*ours, *limit)))}


def _kept(site: Site, runs: Sequence[Run]) -> dict[str, float]:
    """Tell which share of the calls has a recording and a rating in the rows, and told the sink."""
    calls = sum(run.outcome.placed for run in runs)
    rows = "select sum(has_recording) kept, sum(score is not null) rated from call"
    done = _when(lambda: site.rows(rows)[0], lambda row: row["kept"] == calls)
    ended = _when(lambda: _told(site), lambda told: told >= calls)
    found = {"recorded": done["kept"], "rated": done["rated"], "told": ended}
    return {name: round((count or 0) / calls, 3) for name, count in found.items()}


def _told(site: Site) -> int:
    return sum(b'"call.ended"' in body for _, body in list(site.sink.received))


def _when(look: Callable[[], Any], enough: Callable[[Any], bool], within_s: float = 20.0) -> Any:
    """Look until it is enough; after so long give what is there."""
    end = time.monotonic() + within_s
    while not enough(found := look()) and time.monotonic() < end:
        time.sleep(0.3)
    return found
