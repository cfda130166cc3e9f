"""Decisions a second with 100 to 100,000 waiting callers and as many agents.

A decision is one event taken in whole by the engine's own core: an arrival is three (the call, the
group it chose, its leg on the hold music), a talk two (the offer answered, the end). The events are
made before the clock runs. Where the core is compiled (`yingda compile`) both of its forms take
turns, and the aims are the compiled one's. In the same run the same events are decided by a scan
of everybody, as a first version does it, and by bare deques, the least that any structure can
cost; all must make the same pairs of caller and agent. Growth is a form's time at 100,000 against
that at 100.
"""

import time
from collections.abc import Mapping, Sequence
from types import ModuleType

from acd.cli import streams
from bench.acd_arms import Arm, Bare, Core, Scan
from bench.acd_mix import Mix, Told, skills_of
from bench.builds import compiled_core, plain_core

SIZES = (100, 1_000, 10_000, 100_000)
DECISIONS = 20_000
SCANNED = 40
ROUNDS = 4
AIMS = {
    "decisions_per_s": (">=", 200_000.0),
    "growth": ("<=", 1.3),
    "over_naive_10000": (">=", 100.0),
    "over_deques": ("<=", 3.0),
    "simulated_per_s": (">=", 50_000.0),
}


class Hall:
    """One floor, busy or quiet, as each arm has it, all at the same event."""

    def __init__(self, size: int, cores: Mapping[str, ModuleType], *, busy: bool) -> None:
        self.mix = Mix(size, busy=busy)
        opening = list(self.mix.opening())
        self.arms: dict[str, Arm] = {"deques": Bare(skills_of(size))}
        self.arms |= {name: Core(skills_of(size), core) for name, core in cores.items()}
        for arm in self.arms.values():
            run(arm, opening)

    def rounds(self) -> dict[str, float]:
        """Let the arms take turns, A-B-B-A; give the least CPU microseconds for one decision."""
        best: dict[str, float] = {}
        for number in range(ROUNDS):
            told = self.mix.chunk(DECISIONS)
            for name, arm in list(self.arms.items())[:: -1 if number % 2 else 1]:
                best[name] = min(best.get(name, 1e9), run(arm, told))
        for name in self.arms:
            self._same(name, self.arms["deques"], 0)
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


def simulated_per_s(core: ModuleType) -> float:
    """Tell how many calls a second the simulator runs through, one core, 14 agents."""
    made = core.scenario
    day = made.Scenario(
        calls=50_000,
        groups={"a": made.Class(per_hour=200, service=made.Spread(mean_s=180))},
        agents=(made.Seat(number="A", groups=("a",), count=14),),
    )
    calls = list(day.stream(streams(1)))
    start = time.process_time()
    run = core.simulate.Simulation(day.cast())
    done = sum(1 for _ in run.fates(calls))
    return float(done / (time.process_time() - start))


def cores() -> dict[str, ModuleType]:
    """Give the core in each form that is there, by its arm's name."""
    compiled = compiled_core()
    return {"core": plain_core()} | ({"compiled": compiled} if compiled is not None else {})


def measure() -> tuple[dict[str, float], dict[str, tuple[str, float]]]:
    """Measure every size, busy and quiet."""
    figures: dict[str, float] = {}
    forms = cores()
    for size in SIZES:
        hall = Hall(size, forms, busy=True)
        for name, spent in hall.rounds().items():
            figures[f"{name}_us_{size}"] = round(spent, 2)
        figures[f"naive_us_{size}"] = round(hall.scanned(), 2)
        quiet = Hall(size, forms, busy=False).rounds()
        figures |= {f"quiet_{name}_us_{size}": round(quiet[name], 2) for name in forms}
    figures["deques_growth"] = round(figures["deques_us_100000"] / figures["deques_us_100"], 2)
    for name, core in forms.items():
        figures |= {f"{name}_{what}": each for what, each in _sums(figures, name).items()}
        per_s = max(simulated_per_s(core) for _ in range(ROUNDS))
        figures[f"{name}_simulated_per_s"] = round(per_s)
    judged = list(forms)[-1]
    return figures, {f"{judged}_{what}": aim for what, aim in AIMS.items()}


def _sums(figures: Mapping[str, float], name: str) -> dict[str, float]:
    """Say what follows from one form's microseconds."""
    large = figures[f"{name}_us_100000"]
    return {
        "decisions_per_s": round(1e6 / large),
        "quiet_decisions_per_s": round(1e6 / figures[f"quiet_{name}_us_100000"]),
        "growth": round(large / figures[f"{name}_us_100"], 2),
        "over_naive_10000": round(figures["naive_us_10000"] / figures[f"{name}_us_10000"], 1),
        "over_deques": round(large / figures["deques_us_100000"], 1),
    }
