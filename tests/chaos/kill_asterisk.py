"""kill -9 of Asterisk under live calls: it comes back, every call is closed, the next is served.

What cannot be kept is not promised: both sides of every talk are cut. What is: one record per call
with its best known end, everybody who was cut on the list of the missed, agents who are free again,
and a new caller who is served at once.
"""

import os
import random
import signal
import time

from domain import events as ev
from domain.events import Record
from reports.calls import UNSERVED
from tests.chaos.tally import Ask, Tally, spread
from tests.chaos.verdict import ENDS, agree, all_written, live_at, states_at
from tests.chaos.works import MENU, Works, on_works
from tests.house.load import stood_in_line_s
from tests.house.system import until

RATE, AGENTS_SHARE, BACK_S = 10.0, 0.5, 180.0
SERVED_S, CLOSED_S, LISTED_S = 5.0, 10.0, 10.0
"""Asterisk is back: until a new caller talks with an agent, until every old call is closed, until
everybody who was cut is on the list of the missed."""
TOOK = ("a new caller served", "an old call closed", "who was cut listed")
LISTED = f"""SELECT call FROM call
WHERE outcome IN {UNSERVED} OR (outcome = 'answered' AND "by" = 'system')"""


def run(ask: Ask) -> Tally:
    """Kill `cycles` times under `calls` live calls."""
    return on_works(ask, max(4, round(ask.calls * AGENTS_SHARE)), killed)


def killed(ask: Ask, works: Works) -> Tally:
    """Do it on an installation that runs."""
    chance, tally = random.Random(ask.seed), Tally(ask.seed)
    served: list[float] = []
    closed: list[float] = []
    listed: list[float] = []
    for cycle in range(ask.cycles):
        crowd = works.come(ask.calls, RATE)
        end = time.monotonic() + chance.uniform(1, 4)
        until(lambda e=end: time.monotonic() >= e, 60)  # type: ignore[misc]
        at_ms = _kill(works, crowd)
        crowd = works.call(MENU, max(2, ask.calls // 4), RATE)
        until(lambda at=at_ms: _are_listed(works, at), BACK_S, works.said)  # type: ignore[misc]
        listed.append(time.time() - _joined(works.journal(), at_ms) / 1000)
        until(lambda at=at_ms: _is_served(works.journal(), at), BACK_S, works.said)  # type: ignore[misc]
        _count(tally, works.journal(), at_ms, served, closed)
        works.enough()
        tally.cycles += 1
        told = f"served {served[-1]:.1f} s, closed {closed[-1]:.1f} s, listed {listed[-1]:.1f} s"
        ask.say(f"{cycle + 1}/{ask.cycles}: {told}")
    return _judge(works, tally, (served, closed, listed))


def _kill(works: Works, crowd: str) -> int:
    """Kill it; whoever called is gone without a word. Gives when, by the wall clock."""
    pid, at_ms = _asterisk(works), int(time.time() * 1000)
    os.kill(pid, signal.SIGKILL)
    works.end(crowd)
    until(lambda: _asterisk(works) not in (0, pid) and _joined(works.journal(), at_ms), BACK_S)
    return at_ms


def _asterisk(works: Works) -> int:
    file = works.data / "run" / "asterisk" / "run" / "asterisk.pid"
    return int(file.read_text()) if file.exists() and file.read_text().strip() else 0


def _joined(journal: list[Record], at_ms: int) -> int:
    """Give when the new Asterisk's picture was taken over, 0 before."""
    joins = (r.utc_ms for r in journal if isinstance(r.event, ev.PbxJoined) and r.utc_ms > at_ms)
    return next(joins, 0)


def _is_served(journal: list[Record], at_ms: int) -> int:
    """Give when the first caller who came afterwards talked with an agent, 0 before."""
    came: set[str] = set()
    for record in journal:
        if record.utc_ms > at_ms and isinstance(record.event, ev.CallArrived):
            came.add(record.call)
        elif record.call in came and isinstance(record.event, ev.OfferAnswered):
            return record.utc_ms
    return 0


def _are_listed(works: Works, at_ms: int) -> bool:
    """Tell whether everybody who was cut is on the list of the missed."""
    journal = works.journal()
    there = {call for call, state in states_at(journal, at_ms).items() if state != "after"}
    left = {r.call for r in journal if isinstance(r.event, ev.CallEnded)}
    return there - left <= {row["call"] for row in works.rows(LISTED)}


def _came(journal: list[Record], at_ms: int) -> int:
    """Give when the first caller came afterwards."""
    came = (r.utc_ms for r in journal if isinstance(r.event, ev.CallArrived) and r.utc_ms > at_ms)
    return next(came, at_ms)


def _count(
    tally: Tally, journal: list[Record], at_ms: int, served: list[float], closed: list[float]
) -> None:
    joined = _joined(journal, at_ms)
    tally.live_calls += live_at(journal, at_ms).total()
    tally.recovered_s.append((joined - at_ms) / 1000)
    served.append((_is_served(journal, at_ms) - _came(journal, at_ms)) / 1000)
    old = {r.call for r in journal if isinstance(r.event, ev.CallArrived) and r.utc_ms <= at_ms}
    ends = {r.call: r.utc_ms for r in journal if isinstance(r.event, ENDS)}
    tally.missing += len(old - ends.keys())
    late = [ends[call] for call in old if ends.get(call, 0) > at_ms]
    closed.append((max(late, default=joined) - joined) / 1000)


def _judge(works: Works, tally: Tally, took: tuple[list[float], ...]) -> Tally:
    waited_s = stood_in_line_s(works.pid_of("engine"))
    for what, seconds, most in zip(TOOK, took, (SERVED_S, CLOSED_S, LISTED_S), strict=True):
        tally.also[what] = str(spread(seconds))
        tally.must(max(seconds) <= most + waited_s, f"{what} after {max(seconds):.1f} s")
    all_written(works)
    idle = ("ready", "wrapping")
    stuck = lambda: [r for r in works.board()["agents"] if r["number"] in works.numbers]  # noqa: E731
    until(lambda: all(row["state"] in idle for row in stuck()), 60, lambda: f"{stuck()}")
    agree(works, tally)
    return tally
