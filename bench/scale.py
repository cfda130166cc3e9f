"""How many recorded talks one machine carries, beside `Dial` with MixMonitor on the same Asterisk.

First so many talks at once in both, for the cost of one; then the everyday point of a firm: 100
agents, 150 calls at once (50 of them hear music), 1,000 calls an hour, all with a menu, recording
and webhooks. With `--long` more and more talks, until audio is lost or a call fails.
"""

import argparse
import asyncio
import os
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from bench.arms import MENU, Bench, dialled, on_site
from bench.heard import cut, handed_over_ms, read_log
from bench.load import Load, agents, callers, outcome
from bench.processes import idle_s
from bench.site import ASTERISK, PHONES, Kind, Site

AGENTS, AT_ONCE = 100, 150
BLOCK_S = 32_768 / 16_000
"""Asterisk writes a recording in blocks of this much sound: a window is a whole number of them."""
TALKS, WINDOW_S, EVERYDAY_S, LONG_WINDOW_S = 60, 6 * BLOCK_S, 20 * BLOCK_S, 8 * BLOCK_S
LONG_TALKS = (100, 150, 200, 250, 300)
RATE = 12.0
ENDLESS, EVERYDAY = 'milliseconds="600000"', 'distribution="exponential" mean="360000"'
"""Talks: longer than any run; or 6 minutes in the mean, so that 100 agents serve 1,000 an hour."""
BYTES_S = 16_000
"""One second of a recording: 8,000 samples of two bytes."""
UP_S, QUIET_S, LOOK_S = 60.0, 90.0, 0.25
KEPT = 0.97
"""The share of the audio of a window that must be in the files; SIPp's own start takes some."""
Aims = dict[str, float | tuple[str, float]]
AIMS: Aims = {"talks_of_dial": (">=", 0.95), "everyday_failed": 0.0, "audio_kept": (">=", KEPT)}
OURS, LIMIT = "whole", "dial_recorded"


@dataclass(frozen=True, slots=True)
class Point:
    """What one window saw: cores in use by part, the share of audio kept, failures, hand-offs."""

    arm: str
    talks: int
    cores: dict[str, float]
    kept: float
    failed: int
    handed_over: tuple[float, ...] = ()
    busy: float = 0.0
    """The share of the whole machine in use, SIPp and everybody else included."""

    @property
    def kept_its_promises(self) -> bool:
        """Tell whether no call failed and the audio is there."""
        return not self.failed and self.kept >= KEPT

    @property
    def talks_per_core(self) -> float:
        """Give the recorded talks for each core that all server processes use together."""
        return self.talks / max(0.001, sum(self.cores.values()))


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add our own option."""
    parser.add_argument("--long", action="store_true", help="raise the talks until it breaks")


def measure(long: bool = False) -> tuple[dict[str, float], Aims]:
    """Give recorded talks per core of both arms, and the everyday point."""
    points: list[Point] = []
    everyday: list[Point] = []

    async def runs(bench: Bench) -> None:
        for arm in (LIMIT, OURS, OURS, LIMIT):
            points.append(await _hold(bench, arm, TALKS, WINDOW_S))
            if arm == OURS and not everyday:
                everyday.append(await _hold(bench, arm, AT_ONCE, EVERYDAY_S, EVERYDAY))
        if long:
            points.extend(await _climb(bench))

    most = max(LONG_TALKS) if long else AGENTS
    on_site(Kind(most if long else AGENTS, whole=True), runs)
    return figures(points, everyday[0]), AIMS


async def _climb(bench: Bench) -> list[Point]:
    found: list[Point] = []
    for talks in LONG_TALKS:
        point = await _hold(bench, OURS, talks, LONG_WINDOW_S)
        found.append(point)
        if not point.kept_its_promises:
            break
    return found


async def _hold(bench: Bench, arm: str, at_once: int, seconds: float, talk: str = ENDLESS) -> Point:
    """Bring up so many calls, watch them for some seconds, and end them all."""
    await bench.prepare(arm)
    site, room = bench.site, bench.room / f"{time.monotonic_ns()}-{arm}"
    calls = at_once if talk == ENDLESS else at_once + 100
    steps = MENU if arm == OURS else ()
    load = Load(dialled(arm, site), calls, RATE, at_once, sound_s=150, steps=steps)
    talks = min(at_once, len(site.numbers))
    async with agents(room / "agents", (PHONES[0], bench.phones), talk) as log:
        placing = asyncio.create_task(callers(room / "callers", site.sip, load, 170))
        try:
            folder = _folder(site, arm)
            await _until(lambda: len(_files(folder)) >= talks, UP_S)
            seen = await _watched(site, folder, seconds)
        finally:
            placing.cancel()
            with suppress(asyncio.CancelledError):
                await placing
    failed = outcome(room / "callers").broken
    await quiet(site, arm)
    cores, audio, busy = seen
    handed_over = tuple(handed_over_ms(read_log(log)))
    return Point(arm, talks, cores, audio / (talks * seconds), failed, handed_over, busy)


async def _watched(
    site: Site, folder: Path, seconds: float
) -> tuple[dict[str, float], float, float]:
    """Give the cores that each part used meanwhile, the seconds of audio, the machine's share."""
    before, since = site.spent(children=True), time.monotonic()
    idle, at_first = idle_s(), _sizes(folder)
    seen = dict(at_first)
    while time.monotonic() < since + seconds:
        await asyncio.sleep(LOOK_S)
        # a talk that ends is taken out of the spool: what it held before counts as well
        seen |= _sizes(folder)
    lasted = time.monotonic() - since
    after = site.spent(children=True)
    cores = {name: (value - before.get(name, 0.0)) / lasted for name, value in after.items()}
    busy = 1 - (idle_s() - idle) / lasted / (os.cpu_count() or 1)
    written = sum(size - at_first.get(file, 0) for file, size in seen.items())
    return cores, written / BYTES_S * seconds / lasted, busy


async def quiet(site: Site, arm: str) -> None:
    """End what is left; in our arm wait until every recording is finished as well."""
    folder = _folder(site, arm)
    await site.cli("channel request hangup all")
    await site.settled()
    if arm == OURS:
        await _until(lambda: not _files(folder), QUIET_S)
    for file in _files(folder):
        file.unlink(missing_ok=True)


async def _until(is_so: Callable[[], bool], within_s: float) -> None:
    end = time.monotonic() + within_s
    while not is_so() and time.monotonic() < end:  # noqa: ASYNC110
        await asyncio.sleep(0.2)


def _folder(site: Site, arm: str) -> Path:
    return site.data / "spool" if arm == OURS else site.own_spool


def _files(folder: Path) -> list[Path]:
    """List the mixed recordings; the two sides lie beside them."""
    found = folder.glob("*.wav") if folder.exists() else ()
    return [file for file in found if not file.stem.endswith(("-caller", "-agent"))]


def _sizes(folder: Path) -> dict[Path, int]:
    found: dict[Path, int] = {}
    for file in _files(folder):
        with suppress(FileNotFoundError):
            found[file] = file.stat().st_size
    return found


def figures(points: Sequence[Point], everyday: Point) -> dict[str, float]:
    """Compare both arms at the same number of talks, and tell of the everyday point."""
    ours, limit = ([p for p in points if (p.arm, p.talks) == (arm, TALKS)] for arm in (OURS, LIMIT))
    found = {"talks_per_core": _mean(ours), "dial_talks_per_core": _mean(limit)}
    found["talks_of_dial"] = round(_mean(ours) / max(0.1, _mean(limit)), 2)
    for part in (ASTERISK, "engine", "web", "tracer"):
        found[f"everyday_{part}_cores"] = round(everyday.cores.get(part, 0.0), 3)
    handed_over = everyday.handed_over
    found |= {
        "everyday_failed": float(everyday.failed),
        "everyday_hand_offs": float(len(handed_over)),
        "everyday_hand_off_p50_ms": round(cut(handed_over, 50), 1),
        "everyday_hand_off_p99_ms": round(cut(handed_over, 99), 1),
        "audio_kept": round(min(point.kept for point in (*ours, everyday)), 3),
    }
    carried = [point for point in points if point.arm == OURS and point.kept_its_promises]
    most = max(carried, key=lambda point: point.talks, default=None)
    found["most_talks_carried"] = float(most.talks if most else 0)
    found |= _at("most", most) | _at("broke", _first_broken(points))
    return found | {"cores": float(os.cpu_count() or 1)}


def _first_broken(points: Sequence[Point]) -> Point | None:
    broken = [point for point in points if point.arm == OURS and not point.kept_its_promises]
    return min(broken, key=lambda point: point.talks, default=None)


def _at(name: str, point: Point | None) -> dict[str, float]:
    """Tell how busy each part was at a point, and what was lost there."""
    if point is None:
        return {}
    found = {"talks": float(point.talks), "failed": float(point.failed), "busy": point.busy}
    found |= {"audio_kept": point.kept, "talks_per_core": point.talks_per_core}
    found |= {f"{part}_cores": used for part, used in point.cores.items()}
    return {f"{name}_{key}": round(value, 3) for key, value in found.items()}


def _mean(points: Sequence[Point]) -> float:
    per_core = [point.talks_per_core for point in points]
    return round(sum(per_core) / len(per_core), 1) if per_core else 0.0
