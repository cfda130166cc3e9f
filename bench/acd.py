"""Decisions a second with 100 to 100,000 waiting callers and as many agents.

A decision is one event taken in whole by the engine's own core: an arrival is three (the call, the
group it chose, its leg on the hold music), a talk two (the offer answered, the end). The events are
made before the clock runs. In the same run the same events are decided by a scan of everybody, as
a first version does it, and by bare deques, the least that any structure can cost; all three must
make the same pairs of caller and agent. Growth is the core's time at 100,000 against that at 100.
"""

import time
from collections.abc import Sequence

from acd.cli import streams
from acd.scenario import Class, Scenario, Seat, Spread
from acd.simulate import Simulation
from bench.acd_arms import Arm, Bare, Core, Scan
from bench.acd_mix import Mix, Told, skills_of

SIZES = (100, 1_000, 10_000, 100_000)
DECISIONS = 20_000
SCANNED = 40
ROUNDS = 4


class Hall:
    """One floor, busy or quiet, as each arm has it, all at the same event."""

    def __init__(self, size: int, *, busy: bool) -> None:
        self.mix = Mix(size, busy=busy)
        opening = list(self.mix.opening())
        self.arms: dict[str, Arm] = {
            "core": Core(skills_of(size)),
            "deques": Bare(skills_of(size)),
        }
        for arm in self.arms.values():
            run(arm, opening)

    def rounds(self) -> dict[str, float]:
        """Let the arms take turns, A-B-B-A; give the least CPU microseconds for one decision."""
        best: dict[str, float] = {}
        for number in range(ROUNDS):
            told = self.mix.chunk(DECISIONS)
            for name, arm in list(self.arms.items())[:: -1 if number % 2 else 1]:
                best[name] = min(best.get(name, 1e9), run(arm, told))
        self._same("core", self.arms["deques"], 0)
        return best

    def scanned(self) -> float:
        """Let the scan take some events, a few rounds; give the least microseconds for one."""
        return min(self._scan() for _ in range(ROUNDS))

    def _scan(self) -> float:
        scan, before = Scan.beside(self.mix.bare), len(self.mix.bare.pairs)
        spent = run(scan, self.mix.chunk(SCANNED))
        if scan.pairs != self.mix.bare.pairs[before:]:
            raise AssertionError("the scan made other pairs")
        return spent

    def _same(self, name: str, other: Arm, since: int) -> None:
        if self.arms[name].pairs[since:] != other.pairs[since:]:
            raise AssertionError(f"the {name} made other pairs")


def run(arm: Arm, told: Sequence[Told]) -> float:
    """Give CPU microseconds for one decision."""
    take, start = arm.take, time.process_time()
    for event, now in told:
        take(event, now)
    return (time.process_time() - start) / len(told) * 1e6


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
    """Measure every size, busy and quiet."""
    figures: dict[str, float] = {}
    for size in SIZES:
        hall = Hall(size, busy=True)
        for name, spent in hall.rounds().items():
            figures[f"{name}_us_{size}"] = round(spent, 2)
        figures[f"naive_us_{size}"] = round(hall.scanned(), 2)
        figures[f"quiet_us_{size}"] = round(Hall(size, busy=False).rounds()["core"], 2)
    figures["decisions_per_s"] = round(1e6 / figures["core_us_100000"])
    figures["quiet_decisions_per_s"] = round(1e6 / figures["quiet_us_100000"])
    figures["growth"] = round(figures["core_us_100000"] / figures["core_us_100"], 2)
    figures["over_naive_10000"] = round(figures["naive_us_10000"] / figures["core_us_10000"], 1)
    figures["over_deques"] = round(figures["core_us_100000"] / figures["deques_us_100000"], 1)
    figures["simulated_per_s"] = round(max(simulated_per_s() for _ in range(ROUNDS)))
    aims = {
        "decisions_per_s": (">=", 200_000.0),
        "growth": ("<=", 1.3),
        "over_naive_10000": (">=", 100.0),
        "over_deques": ("<=", 3.0),
        "simulated_per_s": (">=", 50_000.0),
    }
    return figures, aims
