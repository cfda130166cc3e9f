"""What was measured of a group: how long agents are busy with a call, how soon callers give up.

Small counters on the floor, fed by the same events as everything else, so that a replay gives
the same figures. They forget slowly: about the last 500 calls count.
"""

from dataclasses import dataclass, field
from typing import Final

from acd.estimate import Handling

MEMORY: Final = 500
SHARES: Final = (0.0, *(1 / count for count in range(1, MEMORY + 1)))
"""What the newest of so many values counts."""
ENOUGH: Final = 20
"""From so many calls on the group's own figure stands alone; before, the prior fills up."""
PRIOR_S: Final = 180.0
FAR_OUT: Final = 8.0
FAR_OUT_S: Final = 600.0
"""Work counts at most so many times the mean, or so long: a line left open teaches nothing."""
MOST_CV2: Final = 4.0


@dataclass(slots=True)
class Waits:
    """Running means of how long callers waited and of how many gave up."""

    count: int = 0
    mean: float = 0.0
    gave_up: float = 0.0

    def add(self, seconds: float, gave_up: float) -> None:
        """Take in one wait and whether it ended by giving up, 1 or 0."""
        count = self.count = self.count + 1
        share = SHARES[count] if count < MEMORY else SHARES[MEMORY]
        self.mean += (seconds - self.mean) * share
        self.gave_up += (gave_up - self.gave_up) * share


@dataclass(slots=True)
class Running:
    """A running mean of values and of their squares."""

    count: int = 0
    mean: float = 0.0
    square: float = 0.0

    def add(self, value: float) -> None:
        """Take in one value, not below zero."""
        count = self.count = self.count + 1
        share = SHARES[count] if count < MEMORY else SHARES[MEMORY]
        self.mean += (value - self.mean) * share
        self.square += (value * value - self.square) * share

    @property
    def variance(self) -> float:
        """Give the variance, never below zero."""
        return max(0.0, self.square - self.mean * self.mean)


def _bounded(known: Running, seconds: float) -> float:
    return seconds if known.count < ENOUGH else min(seconds, max(FAR_OUT * known.mean, FAR_OUT_S))


@dataclass(slots=True)
class Pace:
    """One group's measured pace; `busy` is ringing, talk and hold."""

    busy: Running = field(default_factory=Running)
    wrap: Running = field(default_factory=Running)
    waits: Waits = field(default_factory=Waits)

    def worked(self, seconds: float) -> None:
        """Take in how long a call kept its agent: ringing, talk and hold."""
        self.busy.add(seconds if seconds <= FAR_OUT_S else _bounded(self.busy, seconds))

    def wrapped(self, seconds: float) -> None:
        """Take in how long the wrap-up of a call took, 0 = there was none."""
        self.wrap.add(seconds if seconds <= FAR_OUT_S else _bounded(self.wrap, seconds))

    def waited(self, seconds: float, *, gave_up: bool) -> None:
        """Take in how one wait ended."""
        self.waits.add(seconds, 1.0 if gave_up else 0.0)

    def handling(self) -> Handling:
        """Give how long a call keeps an agent busy, wrap-up included."""
        known = self.busy.mean + self.wrap.mean
        lacking = max(0, ENOUGH - self.busy.count)
        mean = (lacking * PRIOR_S + (ENOUGH - lacking) * known) / ENOUGH
        if lacking:
            return Handling(mean, ENOUGH)
        cv2 = (self.busy.variance + self.wrap.variance) / (known * known) if known else 1.0
        # a mean that forgets is as sure as one over twice its memory
        return Handling(max(known, 1.0), min(self.busy.count, 2 * MEMORY), min(cv2, MOST_CV2))

    def leave_rate(self) -> float:
        """Give how many of those who wait give up per second; 0 until enough is known."""
        if self.waits.count < ENOUGH or not self.waits.mean:
            return 0.0
        return self.waits.gave_up / self.waits.mean
