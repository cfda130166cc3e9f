"""Waits told against waits had: our estimate, theory's and app_queue's, side by side in one run.

Every caller who has to wait is quoted on arrival. `theory` is the queue-length estimator (q+1)/nμ
with the true handling time and the agents who are there, `app_queue` its running hold time of the
group ((3*old + new) >> 2, whole seconds, of every call answered), `ours` what the quote expects,
`known` the same with the true handling time. RMSE over the callers who were served.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from math import sqrt

from acd.cli import streams
from acd.estimate import Handling, expected_s
from acd.floor import Stage
from acd.quote import quote
from acd.scenario import Scenario
from acd.simulate import SECOND, Fate, SimCall, Simulation
from bench.wait_cases import CASES, Case
from domain.ids import CallId, Instant

CALLS = 400_000


@dataclass(slots=True)
class Told:
    """What each way of estimating said of one caller, seconds."""

    said: dict[str, float]
    low_s: float
    high_s: float


@dataclass(slots=True)
class Watch:
    """Quotes each caller who waits, and compares once they are served."""

    case: Case
    run: Simulation
    since: int
    told: dict[str, Told] = field(default_factory=dict)
    hold_s: defaultdict[str, int] = field(default_factory=lambda: defaultdict(int))
    served: int = 0
    within: int = 0
    left: int = 0
    squares: dict[str, float] = field(default_factory=dict)

    def calls(self, source: Iterator[SimCall]) -> Iterator[SimCall]:
        """Pass calls on; whoever waits right after the arrival is quoted."""
        for plain in source:
            call = self.case.drifted(plain)
            yield call
            if call.at >= self.since:
                self._quote(call)

    def _quote(self, call: SimCall) -> None:
        floor = self.run.floor
        live = floor.calls.get(CallId(call.id))
        if live is None or live.stage is not Stage.WAITING:
            return
        found = quote(floor, live, Instant(call.at / SECOND))
        if not found.agents:
            return
        agents, true_s = found.agents, self.case.handling_s(call)
        said = {"ours": found.wait.about_s, "app_queue": self.hold_s[call.group]}
        if self.case.is_plain:
            leaves = floor.pace(live.group).leave_rate()
            said["known"] = expected_s(found.place - 1, agents, Handling(true_s), leaves)
            said["theory"] = found.place * true_s / agents
        self.told[call.id] = Told(said, found.wait.low_s, found.wait.high_s)

    def take(self, fate: Fate) -> None:
        """Compare with what came."""
        wait_s = fate.wait / SECOND
        told = self.told.pop(fate.call.id, None)
        if fate.outcome != "answered":
            self.left += told is not None
            return
        group = fate.call.group
        self.hold_s[group] = (3 * self.hold_s[group] + int(wait_s)) >> 2
        if told is None:
            return
        self.served += 1
        self.within += told.low_s <= wait_s <= told.high_s
        for name, said_s in told.said.items():
            self.squares[name] = self.squares.get(name, 0.0) + (said_s - wait_s) ** 2

    def figures(self) -> dict[str, float]:
        """Give the errors in seconds, and the share served within the range told."""
        errors = {name: sqrt(total / self.served) for name, total in self.squares.items()}
        shares = {"within": self.within / self.served, "served": self.served, "left": self.left}
        return {name: round(value, 4) for name, value in (errors | shares).items()}


def run(name: str, calls: int = CALLS, seed: int = 1) -> dict[str, float]:
    """Simulate a case; the first twentieth of the calls only warms up."""
    case = CASES[name]
    day: Scenario = case.scenario(calls)
    warm = calls / 20 / case.per_s
    watch = Watch(case, Simulation(day.cast()), round(warm * SECOND))
    for fate in watch.run.fates(watch.calls(day.stream(streams(seed)))):
        watch.take(fate)
    return watch.figures()


def measure() -> tuple[dict[str, float], dict[str, float | tuple[str, float]]]:
    """Run every case."""
    figures: dict[str, float] = {}
    aims: dict[str, float | tuple[str, float]] = {}
    for name, case in CASES.items():
        found = run(name)
        figures |= {f"{name}.{key}": value for key, value in found.items()}
        if case.is_plain:
            figures[f"{name}.known/theory"] = found["known"] / found["theory"]
            aims[f"{name}.known/theory"] = 1.05
        figures[f"{name}.ours/app_queue"] = found["ours"] / found["app_queue"]
        aims[f"{name}.ours/app_queue"] = 0.70
        figures[f"{name}.over"] = found["within"]
        aims[f"{name}.within"], aims[f"{name}.over"] = (">=", 0.80), 0.95
    return figures, aims
