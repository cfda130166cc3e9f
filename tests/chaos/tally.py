"""What a part of the chaos counts, and the one JSON object that it ends with. Pure."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

SUMMED = ("cycles", "live_calls", "cut", "lost", "missing", "doubled")
"""Counts that are added over the parts."""
NONE_OF = ("cut", "lost", "missing", "doubled")
"""Counts that break a promise by not being nought."""

Figure = float | str | list[float]
Say = Callable[[str], None]
"""Takes one line about a cycle, for whoever watches."""


@dataclass(frozen=True, slots=True)
class Ask:
    """How much of a part: so many cycles with so many calls, the same for the same seed."""

    seed: int
    cycles: int
    calls: int
    room: Path
    """An empty folder of the part's own."""
    say: Say = lambda line: None
    away_s: float = 60.0
    """For how long something is away, where a part takes something away."""


@dataclass(slots=True)
class Tally:
    """What came of a part; `also` holds figures of its own."""

    seed: int
    cycles: int = 0
    live_calls: int = 0
    """Calls that were there when something broke, over all cycles."""
    cut: int = 0
    """Talks that ended by what broke."""
    lost: int = 0
    """Callers who were let go, or served by nobody."""
    missing: int = 0
    """Calls or facts without a record."""
    doubled: int = 0
    """Records or actions that are there twice."""
    recovered_s: list[float] = field(default_factory=list)
    also: dict[str, Figure] = field(default_factory=dict)
    broken: list[str] = field(default_factory=list)
    """Promises that broke, a sentence each, with what is needed to see it again."""

    def must(self, kept: object, promise: str) -> bool:
        """Note a promise that broke; tells whether it was kept."""
        if not kept:
            self.broken.append(promise)
        return bool(kept)

    @property
    def ok(self) -> bool:
        """Tell whether every promise was kept."""
        return not self.broken and not any(getattr(self, name) for name in NONE_OF)

    def told(self, part: str) -> dict[str, Any]:
        """Give the part's JSON object."""
        counts = {name: getattr(self, name) for name in SUMMED}
        found = {"part": part, "seed": self.seed, **counts, "recovered_s": spread(self.recovered_s)}
        return found | self.also | {"broken": self.broken, "ok": self.ok}


def spread(values: Sequence[float]) -> dict[str, float]:
    """Give the middle and the largest; nothing of nothing.

    >>> spread([3.0, 1.0, 2.0])
    {'p50': 2.0, 'max': 3.0}
    """
    if not values:
        return {}
    ordered = sorted(values)
    return {"p50": round(ordered[len(ordered) // 2], 3), "max": round(ordered[-1], 3)}


def together(parts: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Make one object of all the parts' objects.

    >>> together([{"part": "a", "cut": 1, "ok": False}, {"part": "b", "cut": 0, "ok": True}])["cut"]
    1
    """
    sums = {name: sum(int(part.get(name, 0)) for part in parts) for name in SUMMED}
    slow = [s for part in parts if (s := part.get("recovered_s", {}).get("max")) is not None]
    return {
        **sums,
        "recovered_s_max": max(slow, default=None),
        "parts": {part["part"]: part for part in parts},
        "ok": all(part["ok"] for part in parts),
    }
