"""Talks with sound under a flood of SIP (F31): `sip-flood --cycles REQUESTS_A_S --calls TALKS`.

First some seconds in quiet, then as many under INVITE, REGISTER and OPTIONS from one stranger on
loopback: what each talk's caller hears (missing packets, jitter, the longest gap), how long a new
honest call waits for its answer. Then who guesses passwords besides is shut out, and nobody else.
"""

import asyncio
import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from statistics import median
from time import monotonic

from demo.call import TEST_TRUNK
from demo.softphone import Account, CallRefused
from tests.chaos.sip import memory_mb
from tests.chaos.tally import Ask, Tally
from tests.chaos.works import KEYS, MENU, Works, opened
from tests.house.listener import Listener, Sound
from tests.house.scanner import Scanner
from tests.house.scene import soon
from tests.house.system import REPO

STRANGER = "127.0.0.88"
ENDLESS = 'min="900000" max="900000"'
WINDOW_S, ANSWER_S, BETWEEN_S = 20.0, 20.0, 1.0
PARTS = ("engine", "web", "guard")
GROWTH_MB = {"engine": 15.0, "web": 15.0, "guard": 15.0, "asterisk": 60.0}
MOST_MISSING = 0.01
"""The share of packets that may be missing more than in quiet."""
GUESSES = 25


@dataclass(frozen=True, slots=True)
class Window:
    """What was seen in one window."""

    sounds: list[Sound]
    answer_s: list[float]
    refused: int

    @property
    def missing(self) -> float:
        """Give the share of packets that never came."""
        lost = sum(each.missing for each in self.sounds)
        return lost / max(1, lost + sum(each.came for each in self.sounds))

    def told(self, name: str) -> dict[str, float]:
        """Give the figures, named."""
        return {
            f"{name}_missing_percent": round(100 * self.missing, 3),
            f"{name}_jitter_ms": median(each.jitter_ms for each in self.sounds),
            f"{name}_worst_gap_ms": max(each.gap_ms for each in self.sounds),
            f"{name}_answer_ms_p50": round(1000 * median(self.answer_s or [0.0])),
            f"{name}_answer_ms_max": round(1000 * max(self.answer_s, default=0.0)),
            f"{name}_honest_calls": float(len(self.answer_s)),
        }


def run(ask: Ask) -> Tally:
    """Flood an installation of our own."""
    works = opened(ask.room / "w", ask.calls, ENDLESS)
    try:
        return asyncio.run(flooded(works, ask))
    finally:
        works.stop()


async def flooded(works: Works, ask: Ask) -> Tally:
    """Let people talk in quiet and under the flood, and judge."""
    tally = Tally(ask.seed, cycles=ask.cycles, live_calls=ask.calls)
    phones = await _talks(works, ask.calls)
    before = _memory(works)
    quiet = await _window(works, phones)
    ask.say(f"quiet: {quiet.told('quiet')}")
    storm = await _storm(works, ask.cycles)
    under = await _window(works, phones)
    ask.say(f"flood: {under.told('flood')}")
    said, _ = await storm.communicate()
    tally.also |= quiet.told("quiet") | under.told("flood")
    tally.also |= {f"storm_{name}": str(value) for name, value in json.loads(said).items()}
    await _shut_out(works, tally)
    _judge(tally, quiet, under)
    _grown(tally, before, _memory(works))
    tally.cut = ask.calls - sum(not phone.is_over for phone in phones)
    await asyncio.gather(*(phone.close() for phone in phones))
    return tally


async def _talks(works: Works, count: int) -> list[Listener]:
    """Bring so many callers to an agent each."""
    phones = []
    for n in range(count):
        phone = Listener(Account(f"1391{n:07}", "", works.sip, TEST_TRUNK))
        await phone.open()
        phones.append(phone)
        await phone.dial(MENU, ANSWER_S)
        await phone.press("1")
    await soon(partial(_talking, works, count), 60, works.said)
    return phones


def _talking(works: Works, count: int) -> bool:
    return sum(row["state"] == "talking" for row in works.board()["agents"]) >= count


async def _window(works: Works, phones: Sequence[Listener]) -> Window:
    """Listen for a while; meanwhile honest callers come, one after the other."""
    for phone in phones:
        phone.judge()
    answers: list[float] = []
    refused, end = 0, monotonic() + WINDOW_S
    while monotonic() < end:
        caller = Listener(Account(f"1392{len(answers):07}", "", works.sip, TEST_TRUNK))
        await caller.open()
        try:
            answers.append(await caller.dial(KEYS, ANSWER_S))
        except CallRefused:
            refused += 1
        await caller.close()
        await asyncio.sleep(BETWEEN_S)
    return Window([phone.judge() for phone in phones], answers, refused)


async def _storm(works: Works, rate: int) -> asyncio.subprocess.Process:
    words = (*map(str, works.sip), STRANGER, str(rate), str(WINDOW_S + BETWEEN_S))
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.house.flood", *words),
        cwd=REPO,
        stdout=asyncio.subprocess.PIPE,
    )


async def _shut_out(works: Works, tally: Tally) -> None:
    """Have the stranger guess until it is shut out; nobody else may be."""
    async with Scanner(STRANGER, works.sip) as scanner:
        for n in range(GUESSES):
            await scanner.guess(f"a{works.numbers[0]}", f"{n}000")
    await soon(lambda: STRANGER in _banned(works), 60, "the stranger is shut out")
    tally.must(_banned(works) == {STRANGER}, f"shut out: {_banned(works)}")


def _banned(works: Works) -> set[str]:
    listed = json.loads(works.yingda("bans", "list", "--json").stdout)
    return {row["address"] for row in listed["bans"]}


def _memory(works: Works) -> dict[str, float]:
    """Read what each process holds, megabytes."""
    own = {part: memory_mb(works.pid_of(part)) for part in PARTS}
    return own | {"asterisk": memory_mb(works.asterisk_pid)}


def _judge(tally: Tally, quiet: Window, under: Window) -> None:
    tally.must(under.answer_s and not under.refused, f"{under.refused} honest calls were refused")
    more = under.missing - quiet.missing
    tally.must(more <= MOST_MISSING, f"{100 * more:.2f} % more packets were missing")
    silent = sum(not each.came for each in under.sounds)
    tally.must(not silent, f"{silent} talks heard nothing")


def _grown(tally: Tally, before: dict[str, float], after: dict[str, float]) -> None:
    for part, most in GROWTH_MB.items():
        grown = after[part] - before[part]
        tally.also[f"{part}_mb_grown"] = round(grown, 1)
        tally.must(grown <= most, f"{part} grew by {grown:.0f} MB")
