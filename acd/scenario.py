"""A simulated day written down: arrivals by rate, times by their distribution, who works when.

Chance is handed in, one stream for each group and purpose: the same seed gives the same callers
whatever the agents and the rules are, so that two runs differ by what was changed alone.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from heapq import merge
from itertools import count
from math import log, sqrt
from operator import attrgetter
from typing import Annotated, Any, Literal, Protocol

from pydantic import Field, ValidationError, model_validator

from acd.floor import AgentCard, GroupRules
from acd.scenario_exits import Callback, Part, Positive, Rule
from acd.simulate import SECOND, Cast, SimCall, plain_rules
from domain.errors import Fault, Refused
from domain.ids import AgentId, GroupId

HALF_HOUR_S = 1800.0


class Chance(Protocol):
    """A stream of random numbers, as `random.Random` is one."""

    def random(self) -> float: ...
    def expovariate(self, lambd: float) -> float: ...
    def lognormvariate(self, mu: float, sigma: float) -> float: ...


Streams = Callable[[str], Chance]
"""Give the stream of a name, the same for the same seed."""


class Spread(Part):
    """How a time is spread: constant, exponential, or lognormal with `cv` = deviation ÷ mean."""

    kind: Literal["constant", "exponential", "lognormal"] = "exponential"
    mean_s: Positive
    cv: Positive = 1.0

    def draws(self, chance: Chance) -> Callable[[], int]:
        """Give a function that draws one time in nanoseconds."""
        if self.kind == "constant":
            fixed = round(self.mean_s * SECOND)
            return lambda: fixed
        if self.kind == "exponential":
            rate = 1 / (self.mean_s * SECOND)
            return lambda: int(chance.expovariate(rate))
        wide = log(1 + self.cv**2)
        middle = log(self.mean_s * SECOND) - wide / 2
        return lambda: int(chance.lognormvariate(middle, sqrt(wide)))


class Class(Part):
    """The calls of one group: how many, how long, how patient, how urgent."""

    per_hour: float | None = Field(None, gt=0, le=1e6)
    per_half_hour: tuple[Annotated[float, Field(ge=0, le=1e6)], ...] = ()
    service: Spread
    wrap: Spread | None = None
    patience: Spread | None = None
    priority: int = 5
    shares: dict[int, Positive] = Field({})
    overflow: tuple[Rule, ...] = ()
    callback: Callback | None = None

    @model_validator(mode="after")
    def _has_a_rate(self) -> "Class":
        if (self.per_hour is None) == (not self.per_half_hour):
            raise ValueError("give per_hour or per_half_hour, and not both")
        if self.callback is None and any(rule.to.callback for rule in self.overflow):
            raise ValueError("overflow leads to a callback: say how customers are called back")
        return self

    def rules(self, name: str) -> GroupRules:
        """Give the rules of the group: the strict policy, and where callers may go."""
        known: dict[str, Any] = {"overflow": tuple(rule.overflow() for rule in self.overflow)}
        known |= self.callback.rules() if self.callback else {}
        return replace(plain_rules(name, wraps=self.wrap is not None), **known)


class Seat(Part):
    """One agent or `count` alike; `shifts` are "from-to" in seconds or HH:MM from the start."""

    number: str = Field(pattern=r"^[^\s,@]+$")
    groups: tuple[str, ...] = Field(min_length=1)
    count: int = Field(1, ge=1, le=10_000)
    pace: Positive = 1.0
    shifts: tuple[tuple[float, float], ...] | None = None


class Scenario(Part):
    """The whole day."""

    hours: Positive = 8.0
    calls: int = Field(0, ge=0)
    """Stop after so many calls; 0 = by the hours alone."""
    seed: int = 1
    lines: int = Field(0, ge=0)
    target_s: Positive = 20.0
    groups: dict[str, Class] = Field(min_length=1)
    agents: tuple[Seat, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _agents_fit(self) -> "Scenario":
        numbers = [card.number for card in self.cast().agents]
        twice = sorted({number for number in numbers if numbers.count(number) > 1})
        if twice:
            raise ValueError(f"agents are listed twice: {', '.join(twice)}")
        had = {group for seat in self.agents for group in seat.groups}
        alone = sorted(set(self.groups) - had) + sorted(had - set(self.groups))
        if alone:
            raise ValueError(f"groups without calls or without agents: {', '.join(alone)}")
        return self

    @model_validator(mode="after")
    def _overflow_leads_somewhere(self) -> "Scenario":
        for name, each in self.groups.items():
            to = {rule.to.group for rule in each.overflow if rule.to.group}
            lost = sorted(to - (set(self.groups) - {name}))
            if lost:
                raise ValueError(f"{name} overflows to no other group: {', '.join(lost)}")
        return self

    def rings(self) -> dict[str, int]:
        """Give how long the customers of each group ring when they are called back, ns."""
        return {
            name: round(each.callback.ring_s * SECOND)
            for name, each in self.groups.items()
            if each.callback
        }

    def cast(self) -> Cast:
        """Give who is there."""
        seats = [(number, seat) for seat in self.agents for number in _numbers(seat)]
        return Cast(
            tuple(each.rules(name) for name, each in self.groups.items()),
            tuple(AgentCard(n, groups=tuple(map(GroupId, seat.groups))) for n, seat in seats),
            {number: seat.pace for number, seat in seats if seat.pace != 1},
            {number: _shifts(seat.shifts) for number, seat in seats if seat.shifts is not None},
            self.lines,
        )

    def stream(self, streams: Streams) -> Iterator[SimCall]:
        """Give the calls in order of arrival, numbered."""
        ways = [self._calls(name, each, streams) for name, each in self.groups.items()]
        calls = merge(*ways, key=attrgetter("at")) if len(ways) > 1 else ways[0]
        numbers = range(1, self.calls + 1) if self.calls else count(1)
        for number, call in zip(numbers, calls, strict=False):
            yield call._replace(id=f"{number:09d}")

    def _calls(self, name: str, each: Class, streams: Streams) -> Iterator[SimCall]:
        def draws(spread: Spread | None, purpose: str) -> Callable[[], int] | None:
            return spread.draws(streams(f"{name} {purpose}")) if spread else None

        service = each.service.draws(streams(f"{name} service"))
        wrap, patience = draws(each.wrap, "wrap"), draws(each.patience, "patience")
        urgency, group = _urgency(each, streams(f"{name} priority")), GroupId(name)
        back = each.callback and each.callback.draws(
            streams(f"{name} asks"), streams(f"{name} reached")
        )
        for at in self._arrivals(each, streams(f"{name} arrivals")):
            yield SimCall(
                "",
                at,
                group,
                urgency(),
                service(),
                wrap() if wrap else 0,
                patience() if patience else None,
                back() if back else 0,
            )

    def _arrivals(self, each: Class, chance: Chance) -> Iterator[int]:
        """Give Poisson arrivals; the rate may change each half hour."""
        end = self.hours * 3600
        if each.per_hour is not None:
            yield from _poisson(chance, 0.0, end if not self.calls else 1e9, each.per_hour)
        for place, calls in enumerate(each.per_half_hour):
            start = place * HALF_HOUR_S
            yield from _poisson(chance, start, min(start + HALF_HOUR_S, end), calls * 2)


def _poisson(chance: Chance, start_s: float, end_s: float, per_hour: float) -> Iterator[int]:
    at = start_s
    while per_hour > 0:
        at += chance.expovariate(per_hour / 3600)
        if at >= end_s:
            return
        yield round(at * SECOND)


def _urgency(each: Class, chance: Chance) -> Callable[[], int]:
    """Give a function that draws a priority: the one, or by shares."""
    if not each.shares:
        return lambda: each.priority
    whole, below, steps = sum(each.shares.values()), 0.0, list[tuple[float, int]]()
    for priority, share in each.shares.items():
        below += share / whole
        steps.append((below, priority))

    def draw() -> int:
        point = chance.random()
        return next((priority for up_to, priority in steps if point < up_to), steps[-1][1])

    return draw


def _numbers(seat: Seat) -> list[AgentId]:
    if seat.count == 1:
        return [AgentId(seat.number)]
    width = len(str(seat.count))
    return [AgentId(f"{seat.number}-{place:0{width}d}") for place in range(1, seat.count + 1)]


def _shifts(shifts: tuple[tuple[float, float], ...]) -> tuple[tuple[int, int], ...]:
    return tuple((round(start * SECOND), round(end * SECOND)) for start, end in shifts)


def scenario_from(name: str, data: object) -> Scenario:
    """Check a scenario as it was read from YAML; raises `Refused` with every fault."""
    try:
        return Scenario.model_validate(data)
    except ValidationError as error:
        raise Refused(
            *(
                Fault(name, 0, ".".join(map(str, fault["loc"])), fault["msg"])
                for fault in error.errors()
            )
        ) from error
