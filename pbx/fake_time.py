"""Virtual time: a heap of what is due, and a count of conversations that still have work.

Nothing waits: whoever drives a story calls `step` until nothing is due any more. A day passes in
milliseconds, and the same story gives the same journal.
"""

import asyncio
import heapq
from collections.abc import Callable
from dataclasses import dataclass, field

from domain.clock import Clock
from domain.ids import Instant


@dataclass(order=True, slots=True)
class Due:
    """Something that happens at an instant; `cancel` takes it back."""

    when: float
    number: int
    call: Callable[[], None] | None = field(compare=False)

    def cancel(self) -> None:
        """Let it not happen."""
        self.call = None


class Timeline:
    """Gives the clock and `later`; `busy` counts conversations that wait for nothing of ours.

    `jumped_ms` is how far the wall clock was set by hand; nothing is due sooner or later for it.
    """

    def __init__(self, utc_ms: int) -> None:
        self.now = self._began = 1000.0
        self.busy = 0
        self.jumped_ms = 0
        self._utc_ms = utc_ms
        self._number = 0
        self._heap: list[Due] = []

    @property
    def clock(self) -> Clock:
        """Give this time as the clock that everybody is given."""
        return Clock(lambda: Instant(self.now), self.utc_ms)

    def utc_ms(self) -> int:
        """Give the wall clock's reading."""
        return self._utc_ms + self.jumped_ms + round((self.now - self._began) * 1000)

    def at(self, utc_ms: int) -> float:
        """Give the instant at which the wall clock shows this, had nobody set it."""
        return self._began + (utc_ms - self._utc_ms) / 1000

    def later(self, wait_s: float, call: Callable[[], None]) -> Due:
        """Have something called after so many seconds; at one instant in the order of asking."""
        self._number += 1
        due = Due(self.now + wait_s, self._number, call)
        heapq.heappush(self._heap, due)
        return due

    def step(self, until: float) -> bool:
        """Let the next thing happen; False, and the time is `until`, if nothing is due before."""
        while self._heap and self._heap[0].when <= until:
            due = heapq.heappop(self._heap)
            if due.call is not None:
                self.now = max(self.now, due.when)
                due.call()
                return True
        self.now = max(self.now, until)
        return False

    async def quiet(self) -> None:
        """Let conversations go on until each waits for virtual time or a key."""
        while self.busy:  # noqa: ASYNC110  # whatever they await, they are given turns
            await asyncio.sleep(0)
