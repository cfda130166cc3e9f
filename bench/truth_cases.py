"""The cases of queueing theory written down as scenarios for the simulator.

They are those of tests/truth/data/acd_truth_public.csv: a row is one figure with its tolerance
(four standard deviations at the number of calls it names), a case the rows that one run answers.
"""

import csv
import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from acd.scenario import Class, Scenario, Seat, Spread

DATA = Path(__file__).parents[1] / "tests" / "truth" / "data"
ALL = "calls"
"""The group of cases that have but one class of calls."""
OVERFLOW = "overflow: "
FEW = 250_000
"""The rows of at most so many calls are proved again with overflow."""


@dataclass(frozen=True, slots=True)
class Row:
    """One figure of theory, and how close the simulation must come to it."""

    metric: str
    expected: float
    tolerance: float
    calls: int


@dataclass(frozen=True, slots=True)
class Case:
    """The rows that one run answers."""

    name: str
    family: str
    params: dict[str, Any]
    rows: tuple[Row, ...]

    @property
    def calls(self) -> int:
        """Tell how many calls the most demanding row takes."""
        return max(row.calls for row in self.rows)


@dataclass(frozen=True, slots=True)
class Found:
    """What one run gave: its rows' figures, the calls simulated and the CPU seconds they took."""

    figures: dict[str, float]
    calls: int
    cpu_s: float


def cases(limit: int) -> list[Case]:
    """Give every case with the rows that have a tolerance and need no more calls than this."""
    found: dict[str, Case] = {}
    with (DATA / "acd_truth_public.csv").open(encoding="utf-8") as file:
        for line in csv.DictReader(file):
            if not line["tolerance_abs"] or int(line["calls_for_4sigma"]) > limit:
                continue
            row = Row(
                line["metric"],
                float(line["expected"]),
                float(line["tolerance_abs"]),
                int(line["calls_for_4sigma"]),
            )
            known = found.get(line["case"])
            rows = (*known.rows, row) if known else (row,)
            params = json.loads(line["params"])
            found[line["case"]] = Case(line["case"], line["family"], params, rows)
    every = [*found.values(), *_by_overflow(found)]
    return sorted(every, key=lambda case: -case.calls)


def _by_overflow(found: dict[str, Case]) -> Iterator[Case]:
    """Give cases again in which callers are sent on by the group's rules: the same theory."""
    for name in filter(found.__contains__, ("K01", "D01")):
        case = found[name]
        rows = tuple(row for row in case.rows if row.calls <= FEW)
        yield Case(f"{name}-overflow", f"{OVERFLOW}{case.family}", case.params, rows)


def _time(mean_s: float, kind: str = "exponential") -> Spread:
    return Spread.model_validate({"kind": kind, "mean_s": mean_s})


def _pool(count: int, groups: Iterable[str], name: str = "A", pace: float = 1.0) -> Seat:
    return Seat(number=name, groups=tuple(groups), count=count, pace=pace)


def _single(params: dict[str, Any]) -> Scenario:
    """Give one pool and one class: Erlang A, B, C, and with limits."""
    aht = params.get("aht_s") or params["mean_hold_s"]
    patience = None
    if "mean_patience_s" in params:
        patience = _time(params["mean_patience_s"])
    if "queue_timeout_s" in params:
        patience = _time(params["queue_timeout_s"], "constant")
    lines = params.get("lines", 0)
    rate = params["erlangs"] * 3600 / aht
    calls = Class(per_hour=rate, service=_time(aht), patience=patience)
    agents = (_pool(params.get("agents", lines), [ALL]),)
    return Scenario(groups={ALL: calls}, agents=agents, lines=lines)


def _sent_on(params: dict[str, Any]) -> Scenario:
    """Give one pool whose callers are sent to a message: by length, or by the time waited."""
    plain = _single(params)
    calls = plain.groups[ALL].model_dump() | {"patience": None}
    when = {"wait_s": params.get("queue_timeout_s", 0)}
    if plain.lines:
        when = {"length": plain.lines - params["agents"]}
    calls["overflow"] = [{"when": when, "to": {"message": "busy"}}]
    return plain.model_copy(update={"groups": {ALL: Class.model_validate(calls)}, "lines": 0})


def _priorities(params: dict[str, Any]) -> Scenario:
    rate = params["erlangs"] * 3600 / params["aht_s"]
    groups = {
        f"class{n}": Class(per_hour=rate * share, service=_time(params["aht_s"]), priority=n)
        for n, share in enumerate(params["shares"], 1)
    }
    return Scenario(groups=groups, agents=(_pool(params["agents"], groups),))


def _skills(params: dict[str, Any]) -> Scenario:
    aht = params["groups"][0]["aht_s"]
    groups = {
        f"class{n}": Class(per_hour=each["lambda_per_h"], service=_time(aht))
        for n, each in enumerate(params["classes"], 1)
    }
    agents = [
        _pool(
            pool["agents"],
            (f"class{n}" for n, each in enumerate(params["classes"], 1) if place in each["groups"]),
            f"G{place}",
        )
        for place, pool in enumerate(params["groups"])
    ]
    return Scenario(groups=groups, agents=tuple(agents))


def _chain(params: dict[str, Any]) -> Scenario:
    count, aht = params["classes"], params["aht_s"]
    rate = params["erlangs_per_class"] * 3600 / aht
    groups = {f"class{n}": Class(per_hour=rate, service=_time(aht)) for n in range(count)}
    each = params["agents"] // count
    agents = [
        _pool(
            each,
            (f"class{(place + step) % count}" for step in range(params["skills_per_agent"])),
            f"G{place}",
        )
        for place in range(count)
    ]
    return Scenario(groups=groups, agents=tuple(agents))


def _paces(params: dict[str, Any]) -> Scenario:
    first = params["agent_aht_s"][0]
    agents = [
        _pool(1, [ALL], f"A{n}", aht / first) for n, aht in enumerate(params["agent_aht_s"], 1)
    ]
    calls = Class(per_hour=params["lambda_per_h"], service=_time(first))
    return Scenario(groups={ALL: calls}, agents=tuple(agents))


def _wrapped(params: dict[str, Any]) -> Scenario:
    calls = Class(
        per_hour=params["lambda_per_h"],
        service=_time(params["talk_s"]),
        wrap=_time(params["acw_s"], "constant"),
    )
    return Scenario(groups={ALL: calls}, agents=(_pool(1, [ALL]),))


FAMILIES: dict[str, Callable[[dict[str, Any]], Scenario]] = {
    OVERFLOW: _sent_on,
    "M/M/n Erlang-C": _single,
    "M/G/n/n Erlang-B": _single,
    "M/M/n/K": _single,
    "M/M/n+M Erlang-A": _single,
    "M/M/n+D": _single,
    "wait announcement": _single,
    "priority classes": _priorities,
    "skill routing": _skills,
    "skill chaining": _chain,
    "longest-idle fairness": _paces,
    "wrap-up": _wrapped,
}


def scenario_of(case: Case) -> Scenario:
    """Write a case down as a scenario."""
    make = next(make for name, make in FAMILIES.items() if case.family.startswith(name))
    return make(case.params)
