"""What a simulated day was like: waits, shares, who worked how much. Sums in the words of
`docs/metrics.md`, so that the formulas of the reports apply to them.
"""

from array import array
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from acd.simulate import SECOND, Fate, Simulation

SHARES = (50, 90, 95)
TOTAL = ""
"""The line of all groups together."""


@dataclass(slots=True)
class Line:
    """The calls of one group, or of all; waits in seconds."""

    counts: Counter[str] = field(default_factory=Counter)
    answered_s: "array[float]" = field(default_factory=lambda: array("d"))
    abandoned_s: "array[float]" = field(default_factory=lambda: array("d"))

    def take(self, fate: Fate) -> None:
        """Count one call."""
        self.counts[fate.outcome] += 1
        if fate.outcome == "answered":
            self.answered_s.append(fate.wait / SECOND)
        elif fate.outcome == "abandoned":
            self.abandoned_s.append(fate.wait / SECOND)

    @property
    def admitted(self) -> int:
        """Count those who were let in and had an end."""
        return len(self.answered_s) + len(self.abandoned_s)

    def sums(self, target_s: float) -> dict[str, float]:
        """Give the sums that service levels are made of."""
        return {
            "entered": sum(self.counts.values()) - self.counts["blocked"],
            "answered": len(self.answered_s),
            "abandoned": len(self.abandoned_s),
            "within": sum(wait <= target_s for wait in self.answered_s),
            "abandoned_within": sum(wait <= target_s for wait in self.abandoned_s),
            "wait_answered_ms": 1000 * sum(self.answered_s),
        }

    def waits(self) -> dict[str, float]:
        """Give the mean of all, that of the answered, and the answered's percentiles."""
        ranked = sorted(self.answered_s)
        total = sum(ranked) + sum(self.abandoned_s)
        waited = sum(wait > 0 for wait in ranked) + sum(wait > 0 for wait in self.abandoned_s)
        found = {
            "waited": _share(waited, self.admitted),
            "mean_all_s": _share(total, self.admitted),
            "mean_s": _share(sum(ranked), len(ranked)),
        }
        return found | {f"p{share}_s": percentile(ranked, share) for share in SHARES}


@dataclass(slots=True)
class Summary:
    """Takes in fates as they are decided; calls that arrived before `since` warm up only."""

    since: int = 0
    lines: dict[str, Line] = field(default_factory=lambda: {TOTAL: Line()})
    calls: Counter[str] = field(default_factory=Counter)
    busy: Counter[str] = field(default_factory=Counter)
    wait: int = 0

    def watch(self, fates: Iterable[Fate]) -> Iterator[Fate]:
        """Count what passes, and pass it on."""
        for fate in fates:
            self.take(fate)
            yield fate

    def take(self, fate: Fate) -> None:
        """Count one call."""
        self.wait += fate.wait
        if fate.call.at < self.since:
            return
        self.lines[TOTAL].take(fate)
        self.lines.setdefault(fate.call.group, Line()).take(fate)
        if fate.agent:
            self.calls[fate.agent] += 1
            self.busy[fate.agent] += fate.busy

    def agents(self, run: Simulation) -> list[dict[str, Any]]:
        """Tell of each agent: calls, seconds of work and there, and the share."""
        found = []
        for card in run.cast.agents:
            there = staffed(run, card.number)
            busy = self.busy[card.number]
            row = {"agent": card.number, "calls": self.calls[card.number]}
            times = {"busy_s": busy / SECOND, "there_s": there / SECOND}
            found.append(row | times | {"occupancy": _share(busy, there)})
        return found

    def fairness(self, rows: Sequence[Mapping[str, Any]]) -> dict[str, float]:
        """Give the Gini coefficients of idle share and of calls, 0 = all alike."""
        idle = [max(0.0, 1 - row["occupancy"]) for row in rows]
        return {"gini_idle": gini(idle), "gini_calls": gini([row["calls"] for row in rows])}

    def little(self, run: Simulation) -> dict[str, float]:
        """Hold Little's law to the run's own counters: callers waiting over time, their waits."""
        area, waits = run.waited / SECOND, self.wait / SECOND
        return {"waiting_s": area, "waits_s": waits, "off": _share(abs(area - waits), area)}


def staffed(run: Simulation, number: Any) -> int:
    """Give the nanoseconds that an agent was there, until the run's end."""
    shifts = run.cast.shifts.get(number)
    if shifts is None:
        return run.now
    return sum(max(0, min(end, run.now) - start) for start, end in shifts)


def percentile(ranked: Sequence[float], share: float) -> float:
    """Give the smallest value that `share` percent do not exceed; 0 of nothing.

    >>> percentile([1, 2, 3, 4], 50), percentile([1, 2, 3, 4], 90), percentile([], 50)
    (2, 4, 0.0)
    """
    return ranked[max(0, -(-len(ranked) * share // 100) - 1)] if ranked else 0.0  # type: ignore[call-overload]


def gini(values: Sequence[float]) -> float:
    """Give the Gini coefficient: 0 when all have the same, towards 1 when one has all.

    >>> gini([3, 3, 3]), gini([0, 0, 0, 4])
    (0.0, 0.75)
    """
    ranked, total = sorted(values), sum(values)
    if not total:
        return 0.0
    weighted = sum((2 * place - len(ranked) - 1) * value for place, value in enumerate(ranked, 1))
    return weighted / (len(ranked) * total)


def _share(part: float, whole: float) -> float:
    return part / whole if whole else 0.0
