"""Tones made by rule: the beep before a message, and sounds that tests listen for. Pure."""

from __future__ import annotations

import io
import math
import wave
from array import array

RATE = 8000
"""Samples a second of everything we play."""


def beep(seconds: float, hz: float, *, peak: float = 0.35) -> array[int]:
    """Make a sine tone of 16-bit samples at 8 kHz, its edges faded over 5 ms."""
    total = round(seconds * RATE)
    fade = min(RATE // 200, total // 2)
    turn = 2 * math.pi * hz / RATE
    samples = array("h", bytes(2 * total))
    for at in range(total):
        edge = min(1.0, (at + 1) / (fade + 1), (total - at) / (fade + 1))
        samples[at] = round(32767 * peak * edge * math.sin(turn * at))
    return samples


def silence(seconds: float) -> array[int]:
    """Make a pause of 16-bit samples at 8 kHz."""
    return array("h", bytes(2 * round(seconds * RATE)))


def as_wav(samples: array[int]) -> bytes:
    """Wrap 8 kHz mono samples as a wav file."""
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(samples.tobytes())
    return out.getvalue()
