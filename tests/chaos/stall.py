"""SIGSTOP of the engine under live calls, for 1, 5 and 30 s: who talks talks, who waits is served.

Watched, its parent ends an engine that stands and starts another. Alone, the parent stands as well,
as when a whole machine was put to sleep: the same engine wakes up with a picture that is old, must
notice, and is told at once what Asterisk kept for it.
"""

import contextlib
import os
import random
import signal
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from tests.chaos.kill_engine import BACK_S, KEYS_SHARE, RATE, REST_S, epoch, joined, passes
from tests.chaos.tally import Ask, Tally
from tests.chaos.verdict import judged, live_at
from tests.chaos.works import Works, on_works
from tests.house.system import Refusal, until

AGENTS_SHARE = 0.4
STANDS: tuple[tuple[float, bool], ...] = ((1.0, False), (5.0, True), (30.0, False), (30.0, True))
"""How long it stands, and whether its parent stands too; one after another, again and again."""
ENDED_BY_S = 5.0
"""A watched engine that stands for longer is another one afterwards."""
SLACK_S = 1.1
"""A beat's time less is seen of it, where it began right after one."""
NOTICED_S = 10.0
"""How long we wait for its word; a machine may be busy."""


@dataclass(slots=True)
class Stalls:
    """What was done: when, milliseconds of the wall clock, and what the engine said of it."""

    at_ms: list[int] = field(default_factory=list)
    noticed_s: list[float] = field(default_factory=list)
    replaced: int = 0


def run(ask: Ask) -> Tally:
    """Let it stand `cycles` times under `calls` live calls."""
    return on_works(ask, max(4, round(ask.calls * AGENTS_SHARE)), stalled)


def stalled(ask: Ask, works: Works) -> Tally:
    """Do it on an installation that runs."""
    chance, tally, stalls = random.Random(ask.seed), Tally(ask.seed), Stalls()
    works.come(ask.calls, RATE, round(ask.calls * KEYS_SHARE))
    for cycle in range(ask.cycles):
        seconds, alone = STANDS[cycle % len(STANDS)]
        passes(chance.uniform(0, 1.5))
        began = time.monotonic()
        _stand(works, tally, stalls, (seconds, alone))
        tally.cycles += 1
        tally.recovered_s.append(max(0.0, time.monotonic() - began - seconds))
        ask.say(f"{seconds:g} s{' alone' * alone}: well after {tally.recovered_s[-1]:.1f} s more")
        passes(chance.uniform(0.5, REST_S))
    works.enough()
    return _judge(ask, works, tally, stalls)


def _stand(works: Works, tally: Tally, stalls: Stalls, how: tuple[float, bool]) -> None:
    """Let it stand, and wait until an engine has Asterisk's picture."""
    seconds, alone = how
    until(lambda: joined(works), BACK_S, works.tail)  # on a busy machine it may have been ended
    pid, before = until(lambda: works.pid_of("engine"), BACK_S), epoch(works)
    parent = works.process.pid if works.process is not None and alone else 0
    stalls.at_ms.append(int(time.time() * 1000))
    with _stopped(parent):  # until the engine is awake: a parent that wakes first would end it
        with _stopped(pid):
            if seconds > ENDED_BY_S and not alone:
                until(lambda: epoch(works) > before, BACK_S, works.tail)
            else:
                passes(seconds)
        if epoch(works) == before:
            stalls.noticed_s.append(_notices(works, seconds))
            told = f"it stood for {seconds:g} s and noticed {stalls.noticed_s[-1]:.1f} s"
            tally.must(stalls.noticed_s[-1] >= seconds - SLACK_S, told)
        else:
            stalls.replaced += 1
            tally.must(
                seconds >= ENDED_BY_S, f"it was ended though it stood for {seconds:g} s only"
            )
    until(lambda: joined(works), BACK_S, works.tail)


@contextlib.contextmanager
def _stopped(pid: int) -> Iterator[None]:
    """Let a process stand for some time; 0 is none."""
    if not pid:
        yield
        return
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGCONT)


def _notices(works: Works, seconds: float) -> float:
    """Give by how much the engine says that its loop was late, once it says that it was."""
    late = 0.0

    def says_so() -> bool:
        nonlocal late
        with contextlib.suppress(OSError, Refusal):
            lag = works.ask("health")["lag_ms"]
            late = max(late, lag["last"] / 1000, lag["worst"] / 1000)
        return late >= seconds - SLACK_S

    with contextlib.suppress(AssertionError):
        until(says_so, NOTICED_S)
    return late


def _judge(ask: Ask, works: Works, tally: Tally, stalls: Stalls) -> Tally:
    journal, states = works.journal(), Counter[str]()
    for at in stalls.at_ms:
        live = live_at(journal, at)
        tally.live_calls += live.total()
        states += live
    tally.also["states"] = ", ".join(f"{name} {count}" for name, count in sorted(states.items()))
    tally.also["replaced"] = float(stalls.replaced)
    tally.also["noticed_s"] = [round(each, 1) for each in stalls.noticed_s]
    judged(works, tally, ask.say)
    return tally
