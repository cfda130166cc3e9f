"""Memory of a waiting call, a signed-in agent and an open page, and whether it stays flat.

The engine's own parts that keep something of each call: the floor with its timers, the board's
counts, the cards that pop. Memory is the process's resident set after a collection, so the slack
of the allocator is in it. A page is what its live socket costs over a bare aiohttp socket. Flat
is told twice: by the bytes of the core alone over a million simulated calls, and by the objects
that these parts of the engine keep of each call, once what is remembered for 48 hours is full
(resident bytes come and go by megabytes with the tables of dictionaries).
"""

import asyncio
import gc
import multiprocessing
import os
import sys
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from itertools import count
from pathlib import Path
from typing import TypeVar

from acd import AgentCard, Floor, GroupRules
from acd.cli import streams
from acd.scenario import Class, Scenario, Seat, Spread
from acd.simulate import Simulation
from bench.processes import rss_bytes
from domain import commands as do, events as ev
from domain.clock import DAY_MS, real_clock
from domain.ids import AgentId, CallId, GroupId, call_id
from switchboard.board import Board
from switchboard.cards import Cards
from switchboard.loop import decide_all
from web.engine import EngineLink
from web.floor import Scope
from web.guard import Who
from web.live import Hub, Line

GROUPS = tuple(GroupId(f"s{n}") for n in range(10))
Made = TypeVar("Made")
Figures = TypeVar("Figures")
WAITING, AGENTS, PAGES = 50_000, 10_000, 1_000
SIMULATED, WARM = 1_000_000, 100_000
A_DAY, DAYS, FULL = 20_000, 6, 3
START_MS = 1_770_000_000_000


class Kept:
    """What the engine keeps, without Asterisk, journal and rows."""

    def __init__(self, agents: int, calls_a_day: int) -> None:
        self.floor, self.cards = Floor(), Cards()
        self.board = Board(self.floor, real_clock())
        self.timers: list[do.WakeAt] = []
        self.numbers, self._seqs = count(), count(1)
        self.utc_ms, self._step_ms = START_MS, DAY_MS / calls_a_day
        rules = [GroupRules(name, wrap_s=0) for name in GROUPS]
        cards = [_card(number) for number in range(agents)]
        self.floor.configure(rules, cards)
        self.tell(ev.PbxJoined(1))
        for card in cards:
            self._sign_in(card.number)

    def tell(self, event: ev.Event) -> None:
        """Take one event as the loop does, and tell its listeners."""
        mono = (self.utc_ms - START_MS) / 1000
        batch = decide_all(self.floor, [(mono, self.utc_ms, event)])
        self.timers += batch.timers
        for mono, utc_ms, fact in batch.entries:
            record = ev.Record(next(self._seqs), mono, utc_ms, fact)
            self.board.tallies.count(record)
            self.cards.note(record)

    def arrive(self) -> CallId:
        """Let somebody come who never called before, and wait."""
        number = next(self.numbers)
        self.utc_ms = START_MS + int(number * self._step_ms)
        call = call_id(self.utc_ms, number)
        self.tell(ev.CallArrived(call, "400", "4006808666", f"1{number:010d}", brand="b"))
        self.tell(ev.GroupChosen(call, GROUPS[number % 10], 1 + number % 3))
        self.tell(ev.HoldReached(call))
        return call

    def serve(self) -> None:
        """Let somebody come, be answered at once and leave."""
        call = self.arrive()
        known = self.floor.calls[call]
        if known.agent is not None and known.offer is not None:
            self.tell(ev.OfferAnswered(call, known.agent, known.offer))
        self.tell(ev.CallEnded(call, 16))
        self.timers.clear()

    def _sign_in(self, number: AgentId) -> None:
        phone = f"a{number}"
        self.tell(ev.PhoneReachable(phone))
        self.tell(ev.AgentSignedIn(number, "phone", phone))
        self.tell(ev.AgentReadied(number))


def _card(number: int) -> AgentCard:
    groups = (GROUPS[number % 10], GROUPS[(number + 3) % 10])
    return AgentCard(AgentId(f"{number}"), f"Agent {number}", groups=groups)


def now_bytes() -> int:
    """Give the resident set, after everything unused was let go."""
    gc.collect()
    return rss_bytes(os.getpid())


def apart(measure: Callable[[], Figures]) -> Figures:
    """Measure in a process of its own, where no memory lies about that others let go."""
    fresh = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=fresh) as one:
        return one.submit(measure).result()


def grown(make: Callable[[], Made], units: int) -> tuple[Made, float]:
    """Make something; give it, and its bytes for each of its units."""
    before = now_bytes()
    made = make()
    return made, (now_bytes() - before) / units


def per_waiting() -> float:
    """Tell what one more waiting caller costs, its timers too."""
    kept = Kept(0, A_DAY)
    kept.arrive()
    return grown(lambda: [kept.arrive() for _ in range(WAITING)], WAITING)[1]


def per_agent() -> float:
    """Tell what one more agent costs, configured, signed in and idle."""
    return grown(lambda: Kept(AGENTS, A_DAY), AGENTS)[1]


def per_day() -> list[tuple[float, float]]:
    """Tell by how many bytes and objects a call each day's calls, of new callers, let grow."""
    kept, grew = Kept(50, A_DAY), list[tuple[float, float]]()
    for _ in range(DAYS):
        objects = sys.getallocatedblocks()
        size = grown(lambda: [kept.serve() for _ in range(A_DAY)].clear(), A_DAY)[1]
        grew.append((size, (sys.getallocatedblocks() - objects) / A_DAY))
    return grew


def per_simulated() -> float:
    """Tell by how much a simulated call lets memory grow, once the first are through."""
    day = Scenario(
        calls=SIMULATED,
        groups={"a": Class(per_hour=200, service=Spread(mean_s=180))},
        agents=(Seat(number="A", groups=("a",), count=14),),
    )
    fates = Simulation(day.cast()).fates(day.stream(streams(1)))
    for _ in zip(range(WARM), fates, strict=False):
        pass
    return grown(lambda: sum(1 for _ in fates), SIMULATED - WARM)[1]


def per_page() -> float:
    """Tell what one more open page costs beside its socket."""
    return asyncio.run(_pages())


async def _pages() -> float:
    hub = Hub(EngineLink(Path("nowhere")), real_clock())
    opened: list[object] = []

    def open_one(number: int) -> None:
        who = Who(number, f"u{number}", f"U {number}", "agent", f"{number}", "zh-CN", "", False, "")
        line = Line(who, Scope(frozenset(GROUPS[:2]), f"{number}"))
        seat = hub.opened(line)
        seat.__enter__()
        opened.append((line, seat, line.cut(), asyncio.ensure_future(_pumped(line))))

    async def begin(pages: range) -> None:
        for number in pages:
            open_one(number)
        await asyncio.sleep(0)

    await begin(range(10))
    before = now_bytes()
    await begin(range(10, 10 + PAGES))
    return (now_bytes() - before) / PAGES


async def _pumped(line: Line) -> None:
    while True:
        await line.next()


def measure() -> tuple[dict[str, float], dict[str, tuple[str, float]]]:
    """Measure each."""
    figures = {
        "bytes_per_waiting": round(apart(per_waiting)),
        "bytes_per_agent": round(apart(per_agent)),
        "bytes_per_page": round(apart(per_page)),
        "bytes_per_simulated": round(max(0.0, apart(per_simulated)), 2),
    }
    days = apart(per_day)
    figures |= {f"bytes_per_call_day_{day}": round(grew) for day, (grew, _) in enumerate(days, 1)}
    figures["objects_per_call"] = round(sum(more for _, more in days[FULL:]) / (DAYS - FULL), 4)
    aims = {
        "bytes_per_waiting": ("<=", 2_000.0),
        "bytes_per_agent": ("<=", 3_000.0),
        "bytes_per_page": ("<=", 5_000.0),
        "bytes_per_simulated": ("<=", 1.0),
        "objects_per_call": ("<=", 0.01),
    }
    return figures, aims
