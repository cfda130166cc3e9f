"""The database is locked, down or hangs, with calls going on: nobody waits for it.

SQLite and PostgreSQL, an installation each. Rows come later, once; /readyz and the board say so
meanwhile; no talk is cut, no caller waits longer for the first word.
"""

import asyncio
import os
import re
import signal
import sqlite3
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, closing, contextmanager
from pathlib import Path
from typing import Any

import asyncpg

from domain import events as ev
from domain.events import Record
from domain.settings import load_settings
from tests.chaos.tally import Ask, Tally, spread
from tests.chaos.verdict import judged
from tests.chaos.works import TALK, Works
from tests.db.postgres import Server, binaries, server
from tests.house.system import until

AGENTS_SHARE, RATE = 0.5, 5.0
SAID_S, BACK_S = 60.0, 120.0
SLOW_S, FREE_S = 2.0, 0.2
"""A slow database: so long for nobody, then for everybody."""
UNTOLD = ("slow",)
"""Rows follow all the time, a little later: nobody need say so."""
LATER, LEAST_S = 1.5, 0.3
"""How much longer the first word may take while the database is away, at the median; a usual one
that is shorter than this counts as this."""
Fault = Callable[[Works], AbstractContextManager[None]]


class OnPostgres(Works):
    """A firm whose rows are in a PostgreSQL of its own."""

    def __init__(self, root: Path, agents: int, server: Server) -> None:
        super().__init__(root, agents, TALK)
        self.server = server
        self.file.write_text(f'{self.file.read_text()}[database]\nurl = "{server.url}"\n')
        self.settings = load_settings(self.file, {})

    def rows(self, sql: str, *values: Any) -> list[dict[str, Any]]:
        """Read the database."""
        numbers = iter(range(1, 1 + len(values)))
        asked = re.sub(r"\?", lambda _: f"${next(numbers)}", sql)
        return [dict(row) for row in asyncio.run(_fetch(self.server.url, asked, values))]


async def _fetch(url: str, sql: str, values: Sequence[Any]) -> list[Any]:
    connection = await asyncpg.connect(url)
    try:
        found: list[Any] = await connection.fetch(sql, *values)
        return found
    finally:
        await connection.close()


@contextmanager
def sqlite_locked(works: Works) -> Iterator[None]:
    """Let another program hold the file."""
    with closing(sqlite3.connect(works.data / "yingda.db", isolation_level=None)) as other:
        other.execute("PRAGMA busy_timeout=60000")
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")


@contextmanager
def sqlite_slow(works: Works) -> Iterator[None]:
    """Let another program hold the file for two seconds of each two and a bit."""
    over = threading.Event()

    def hold() -> None:
        with closing(sqlite3.connect(works.data / "yingda.db", isolation_level=None)) as other:
            other.execute("PRAGMA busy_timeout=60000")
            while not over.is_set():
                other.execute("BEGIN IMMEDIATE")
                over.wait(SLOW_S)
                other.execute("ROLLBACK")
                over.wait(FREE_S)

    holder = threading.Thread(target=hold)
    holder.start()
    try:
        yield
    finally:
        over.set()
        holder.join()


@contextmanager
def postgres_down(works: Works) -> Iterator[None]:
    """Stop the server at once, as if its machine had lost power; start it again."""
    _server(works).stop("immediate")
    yield
    _server(works).start()


@contextmanager
def postgres_hangs(works: Works) -> Iterator[None]:
    """Let every process of the server stand: it takes connections and answers nothing."""
    pids = _server(works).pids()
    for pid in pids:
        os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        for pid in pids:
            os.kill(pid, signal.SIGCONT)


@contextmanager
def postgres_locked(works: Works) -> Iterator[None]:
    """Let another program hold the tables that every call is written to."""
    with _server(works).session() as ask:
        ask("BEGIN; LOCK TABLE call, projection IN ACCESS EXCLUSIVE MODE;")
        yield


FAULTS: dict[str, dict[str, Fault]] = {
    "sqlite": {"locked": sqlite_locked, "slow": sqlite_slow},
    "postgresql": {"down": postgres_down, "hangs": postgres_hangs, "locked": postgres_locked},
}


def run(ask: Ask) -> Tally:
    """Do each fault `cycles` times, `away_s` long, under `calls` live calls."""
    tools = binaries()
    if tools is None:
        sys.exit("PostgreSQL is not installed (apt-get install postgresql)")
    tally = Tally(ask.seed)
    agents = max(4, round(ask.calls * AGENTS_SHARE))
    _suffers(ask, tally, Works(ask.room / "s", agents), "sqlite")
    with server(tools) as running:
        _suffers(ask, tally, OnPostgres(ask.room / "p", agents, running), "postgresql")
    return tally


def _suffers(ask: Ask, tally: Tally, works: Works, kind: str) -> None:
    own = Tally(ask.seed)
    try:
        works.prepare()
        works.start()
        works.to_work()
        works.come(ask.calls, RATE)
        for _ in range(ask.cycles):
            for name, fault in FAULTS[kind].items():
                _away(ask, own, works, (f"{kind} {name}", fault, name not in UNTOLD))
        works.enough()
        judged(works, own, ask.say)
    finally:
        works.stop()
    _add(tally, own)


def _away(ask: Ask, tally: Tally, works: Works, what: tuple[str, Fault, bool]) -> None:
    """Take the database away for a while; judge what callers and pages notice of it."""
    (name, fault, told), began = what, _ms()
    _pass(min(20.0, ask.away_s))
    lost_at = _ms()
    with fault(works):
        if told:
            is_said = lambda: not works.is_ready() and _is_told(works)  # noqa: E731
            until(is_said, SAID_S, f"{name}: nobody says so")
        said_s = (_ms() - lost_at) / 1000
        _pass(ask.away_s - said_s)
        back_at = _ms()
        tally.live_calls += len(works.board()["calls"])
    until(lambda: works.is_ready() and not _is_told(works), BACK_S, f"{name}: not back")
    tally.recovered_s.append((_ms() - back_at) / 1000)
    tally.cycles += 1
    journal = works.journal(since_ms=began)
    usual, away = (_first_words(journal, *when) for when in ((began, lost_at), (lost_at, back_at)))
    served = sum(isinstance(r.event, ev.OfferAnswered) for r in journal if r.utc_ms > lost_at)
    said = f"said after {said_s:.1f} s, " if told else ""
    figures = f"{said}rows again after {tally.recovered_s[-1]:.1f} s"
    ask.say(f"{name}: {figures}, {served} served; first word {spread(usual)} → {spread(away)}")
    tally.also[name] = f"{figures}, {served} served, first word {spread(usual)} → {spread(away)}"
    tally.must(served, f"{name}: nobody was served meanwhile")
    slow = spread(away).get("p50", 0.0) / max(LEAST_S, spread(usual).get("p50", 0.0))
    tally.must(slow <= LATER, f"{name}: callers waited {slow:.1f} times as long for the first word")


def _first_words(journal: Sequence[Record], since: int, to: int) -> list[float]:
    """Give the seconds from each caller's arrival to the menu's first step."""
    came: dict[str, int] = {}
    took = []
    for record in journal:
        if isinstance(record.event, ev.CallArrived) and since <= record.utc_ms < to:
            came[record.call] = record.utc_ms
        elif isinstance(record.event, ev.StepEntered) and record.call in came:
            took.append((record.utc_ms - came.pop(record.call)) / 1000)
    return took


def _is_told(works: Works) -> bool:
    return "rows_late" in {row["kind"] for row in works.board()["incidents"]}


def _server(works: Works) -> Server:
    assert isinstance(works, OnPostgres)
    return works.server


def _ms() -> int:
    return int(time.time() * 1000)


def _pass(seconds: float) -> None:
    """Let the fault last: how long is the point."""
    end = time.monotonic() + seconds
    until(lambda: time.monotonic() >= end, max(0.0, seconds) + 60)


def _add(tally: Tally, own: Tally) -> None:
    for name in ("cycles", "live_calls", "cut", "lost", "missing", "doubled"):
        setattr(tally, name, getattr(tally, name) + getattr(own, name))
    tally.recovered_s += own.recovered_s
    tally.also |= own.also
    tally.broken += own.broken
