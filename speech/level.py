"""Brings any speech to the loudness of the shipped prompts, and finds where it is silent. Pure.

Samples are 16 bit, mono, 8 kHz. Loudness is the RMS of the frames in which somebody speaks, so
that pauses do not count; peaks are bent, not cut (as `prompts.polish` does for the shipped ones).
"""

from __future__ import annotations

import math
from array import array
from collections.abc import Sequence

from speech.tone import RATE

FRAME_S = 0.01
LOUDNESS_DB = -20.0
"""RMS of the spoken parts, below full scale."""
PEAK_DB = -3.2
QUIET_DB = -38.0
"""Frames so far below the loudest one are not speech."""
FULL = 32768.0
_FRAME = round(RATE * FRAME_S)
_FADE = RATE // 200


def energies(samples: array[int]) -> list[float]:
    """Give the RMS of each whole frame of 10 ms, 0 to 1."""
    view = memoryview(samples)
    return [
        math.sqrt(sum(one * one for one in view[at : at + _FRAME]) / _FRAME) / FULL
        for at in range(0, len(samples) - _FRAME + 1, _FRAME)
    ]


def share(db: float) -> float:
    """Turn decibels into a share of full scale."""
    return float(10 ** (db / 20))


def levelled(samples: array[int], margin_s: float = 0.06) -> array[int]:
    """Trim the silence at both ends to `margin_s`, set the loudness, fade the edges.

    Sound in which nobody speaks comes back empty.
    """
    frames = energies(samples)
    loudest = max(frames, default=0.0)
    if loudest < share(-60.0):
        return array("h")
    spoken = [at for at, each in enumerate(frames) if each > loudest * share(QUIET_DB)]
    margin = round(margin_s * RATE)
    begin = max(0, spoken[0] * _FRAME - margin)
    kept = samples[begin : (spoken[-1] + 1) * _FRAME + margin]
    level = math.sqrt(sum(frames[at] ** 2 for at in spoken) / len(spoken))
    return _faded(_louder(kept, share(LOUDNESS_DB) / level))


def _louder(samples: Sequence[int], gain: float) -> array[int]:
    peak = share(PEAK_DB) * FULL
    knee = peak / 2

    def bent(one: float) -> int:
        size = abs(one)
        if size > knee:
            size = knee + (peak - knee) * math.tanh((size - knee) / (peak - knee))
        return round(math.copysign(size, one))

    return array("h", [bent(one * gain) for one in samples])


def _faded(samples: array[int]) -> array[int]:
    fade = min(_FADE, len(samples) // 2)
    for at in range(fade):
        samples[at] = samples[at] * at // fade
        samples[-1 - at] = samples[-1 - at] * at // fade
    return samples
