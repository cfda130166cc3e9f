"""Very many short calls, and what stays behind: memory, files, threads, the database per call.

Agents talk for a moment only. Every process is looked at again and again; after a warm-up nothing
may grow with the number of calls.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.processes import rss_bytes
from tests.chaos.tally import Ask, Tally
from tests.chaos.verdict import judged
from tests.chaos.works import MENU, Works, on_works
from tests.house.system import until

AGENTS, RATE, AT_ONCE = 80, 16.0, 240
TALK = 'min="1000" max="3000"'
WARM = 0.3
"""The share of all calls after which nothing may grow any more."""
SAMPLES, REST_S = 40, 300.0
JUDGED_FROM = 5000
"""With fewer calls than these nothing is said about growth."""
PARTS = ("engine", "web")
MOST_MB = 1.0
"""What a process may have grown by after the warm-up, for each thousand calls, megabytes."""
MOST_FILES = 10
"""How many more open files and threads there may be in the end: connections come and go."""


@dataclass(frozen=True, slots=True)
class Sample:
    """One look: calls so far, and of each part megabytes, open files and threads."""

    calls: int
    parts: dict[str, tuple[float, int, int]]


def run(ask: Ask) -> Tally:
    """Let `cycles` calls come at sixteen a second."""
    return on_works(ask, AGENTS, soaked, TALK)


def soaked(ask: Ask, works: Works) -> Tally:
    """Do it on an installation that runs."""
    tally, samples, began = Tally(ask.seed), list[Sample](), time.monotonic()
    # asked once: a child that has not yet become another program bears its parent's name
    pids = {part: works.pid_of(part) for part in PARTS}
    before = _ended(works)
    crowd = works.call(MENU, AT_ONCE, RATE, ask.cycles)
    step = max(1, ask.cycles // SAMPLES)
    for wanted in range(step, ask.cycles + 1, step):
        until(lambda n=before + wanted: _ended(works) >= n, REST_S, works.said)  # type: ignore[misc]
        looks = {part: _look(pid) for part, pid in pids.items()}
        samples.append(Sample(_ended(works) - before, looks))
        ask.say(f"{samples[-1].calls} calls, {samples[-1].parts}")
    until(lambda: works.children[crowd].poll() is not None, REST_S, works.said)
    placed_s = time.monotonic() - began
    tally.cycles = tally.live_calls = ask.cycles
    tally.also["calls_s"] = round(ask.cycles / placed_s, 1)
    size = (works.data / "yingda.db").stat().st_size
    tally.also["database_bytes_per_call"] = round(size / max(1, ask.cycles))
    _flat(tally, samples)
    judged(works, tally, ask.say)
    return tally


def _ended(works: Works) -> int:
    rows = works.rows("SELECT count(*) AS n FROM call WHERE outcome IS NOT NULL")
    return int(rows[0]["n"])


def _look(pid: int) -> tuple[float, int, int]:
    """Read what a process holds: megabytes, open files, threads (proc(5))."""
    folder = Path(f"/proc/{pid}")
    files = len(list((folder / "fd").iterdir()))
    return round(rss_bytes(pid) / 1e6, 1), files, len(list((folder / "task").iterdir()))


def _flat(tally: Tally, samples: Sequence[Sample]) -> None:
    """Judge the samples after the warm-up, and tell the slope of each part's memory."""
    warm = samples[round(len(samples) * WARM) :]
    if not warm or warm[-1].calls < JUDGED_FROM:
        return  # a process still warms up
    for part in warm[0].parts.keys() & warm[-1].parts.keys():
        slope = _slope([(each.calls / 1000, each.parts[part][0]) for each in warm])
        tally.also[f"{part}_mb_per_1000"] = round(slope, 3)
        tally.also[f"{part}_mb"] = warm[-1].parts[part][0]
        tally.must(slope <= MOST_MB, f"{part} grew by {slope:.2f} MB for each thousand calls")
        for at, what in ((1, "files"), (2, "threads")):
            more = warm[-1].parts[part][at] - warm[0].parts[part][at]
            tally.must(more <= MOST_FILES, f"{part} has {more} {what} more than when it was warm")


def _slope(points: Sequence[tuple[float, float]]) -> float:
    """Give the slope of the straight line through points, by least squares.

    >>> _slope([(0, 1), (1, 3), (2, 5)])
    2.0
    """
    x, y = (sum(values) / len(points) for values in zip(*points, strict=True))
    below = sum((point[0] - x) ** 2 for point in points)
    return sum((point[0] - x) * (point[1] - y) for point in points) / below if below else 0.0
