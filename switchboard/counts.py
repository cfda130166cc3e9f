"""What this engine counted since it started, for metrics and alarms: facts, pops, its own delay.

Counters begin at nothing with each epoch; what was replayed at the start is not counted.
"""

import asyncio
from collections import Counter, deque
from collections.abc import Callable
from pathlib import Path
from typing import Any

from domain import events as ev

POPS = 500
"""Screen-pops that the percentile is made of, the last ones."""
BEAT_S = 1.0
NAMES: dict[type, str] = {
    ev.CallArrived: "calls",
    ev.OfferMade: "offers",
    ev.OfferFailed: "offers_failed",
    ev.OfferAnswered: "answers",
    ev.CallEnded: "ended",
    ev.CallLost: "lost",
    ev.CallFellBack: "fell_back",
    ev.PbxJoined: "resyncs",
    ev.PbxLeft: "pbx_left",
    ev.StateHealed: "healed",
    ev.RecordingKept: "recordings",
    ev.RecordingFailed: "recording_failed",
    ev.DialAsked: "dials",
    ev.CallRefused: "refused",
    ev.IncidentSeen: "incidents",
}
"""Which facts are counted, and under what name."""


class Counts:
    """A listener of the journal; `shown` is what `health` tells."""

    def __init__(self, mono: Callable[[], float], adopted: int = 0) -> None:
        """`adopted`: calls that an earlier engine had begun."""
        self._adopted = adopted
        self._mono = mono
        self._counts: Counter[str] = Counter()
        self._pops: deque[float] = deque(maxlen=POPS)
        self._lag_s = 0.0
        self._worst_s = 0.0

    def note(self, record: ev.Record) -> None:
        """Count one fact."""
        name = NAMES.get(type(record.event))
        if name is not None:
            self._counts[name] += 1
        elif isinstance(record.event, ev.PopPainted):
            self._counts["pops"] += 1
            self._pops.append(record.event.ms)

    async def beat_file(self, path: Path) -> None:
        """Touch a file each second, and see how late the loop wakes whoever asked for it.

        The supervisor kills an engine whose file stood for long.
        """
        while True:
            path.touch()  # noqa: ASYNC240  # microseconds, and it is the loop's own life that shows
            asked = self._mono()
            await asyncio.sleep(BEAT_S)
            self._lag_s = max(0.0, self._mono() - asked - BEAT_S)
            self._worst_s = max(self._worst_s, self._lag_s)

    def shown(self) -> dict[str, Any]:
        """Lay out counters, the pops' percentile and how late the loop was, in ms.

        `worst` begins anew each time.
        """
        worst, self._worst_s = self._worst_s, 0.0
        counts = {name: self._counts[name] for name in (*NAMES.values(), "pops")}
        return {
            "counts": counts | {"adopted": self._adopted},
            "pops": {"n": len(self._pops), "p95_ms": percentile(self._pops, 0.95)},
            "lag_ms": {"last": round(self._lag_s * 1000, 1), "worst": round(worst * 1000, 1)},
        }


def percentile(values: deque[float], share: float) -> float:
    """Give the value that this share does not exceed, 0 of nothing.

    >>> percentile(deque([30.0, 10.0, 20.0]), 0.95)
    30.0
    """
    if not values:
        return 0.0
    ranked = sorted(values)
    return ranked[min(len(ranked) - 1, int(share * len(ranked)))]
