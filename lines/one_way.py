"""Whether both sides of a talk are heard, from packet counts taken now and then. Pure.

A look says how many RTP packets came from each side. A side whose count stands for `SILENT_S`
while the talk is connected is not heard. A muted browser still sends, so mute is no fault.
"""

from collections.abc import Mapping
from dataclasses import dataclass

SILENT_S = 3.0
SIDES = ("caller", "agent")


@dataclass(frozen=True, slots=True)
class Count:
    """Packets that came from one side, and since when (seconds) that number stands."""

    packets: int
    since: float


Talk = Mapping[str, Count]
"""Side → its count; a side that was never seen is missing."""


def look(before: Talk, packets: Mapping[str, int], now: float) -> dict[str, Count]:
    """Take in a new look at a talk; a counter that went back belongs to a new leg.

    >>> first = look({}, {"caller": 5, "agent": 9}, 1.0)
    >>> look(first, {"caller": 5, "agent": 80}, 2.5)["caller"]
    Count(packets=5, since=1.0)
    """
    return {
        side: before[side]
        if side in before and before[side].packets == count
        else Count(count, now)
        for side, count in packets.items()
    }


def silent_side(talk: Talk, now: float) -> str:
    """Name the side that is not heard: caller, agent or both; "" when all is well.

    >>> silent_side({"caller": Count(5, 1.0), "agent": Count(80, 3.9)}, 4.0)
    'caller'
    """
    silent = [side for side in SIDES if side in talk and now - talk[side].since >= SILENT_S]
    if not all(side in talk for side in SIDES) or not silent:
        return ""
    return "both" if len(silent) == len(SIDES) else silent[0]
