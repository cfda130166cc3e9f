"""Waits told against waits had: our estimate, theory's and app_queue's, side by side in one run.

Every caller who has to wait is quoted on arrival. `theory` is the queue-length estimator (q+1)/nμ
with the true handling time, `app_queue` its running hold time ((3*old + new) >> 2, whole seconds,
of every call answered), `ours` the quote with what was measured in the run, `known` the same with
the true handling time. RMSE over the callers who were served.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from math import sqrt

from acd.cli import streams
from acd.estimate import Handling, expected_s
from acd.floor import Stage
from acd.quote import quote
from acd.scenario import Class, Scenario, Seat, Spread
from acd.simulate import SECOND, Fate, SimCall, Simulation
from domain.ids import CallId, Instant

CALLS = 400_000
GROUP = "calls"


@dataclass(frozen=True, slots=True)
class Case:
    """Agents of one group, load in erlangs, handling and patience."""

    agents: int
    erlangs: float
    service: Spread
    patience: Spread | None = None
    wrap: Spread | None = None

    def scenario(self, calls: int) -> Scenario:
        """Write it down for the simulator."""
        rate = self.erlangs * 3600 / self.handling_s
        each = Class(per_hour=rate, service=self.service, patience=self.patience, wrap=self.wrap)
        seats = (Seat(number="A", groups=(GROUP,), count=self.agents),)
        return Scenario(groups={GROUP: each}, agents=seats, calls=calls, lines=0)

    @property
    def handling_s(self) -> float:
        """Give the true mean handling time."""
        return self.service.mean_s + (self.wrap.mean_s if self.wrap else 0.0)


CASES = {
    "plain": Case(50, 48, Spread(mean_s=60)),
    "patience": Case(50, 52, Spread(mean_s=60), patience=Spread(mean_s=120)),
    "uneven": Case(
        6,
        5.2,
        Spread(kind="lognormal", mean_s=150, cv=1.3),
        wrap=Spread(kind="lognormal", mean_s=30, cv=0.7),
    ),
}
"""The literature's case (Ibrahim & Whitt), one with callers who give up, one small and uneven."""


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
    hold_s: int = 0
    served: int = 0
    within: int = 0
    left: int = 0
    squares: dict[str, float] = field(default_factory=dict)

    def calls(self, source: Iterator[SimCall]) -> Iterator[SimCall]:
        """Pass calls on; whoever waits right after the arrival is quoted."""
        for call in source:
            yield call
            if call.at >= self.since:
                self._quote(call)

    def _quote(self, call: SimCall) -> None:
        floor = self.run.floor
        live = floor.calls.get(CallId(call.id))
        if live is None or live.stage is not Stage.WAITING:
            return
        found = quote(floor, live, Instant(call.at / SECOND))
        ahead, agents, true_s = found.place - 1, self.case.agents, self.case.handling_s
        leaves = floor.pace(live.group).leave_rate()
        said = {
            "ours": expected_s(ahead, agents, floor.pace(live.group).handling(), leaves),
            "known": expected_s(ahead, agents, Handling(true_s), leaves),
            "theory": found.place * true_s / agents,
            "app_queue": self.hold_s,
        }
        self.told[call.id] = Told(said, found.wait.low_s, found.wait.high_s)

    def take(self, fate: Fate) -> None:
        """Compare with what came."""
        wait_s = fate.wait / SECOND
        told = self.told.pop(fate.call.id, None)
        if fate.outcome != "answered":
            self.left += told is not None
            return
        self.hold_s = (3 * self.hold_s + int(wait_s)) >> 2
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
    day = case.scenario(calls)
    warm = calls / 20 * case.handling_s / case.erlangs
    watch = Watch(case, Simulation(day.cast()), round(warm * SECOND))
    for fate in watch.run.fates(watch.calls(day.stream(streams(seed)))):
        watch.take(fate)
    return watch.figures()


def measure() -> tuple[dict[str, float], dict[str, float | tuple[str, float]]]:
    """Run every case."""
    figures = {f"{name}.{key}": value for name in CASES for key, value in run(name).items()}
    aims: dict[str, float | tuple[str, float]] = {}
    for name in ("plain", "patience"):
        figures[f"{name}.known/theory"] = figures[f"{name}.known"] / figures[f"{name}.theory"]
        figures[f"{name}.ours/app_queue"] = figures[f"{name}.ours"] / figures[f"{name}.app_queue"]
        aims[f"{name}.known/theory"], aims[f"{name}.ours/app_queue"] = 1.05, 0.70
    for name in CASES:
        aims[f"{name}.within"] = (">=", 0.80)
    return figures, aims
