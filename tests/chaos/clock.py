"""The machine's wall clock is set with calls going on: by an hour, by a day, over midnight.

Every Python process of ours reads the time of day with what a file adds to it; the monotonic clock,
Asterisk and the phones keep the machine's own. libfaketime does not do: an engine under it stands
for seconds at a time (0.9.10, its hooks of timed waits), which no clock that is set does.
"""

import os
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from domain import events as ev
from domain.events import Record
from tests.chaos.tally import Ask, Tally
from tests.chaos.verdict import judged
from tests.chaos.works import TALK, Works
from tests.house.system import until

SET = """\
import os, time
_file, _read, _ns = os.environ["CHAOS_CLOCK"], time.monotonic, time.time_ns
_seen = [0.0, 0]
def _now():
    at = _read()
    if at - _seen[0] > 0.2:
        with open(_file) as file:
            _seen[:] = at, int(file.read() or 0) * 10**9
    return _ns() + _seen[1]
time.time_ns, time.time = _now, lambda: _now() / 1e9
"""
"""What Python carries out at the start of each process (sitecustomize, site(3))."""
HOUR, DAY = 3600, 86_400
JUMPS: dict[str, int | None] = {
    "an hour forwards": HOUR,
    "an hour back": -HOUR,
    "a day forwards": DAY,
    "a day back": -DAY,
    "midnight": None,
}
"""What is done, and by how many seconds; None: to a moment before midnight, which then passes."""
BEFORE_MIDNIGHT_S, ZONE = 5, ZoneInfo("Asia/Shanghai")
AGENTS_SHARE, RATE = 0.5, 5.0
SEEN_S, LASTS_S = 30.0, 15.0
LONGEST_MS, SLACK_S = 120_000, 2.0
"""Longer than any part of a call here takes; how far a told jump may be from the true one."""


def run(ask: Ask) -> Tally:
    """Set the clock in every way, `cycles` times, under `calls` live calls."""
    tally, file = Tally(ask.seed), ask.room / "clock" / "added"
    file.parent.mkdir()
    _set(file, 0)
    file.with_name("sitecustomize.py").write_text(SET)
    works = Works(ask.room / "w", max(4, round(ask.calls * AGENTS_SHARE)), TALK)
    try:
        works.prepare()
        with _told_time_by(file):
            works.start()
        works.to_work()
        works.come(ask.calls, RATE)
        for _ in range(ask.cycles):
            for name, seconds in JUMPS.items():
                _jump(ask, tally, works, file, (name, seconds))
        works.enough()
        judged(works, tally, ask.say)
        _durations(works, tally)
    finally:
        works.stop()
    return tally


@contextmanager
def _told_time_by(file: Path) -> Iterator[None]:
    """Have processes that are started here read the time of day with what a file adds to it."""
    paths = (str(file.parent), os.environ.get("PYTHONPATH", ""))
    own = {"CHAOS_CLOCK": str(file), "PYTHONPATH": os.pathsep.join(filter(None, paths))}
    before = dict(os.environ)
    os.environ |= own
    try:
        yield
    finally:
        os.environ.clear()
        os.environ |= before


def _jump(ask: Ask, tally: Tally, works: Works, file: Path, jump: tuple[str, int | None]) -> None:
    name, seconds = jump
    by, seq, engine = _by(file, seconds), works.journal()[-1].seq, works.pid_of("engine")
    tally.live_calls += len(works.board()["calls"])
    _set(file, _added(file) + by)
    until(lambda: _steps(works.journal(), seq), SEEN_S, f"{name}: no fact tells of it")
    end = time.monotonic() + LASTS_S
    until(lambda: time.monotonic() >= end, LASTS_S + 60)
    journal = [record for record in works.journal() if record.seq > seq]
    told = sum(_steps(journal, seq))
    served = sum(isinstance(record.event, ev.OfferAnswered) for record in journal)
    tally.cycles += 1
    tally.also[name] = f"told as {told:+.0f} s, {served} served in {LASTS_S:.0f} s"
    ask.say(f"{name}: {tally.also[name]}")
    tally.must(abs(told - by) <= SLACK_S, f"{name}: told as {told:+.1f} s, it was {by:+d} s")
    tally.must(served, f"{name}: nobody was served after it")
    tally.must(works.pid_of("engine") == engine, f"{name}: the engine did not outlive it")


def _by(file: Path, seconds: int | None) -> int:
    if seconds is not None:
        return seconds
    shown = datetime.fromtimestamp(time.time() + _added(file), ZONE)
    midnight = (shown + timedelta(days=1)).replace(hour=0, minute=0, second=0)
    return round((midnight - shown).total_seconds()) - BEFORE_MIDNIGHT_S


def _set(file: Path, seconds: int) -> None:
    """Write it whole: who reads half of it would see one more jump."""
    half = file.with_name("half")
    half.write_text(f"{seconds:+d}\n")
    half.replace(file)


def _added(file: Path) -> int:
    return int(file.read_text())


def _steps(journal: Sequence[Record], after: int) -> list[float]:
    facts = (record.event for record in journal if record.seq > after)
    return [each.seconds for each in facts if isinstance(each, ev.ClockStepped)]


def _durations(works: Works, tally: Tally) -> None:
    """Judge every duration of every call: none below nothing, none of an hour."""
    rows = works.rows("SELECT * FROM call")
    for row in rows:
        parts = {name: row[name] for name in row if name.endswith("_ms") and row[name] is not None}
        wrong = {name: ms for name, ms in parts.items() if not 0 <= ms <= LONGEST_MS}
        tally.must(not wrong, f"{row['call']}: {wrong}")
    tally.also["calls"] = float(len(rows))
