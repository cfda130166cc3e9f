"""Every disk of an installation is full once, each apart, with calls going on.

Journal, rows, recordings in the making, finished recordings and log have a small disk (tmpfs) each,
in a mount namespace of our own. Needs root, and Linux.
"""

import ctypes
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from domain import events as ev
from domain.settings import load_settings
from tests.chaos.tally import Ask, Tally
from tests.chaos.verdict import judged
from tests.chaos.works import TALK, Works
from tests.house.system import until
from watch.alarm_file import AlarmFile

NEW_MOUNTS = 0x20000
"""CLONE_NEWNS of unshare(2)."""
SIZES = {"journal": 64, "rows": 48, "spool": 96, "recordings": 96, "said": 8}
"""Folder below the data → its disk's size, megabytes."""
AGENTS_SHARE, RATE = 0.5, 5.0
ALARM_S, LATE_S, BACK_S, LASTS_S = 10.0, 60.0, 90.0, 20.0
USED_UP_S = 300.0
"""The journal's log has its full length from the start: a full disk is met when that is used."""
ALARMED = ("recordings", "spool", "rows", "journal")
"""Disks that have an alarm; the log's is for whoever chose its place to watch."""
PIECE = 1 << 20
Told = Callable[[Works], bool]


class Small(Works):
    """A firm with a small disk for everything that is written."""

    def __init__(self, root: Path, agents: int) -> None:
        super().__init__(root, agents, TALK)
        for name, megabytes in SIZES.items():
            folder = self.data / name
            folder.mkdir()
            size = f"size={megabytes}m"
            subprocess.run(["mount", "-t", "tmpfs", "-o", size, "tmpfs", folder], check=True)
        url = f"sqlite:///{self.data / 'rows' / 'yingda.db'}"
        self.file.write_text(f'{self.file.read_text()}[database]\nurl = "{url}"\n')
        self.settings = load_settings(self.file, {})
        (self.data / "yingda.db").symlink_to(self.data / "rows" / "yingda.db")
        self.log = self.data / "said" / "run.log"

    def fill(self, name: str, by: str = "full") -> Path:
        """Write until nothing more fits; gives the file that has to go."""
        file = self.data / name / by
        with file.open("wb", buffering=0) as out:
            size = PIECE
            while size:
                try:
                    out.write(b"\0" * size)
                except OSError:
                    size //= 2
        return file


def _incident(kind: str) -> Told:
    return lambda works: kind in {row["kind"] for row in works.board()["incidents"]}


def _alarm_s(works: Works, name: str, since: float) -> float:
    """Wait for the alarm of a disk that is full; gives after how many seconds it was opened."""

    def opened() -> float:
        file = AlarmFile(works.data / "alarms.db")
        try:
            found = [
                each.opened / 1000 - since
                for each in file.newest()
                if each.metric == "disk_free" and each.about == name
            ]
        finally:
            file.close()
        return max((at for at in found if at > 0), default=0.0)

    return until(opened, LATE_S, f"{name}: no alarm for the full disk")


def _nothing(works: Works) -> bool:
    return True


DISKS: dict[str, Told] = {
    "said": _nothing,
    "recordings": _nothing,
    "spool": _incident("recording_off"),
    "rows": _incident("rows_late"),
}
"""Disk → what says that it is full; the engine lives on. The journal is apart: it cannot."""


def run(ask: Ask) -> Tally:
    """Fill each disk `cycles` times under `calls` live calls."""
    if os.geteuid() != 0:
        sys.exit("small disks are mounted by root only")
    _apart()
    tally = Tally(ask.seed)
    works = Small(ask.room / "w", max(4, round(ask.calls * AGENTS_SHARE)))
    try:
        works.prepare()
        works.start()
        works.to_work()
        works.come(ask.calls, RATE)
        for _ in range(ask.cycles):
            for name, told in DISKS.items():
                _full(ask, tally, works, (name, told))
            _journal_full(ask, tally, works)
        works.enough()
        judged(works, tally, ask.say)
    finally:
        try:
            works.stop()
        finally:
            for name in SIZES:
                subprocess.run(["umount", "-l", works.data / name], check=False)
    return tally


def _apart() -> None:
    """Have mounts of our own, which nobody else sees and which go with us."""
    if ctypes.CDLL(None, use_errno=True).unshare(NEW_MOUNTS):
        sys.exit(f"no mounts of our own: {os.strerror(ctypes.get_errno())}")
    subprocess.run(["mount", "--make-rprivate", "/"], check=True)


def _full(ask: Ask, tally: Tally, works: Small, disk: tuple[str, Told]) -> None:
    """Let a disk be full for a while: calls go on, and whoever must know is told."""
    name, told = disk
    engine, web, began = works.pid_of("engine"), works.pid_of("web"), time.time()
    tally.live_calls += len(works.board()["calls"])
    file = works.fill(name)
    until(lambda: told(works), LATE_S, f"{name}: nobody says that it is full")
    said_s = time.time() - began
    _alarmed(ask, tally, works, (name, began))
    _pass(LASTS_S)
    served = _served(works, began)
    file.unlink()
    until(works.is_ready, BACK_S, f"{name}: not ready again\n{works.tail()}")
    tally.cycles += 1
    tally.also[name] = f"told after {said_s:.1f} s, {served} served in {LASTS_S:.0f} s"
    ask.say(f"{name}: {tally.also[name]}")
    tally.must(served, f"{name}: nobody was served while it was full")
    tally.must(works.pid_of("engine") == engine, f"{name}: the engine ended")
    tally.must(works.pid_of("web") == web, f"{name}: the pages ended")


def _alarmed(ask: Ask, tally: Tally, works: Works, full: tuple[str, float]) -> None:
    """Time the alarm of a disk that is full since a moment."""
    name, began = full
    if name in ALARMED:
        after_s = _alarm_s(works, name, began)
        tally.also[f"{name}_alarm_s"] = round(after_s, 1)
        ask.say(f"{name}: its alarm opened after {after_s:.1f} s")
        tally.must(after_s <= ALARM_S, f"{name}: its alarm came after {after_s:.1f} s")


def _journal_full(ask: Ask, tally: Tally, works: Small) -> None:
    """Fill the journal's disk: the reserve gives way, then the engine ends; talks go on."""
    tally.live_calls += len(works.board()["calls"])
    began = time.time()
    first = works.fill("journal")
    _alarmed(ask, tally, works, ("journal", began))
    until(
        lambda: _told_of_reserve(works), USED_UP_S, f"journal: no reserve gave way\n{works.tail()}"
    )
    reserve_s, again = time.time() - began, time.time()
    served = _served(works, began)
    epoch, engine = works.ask("health")["epoch"], works.pid_of("engine")
    second = works.fill("journal", "fuller")
    until(lambda: works.pid_of("engine") != engine, USED_UP_S, works.tail)
    ended_s = time.time() - again
    _pass(LASTS_S / 2)
    back = time.time()
    first.unlink()
    second.unlink()
    until(lambda: _epoch(works) > epoch and works.is_ready(), BACK_S, works.tail)
    tally.recovered_s.append(time.time() - back)
    tally.cycles += 1
    told = f"the reserve gave way after {reserve_s:.1f} s ({served} served with it), ended after"
    tally.also["journal"] = f"{told} {ended_s:.1f} s, back after {tally.recovered_s[-1]:.1f} s"
    ask.say(f"journal: {tally.also['journal']}")


def _told_of_reserve(works: Works) -> bool:
    try:
        return _incident("journal_reserve")(works)
    except OSError:
        return False


def _epoch(works: Works) -> int:
    try:
        return int(works.ask("health")["epoch"])
    except (OSError, KeyError, ValueError):
        return 0


def _served(works: Works, since: float) -> int:
    journal = works.journal(since_ms=int(since * 1000))
    return sum(isinstance(record.event, ev.OfferAnswered) for record in journal)


def _pass(seconds: float) -> None:
    """Let the fault last: how long is the point."""
    end = time.monotonic() + seconds
    until(lambda: time.monotonic() >= end, seconds + 60)
