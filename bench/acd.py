"""Decisions a second at 100 to 100,000 waiting callers and agents, 10 skills, 3 priorities.

The engine's own core takes a mix of arriving, becoming free, giving up and signing in. In the same
run: a scan of everybody waiting, as app_queue does it, and bare deques, the least that any
structure can cost. Growth is the core's time per decision at 100,000 against that at 100.
"""

import random
import time
import tracemalloc
from collections import deque
from collections.abc import Callable
from itertools import count

from acd import AgentCard, Floor, GroupRules, decide
from acd.cli import streams
from acd.scenario import Class, Scenario, Seat, Spread
from acd.simulate import Simulation
from domain import events as ev
from domain.ids import AgentId, CallId, GroupId, Instant

SIZES = (100, 1_000, 10_000, 100_000)
GROUPS = tuple(GroupId(f"s{n}") for n in range(10))
PRIORITIES = (1, 2, 3)
DECISIONS = 20_000
SCANS = 30
ROUNDS = 3
Step = Callable[[], int]
"""Do one turn of the mix; gives how many decisions it took."""


def rules() -> list[GroupRules]:
    """Give ten groups without wrap-up and announcements."""
    return [GroupRules(name, wrap_s=0, announce_s=0, record=False) for name in GROUPS]


class Busy:
    """A floor with so many waiting and as many agents talking, two skills each."""

    def __init__(self, size: int) -> None:
        self.floor, self.chance, self.numbers = Floor(), random.Random(size), count()
        self.now, self.size, self.told = 0.0, size, 0
        self.waiting: deque[CallId] = deque()
        cards = [
            AgentCard(AgentId(f"{n}"), groups=(GROUPS[n % 10], GROUPS[(n + 3) % 10]))
            for n in range(size)
        ]
        self.floor.configure(rules(), cards)
        self.tell(ev.PbxJoined(1))
        for card in cards:
            self.floor.reachable.add(card.number)
            self.sign_in(card.number)
        while len(self.waiting) < size:
            self.arrive()

    def tell(self, event: ev.Event) -> None:
        """Decide one event; an offer is answered at once."""
        self.now += 0.001
        self.told += 1
        for fact in decide(self.floor, event, Instant(self.now)).facts:
            if isinstance(fact, ev.OfferMade):
                answered = ev.OfferAnswered(fact.call, fact.agent, fact.offer)
                self.told += 1
                decide(self.floor, answered, Instant(self.now))

    def sign_in(self, number: AgentId) -> None:
        """Sign in and be ready."""
        self.tell(ev.AgentSignedIn(number, "phone", number))
        self.tell(ev.AgentReadied(number))

    def arrive(self) -> None:
        """Let somebody come and wait."""
        call = CallId(f"{next(self.numbers):09d}")
        self.tell(ev.CallArrived(call, "", "", ""))
        group, priority = self.chance.choice(GROUPS), self.chance.choice(PRIORITIES)
        self.tell(ev.GroupChosen(call, group, priority))
        self.tell(ev.HoldReached(call))
        self.waiting.append(call)

    def mix(self) -> int:
        """Arrive, free, abandon, sign out and in; as many wait after as before."""
        before = self.told
        agent = self.floor.agents[AgentId(str(self.chance.randrange(self.size)))]
        turn = next(self.numbers)
        if turn % 4:
            self.arrive()
        elif self.waiting:
            self.tell(ev.CallEnded(self.waiting.popleft(), 16))
        if agent.call is not None:
            self.tell(ev.CallEnded(agent.call, 16))
        if turn % 8 == 0:
            self.tell(ev.AgentSignedOut(agent.card.number, "asked"))
            self.sign_in(agent.card.number)
        return self.told - before


def naive(size: int) -> Step:
    """Give the scan: every call that waits is looked at, each time an agent becomes free."""
    chance, numbers = random.Random(size), count(size)
    waiting = [(chance.choice(PRIORITIES), n, chance.choice(GROUPS)) for n in range(size)]

    def step() -> int:
        mine = set(chance.sample(GROUPS, 2))
        best = min((call for call in waiting if call[2] in mine), default=waiting[0])
        waiting.remove(best)
        waiting.append((chance.choice(PRIORITIES), next(numbers), chance.choice(GROUPS)))
        return 1

    return step


def bare(size: int) -> Step:
    """Give the limit: the head of a deque for each skill and priority, nothing else."""
    numbers = count(size)
    lines = {(skill, urgent): deque[int]() for skill in GROUPS for urgent in PRIORITIES}
    keys = list(lines)
    for n in range(size):
        lines[keys[n % len(keys)]].append(n)

    def step() -> int:
        skill = GROUPS[next(numbers) % 10]
        for urgent in PRIORITIES:
            if line := lines[skill, urgent]:
                line.append(line.popleft())
                break
        return 1

    return step


def pace(step: Step, decisions: int) -> float:
    """Give CPU microseconds for one decision."""
    done, start = 0, time.process_time()
    while done < decisions:
        done += step()
    return (time.process_time() - start) / done * 1e6


def bytes_per_call() -> float:
    """Tell what one more waiting caller costs in memory."""
    busy = Busy(100)
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    for _ in range(10_000):
        busy.arrive()
    after = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    return (after - before) / 10_000


def simulated_per_s() -> float:
    """Tell how many calls a second the simulator runs through, one core, 14 agents."""
    day = Scenario(
        calls=50_000,
        groups={"a": Class(per_hour=200, service=Spread(mean_s=180))},
        agents=(Seat(number="A", groups=("a",), count=14),),
    )
    calls = list(day.stream(streams(1)))
    start = time.process_time()
    run = Simulation(day.cast())
    done = sum(1 for _ in run.fates(calls))
    return done / (time.process_time() - start)


def measure() -> tuple[dict[str, float], dict[str, tuple[str, float]]]:
    """Measure every size, the arms one after another in turns; the best of the rounds counts."""
    figures: dict[str, float] = {}
    steps = {size: (Busy(size).mix, naive(size), bare(size)) for size in SIZES}
    for size, (ours, scan, limit) in steps.items():
        turns = [
            (pace(ours, DECISIONS), pace(scan, SCANS), pace(limit, DECISIONS))
            for _ in range(ROUNDS)
        ]
        for name, values in zip(("core", "naive", "deque"), zip(*turns, strict=True), strict=True):
            figures[f"{name}_us_{size}"] = round(min(values), 2)
    figures["decisions_per_s"] = round(1e6 / figures["core_us_100000"])
    figures["growth"] = round(figures["core_us_100000"] / figures["core_us_100"], 2)
    figures["over_naive_10000"] = round(figures["naive_us_10000"] / figures["core_us_10000"], 1)
    figures["bytes_per_waiting"] = round(bytes_per_call())
    figures["simulated_per_s"] = round(max(simulated_per_s() for _ in range(ROUNDS)))
    aims = {
        "decisions_per_s": (">=", 200_000.0),
        "growth": ("<=", 1.3),
        "over_naive_10000": (">=", 100.0),
        "bytes_per_waiting": ("<=", 2_000.0),
        "simulated_per_s": (">=", 50_000.0),
    }
    return figures, aims
