"""What a simulated day was like: waits, shares, who worked how much. Sums in the words of
`docs/metrics.md`, so that the formulas of the reports apply to them.
"""

from array import array
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from acd.simulate import SECOND, Back, Fate, Simulation

SHARES = (50, 90, 95)


@dataclass(slots=True)
class Line:
    """The calls of one group, or of all; waits in seconds."""

    answered_s: "array[float]" = field(default_factory=lambda: array("d"))
    abandoned_s: "array[float]" = field(default_factory=lambda: array("d"))
    others: Counter[str] = field(default_factory=Counter)
    backs: Counter[str] = field(default_factory=Counter)
    back_s: float = 0.0
    """How long those who were called back waited for it since they called, in total."""

    def called_back(self, back: Back) -> None:
        """Count what came of a callback."""
        self.backs[back.outcome] += 1
        self.back_s += back.wait / SECOND

    def add(self, other: "Line") -> None:
        """Take in another line's calls."""
        self.answered_s.extend(other.answered_s)
        self.abandoned_s.extend(other.abandoned_s)
        self.others.update(other.others)
        self.backs.update(other.backs)
        self.back_s += other.back_s

    @property
    def counts(self) -> Counter[str]:
        """Count the calls by their outcome."""
        found = {"answered": len(self.answered_s), "abandoned": len(self.abandoned_s)}
        return Counter(found) + self.others

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
    groups: dict[str, Line] = field(default_factory=dict)
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
        call, outcome, wait, agent, busy, _, back = fate
        self.wait += wait
        if call.at < self.since:
            return
        line = self.groups.get(call.group)
        if line is None:
            line = self.groups[call.group] = Line()
        if outcome == "answered":
            line.answered_s.append(wait / SECOND)
        elif outcome == "abandoned":
            line.abandoned_s.append(wait / SECOND)
        else:
            line.others[outcome] += 1
        if agent:
            self.calls[agent] += 1
            self.busy[agent] += busy
        if back is not None:
            line.called_back(back)

    @property
    def total(self) -> Line:
        """Give all groups together."""
        whole = Line()
        for line in self.groups.values():
            whole.add(line)
        return whole

    def agents(self, run: Simulation) -> list[dict[str, Any]]:
        """Tell of each agent: calls, seconds of work and there, and the share."""
        found = []
        for card in run.cast.agents:
            there = staffed(run, card.number)
            busy = self.busy[card.number] + run.spent[card.number]
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
        return run.until
    return sum(max(0, min(end, run.until) - start) for start, end in shifts)


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
