"""kill -9 of the engine at a random moment under live calls, again and again; nobody may notice.

Callers keep coming, as many at once as asked for: in the menu, typing keys, waiting, ringing,
talking with sound, held, rating. The phones' own logs say whose talk was cut and who was let go.
"""

import contextlib
import os
import random
import re
import signal
import time
from collections import Counter
from dataclasses import dataclass, field

from domain import events as ev
from domain.events import Record
from tests.chaos.tally import Ask, Tally, spread
from tests.chaos.verdict import judged, live_at
from tests.chaos.works import Works, on_works
from tests.house.load import stood_in_line_s
from tests.house.system import Refusal, System, until

RATE = 10.0
BACK_S, REST_S = 180.0, 2.0
ADOPTED_S = 3.0
ENDED = re.compile(r"^engine (ended with code -?\d+|stood|keeps ending)", re.MULTILINE)
"""What the supervisor says of an engine: ours is -9, and once for each kill."""
KEYS_SHARE, AGENTS_SHARE, HELD = 0.2, 0.4, 2


@dataclass(slots=True)
class Kills:
    """What was done and when, milliseconds of the wall clock."""

    at_ms: list[int] = field(default_factory=list)
    waited_s: float = 0.0


def run(ask: Ask) -> Tally:
    """Kill `cycles` times under `calls` live calls, then judge everything that is left."""
    return on_works(ask, max(4, round(ask.calls * AGENTS_SHARE)), killed)


def killed(ask: Ask, works: Works) -> Tally:
    """Do it on an installation that runs."""
    chance, tally, kills = random.Random(ask.seed), Tally(ask.seed), Kills()
    works.come(ask.calls, RATE, round(ask.calls * KEYS_SHARE))
    for cycle in range(ask.cycles):
        began = time.monotonic()
        _kill(works, chance, kills)
        tally.cycles += 1
        ask.say(f"{cycle + 1}/{ask.cycles}: back after {time.monotonic() - began:.1f} s")
    works.enough()
    return _judge(ask, works, tally, kills)


def _kill(works: Works, chance: random.Random, kills: Kills) -> None:
    """Kill at a random moment, wait until the next engine has every call, let people go on."""
    held = _hold(works, chance)
    passes(chance.uniform(0, 1.5))
    until(lambda: joined(works), BACK_S, works.tail)  # on a busy machine it may have been ended
    pid, before = until(lambda: works.pid_of("engine"), BACK_S), epoch(works)
    kills.at_ms.append(int(time.time() * 1000))
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)
    until(lambda: epoch(works) > before and joined(works), BACK_S, works.tail)
    kills.waited_s = max(kills.waited_s, stood_in_line_s(works.pid_of("engine")))
    for number, call in held:
        with contextlib.suppress(Refusal, OSError):
            works.ask("call.retrieve", agent=number, call=call)
    passes(chance.uniform(0.5, REST_S))


def passes(seconds: float) -> None:
    """Let a random time go by: when it ends is the point."""
    end = time.monotonic() + seconds
    until(lambda: time.monotonic() >= end, seconds + 60)


def _hold(works: Works, chance: random.Random) -> list[tuple[str, str]]:
    """Let some agents put their callers on hold."""
    talking = [row for row in works.board()["agents"] if row["state"] == "talking"]
    held = []
    for row in chance.sample(talking, min(HELD, len(talking))):
        with contextlib.suppress(Refusal, OSError):
            works.ask("call.hold", agent=row["number"], call=row["call"])
            held.append((row["number"], row["call"]))
    return held


def epoch(works: Works) -> int:
    try:
        return int(works.ask("health")["epoch"])
    except (OSError, KeyError, ValueError):
        return 0


def joined(works: Works) -> bool:
    """Tell whether there is an engine whose picture of the calls is whole."""
    with contextlib.suppress(OSError):
        return bool(System.board(works)["pbx"]["up"])
    return False


def _judge(ask: Ask, works: Works, tally: Tally, kills: Kills) -> Tally:
    journal = works.journal()
    tally.recovered_s = [_joined_after(journal, at) for at in kills.at_ms]
    adopted = _adopted_s(journal)[1:]
    starts = sum(isinstance(record.event, ev.EngineStarted) for record in journal)
    tally.also["starts"] = float(starts)
    ends = Counter(ENDED.findall(works.log.read_text(errors="replace")))
    tally.also["ended"] = ", ".join(f"{how} {count}" for how, count in sorted(ends.items()))
    tally.also["adopted_s"] = str(spread(adopted))
    slow = max(adopted, default=0.0) - kills.waited_s
    tally.must(slow <= ADOPTED_S, f"{slow:.1f} s from the engine's start until it had every call")
    states: Counter[str] = Counter()
    for at in kills.at_ms:
        live = live_at(journal, at)
        tally.live_calls += live.total()
        states += live
    tally.also["states"] = ", ".join(f"{name} {count}" for name, count in sorted(states.items()))
    judged(works, tally, ask.say)
    return tally


def _joined_after(journal: list[Record], at_ms: int) -> float:
    """Give the seconds from a kill until Asterisk's picture was taken over."""
    later = (r.utc_ms for r in journal if isinstance(r.event, ev.PbxJoined) and r.utc_ms > at_ms)
    return (next(later, at_ms + 10**7) - at_ms) / 1000


def _adopted_s(journal: list[Record]) -> list[float]:
    """Give the seconds from each engine's first word until it had Asterisk's picture."""
    found, started = [], 0
    for record in journal:
        if isinstance(record.event, ev.EngineStarted):
            started = record.utc_ms
        elif isinstance(record.event, ev.PbxJoined) and started:
            found.append((record.utc_ms - started) / 1000)
            started = 0
    return found
