"""What the carrier's people say: a steady tone, and keys as tones in the voice (ITU-T Q.23)."""

from __future__ import annotations

import math
from array import array
from collections import deque

from demo.audio import RATE, frames_of, silence, tone
from demo.rtp import FRAME
from speech import alaw

_LOW, _HIGH = (697, 770, 852, 941), (1209, 1336, 1477, 1633)
_PAD = ("123A", "456B", "789C", "*0#D")


class Voice:
    """A microphone that can be given keys to sing in between; without `hz` it is silent."""

    def __init__(self, hz: float = 0.0) -> None:
        self._base = tone(int(hz)) if hz else silence()
        self._next: deque[bytes] = deque()

    def __iter__(self) -> Voice:
        return self

    def __next__(self) -> bytes:
        return self._next.popleft() if self._next else next(self._base)

    def sing(self, keys: str) -> None:
        """Put keys into the voice: each 120 ms long, with 120 ms of silence around it."""
        quiet = [b"\xd5" * FRAME] * 6
        for key in keys:
            self._next.extend([*quiet, *frames_of(alaw.encode(dual_tone(key))), *quiet])


def dual_tone(key: str, seconds: float = 0.12) -> array[int]:
    """Give one key as 8 kHz samples.

    >>> len(dual_tone("5"))
    960
    """
    row = next(at for at, keys in enumerate(_PAD) if key in keys)
    pair = _LOW[row], _HIGH[_PAD[row].index(key)]
    turns = [2 * math.pi * hz / RATE for hz in pair]
    size = round(RATE * seconds)
    return array("h", [round(9000 * sum(math.sin(t * at) for t in turns)) for at in range(size)])
