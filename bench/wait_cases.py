"""The days on which waits are told: the literature's, those with callers who give up, a real one.

`drift` multiplies the handling time of a call by when it comes: work ages, mornings are quick.
"""

from collections.abc import Callable
from dataclasses import dataclass
from math import pi, sin

from acd.scenario import Class, Scenario, Seat, Spread
from acd.simulate import SECOND, SimCall

GROUP = "calls"
HOUR_S = 3600.0
DAY_S = 24 * HOUR_S
Drift = Callable[[float], float]


@dataclass(frozen=True, slots=True)
class Case:
    """Who calls, who is there, and how handling times change; `is_plain`: one pool, one group."""

    groups: dict[str, Class]
    agents: tuple[Seat, ...]
    drift: Drift | None = None

    @property
    def is_plain(self) -> bool:
        """Tell whether theory has a formula for it."""
        return len(self.groups) == 1

    @property
    def per_s(self) -> float:
        """Give the calls a second, on average."""
        whole = sum(
            each.per_hour or _mean_rate(each.per_half_hour) for each in self.groups.values()
        )
        return whole / HOUR_S

    def scenario(self, calls: int) -> Scenario:
        """Write it down for the simulator."""
        hours = max(len(each.per_half_hour) for each in self.groups.values()) / 2
        return Scenario(
            groups=self.groups, agents=self.agents, calls=calls, lines=0, hours=hours or 8.0
        )

    def drifted(self, call: SimCall) -> SimCall:
        """Give a call the handling time of its moment."""
        if self.drift is None:
            return call
        factor = self.drift(call.at / SECOND)
        return call._replace(service=round(call.service * factor), wrap=round(call.wrap * factor))

    def handling_s(self, call: SimCall) -> float:
        """Give the true mean handling time at a call's moment."""
        each = self.groups[call.group]
        mean = each.service.mean_s + (each.wrap.mean_s if each.wrap else 0.0)
        return mean * (self.drift(call.at / SECOND) if self.drift else 1.0)


def _mean_rate(halves: tuple[float, ...]) -> float:
    return 2 * sum(halves) / len(halves)


def _pool(agents: int, erlangs: float, calls: Class) -> Case:
    """One pool for one group, at a load."""
    handling_s = calls.service.mean_s + (calls.wrap.mean_s if calls.wrap else 0.0)
    each = calls.model_copy(update={"per_hour": erlangs * HOUR_S / handling_s})
    return Case({GROUP: each}, (Seat(number="A", groups=(GROUP,), count=agents),))


def _of(mean_s: float, patience_s: float = 0.0) -> Class:
    patience = Spread(mean_s=patience_s) if patience_s else None
    return Class(per_hour=1, service=Spread(mean_s=mean_s), patience=patience)


UNEVEN = Class(
    per_hour=1,
    service=Spread(kind="lognormal", mean_s=150, cv=1.3),
    wrap=Spread(kind="lognormal", mean_s=30, cv=0.7),
)

# ---- a real day: twelve hours, two peaks, shifts with lunch, patience, handling that drifts
DAYS = 400
FROM_EIGHT = (
    *(30, 45, 70, 90, 110, 115, 105, 95, 70, 65, 75, 95),
    *(110, 115, 105, 95, 80, 70, 60, 55, 50, 45, 35, 25),
)
"""Calls each half hour from 08:00 to 20:00."""
NIGHT = (0.0,) * 16
SHIFTS = (
    ("E", 4, ((8, 12), (13, 17))),
    ("F", 4, ((8, 11.5), (12.5, 17))),
    ("M", 5, ((9.5, 13), (14, 18.5))),
    ("L", 4, ((11, 15), (16, 20))),
)
"""Team, agents, hours: lunch is taken in turns."""


def _slow_and_tired(at_s: float) -> float:
    """Work takes a fifth longer in the evening than in the morning, and 2 % more each ten days."""
    hour = at_s % DAY_S / HOUR_S
    return (1 + 0.1 * sin(pi * (hour - 14) / 12)) * (1 + 0.002 * (at_s // DAY_S % 50))


def _real_day() -> Case:
    halves = (*NIGHT, *map(float, FROM_EIGHT), *(0.0,) * 8) * DAYS
    calls = Class(
        per_half_hour=halves,
        service=Spread(kind="lognormal", mean_s=170, cv=0.9),
        wrap=Spread(kind="lognormal", mean_s=20, cv=0.7),
        patience=Spread(mean_s=180),
    )
    seats = tuple(
        Seat(number=name, groups=(GROUP,), count=count, shifts=_daily(hours))
        for name, count, hours in SHIFTS
    )
    return Case({GROUP: calls}, seats, _slow_and_tired)


def _daily(hours: tuple[tuple[float, float], ...]) -> tuple[tuple[float, float], ...]:
    return tuple(
        (day * DAY_S + start * HOUR_S, day * DAY_S + end * HOUR_S)
        for day in range(DAYS)
        for start, end in hours
    )


def _skills(patience_s: float = 0.0) -> Case:
    """Three groups of unlike handling times; two teams know one, one team knows all."""
    loads = {"sales": (6.0, 150.0), "service": (8.0, 200.0), "english": (2.0, 240.0)}
    groups = {
        name: _of(mean_s, patience_s).model_copy(update={"per_hour": erlangs * HOUR_S / mean_s})
        for name, (erlangs, mean_s) in loads.items()
    }
    teams = (("S", 5, ("sales",)), ("T", 6, ("service",)), ("U", 6, tuple(loads)))
    return Case(groups, tuple(Seat(number=n, groups=g, count=c) for n, c, g in teams))


CASES = {
    "plain": _pool(50, 48, _of(60)),
    "patience": _pool(50, 52, _of(60, 120)),
    "uneven": _pool(6, 5.2, UNEVEN),
    "day": _real_day(),
    "skills": _skills(),
    "skills_patience": _skills(150),
}
"""The literature's case (Ibrahim & Whitt), one with callers who give up, one small and uneven; a
real day; several skills, with and without callers who give up."""
