"""Loudness and spectrum of 32 ms frames at 8 kHz, by a plain FFT: no numpy needed. Pure."""

from __future__ import annotations

import cmath
import math
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

SIZE = 256
FRAME_S = SIZE / 8000
QUIET = 60
"""Root mean square (of 32768) under which a frame counts as silent: -55 dBFS."""
_TURNS = [cmath.exp(-2j * math.pi * k / SIZE) for k in range(SIZE // 2)]
_BELL = [0.5 - 0.5 * math.cos(2 * math.pi * i / SIZE) for i in range(SIZE)]
_LOW, _HIGH = 2, 116
"""Bins of the telephone band, 60 to 3600 Hz."""
_TOP = 5


@dataclass(frozen=True, slots=True)
class Frame:
    """One frame: its loudest bin, how much of the energy stands around the two loudest
    (0 to 1), and how like the frame before it sounds (about 0 to 1.5; silent frames have -1).
    """

    rms: float
    peak: int
    pure: float
    like: float

    @property
    def silent(self) -> bool:
        """Is there nothing to hear?"""
        return self.rms < QUIET


def frames(samples: array[int]) -> Iterator[Frame]:
    """Cut samples into frames; a rest shorter than one is left out."""
    before: Sequence[float] = ()
    for at in range(0, len(samples) - SIZE + 1, SIZE):
        part = samples[at : at + SIZE]
        rms = math.sqrt(sum(value * value for value in part) / SIZE)
        if rms < QUIET:
            before = ()
            yield Frame(rms, 0, 0.0, -1.0)
            continue
        bins = [abs(v) for v in _fft([v * b for v, b in zip(part, _BELL, strict=True)])]
        band = bins[_LOW:_HIGH]
        yield Frame(rms, _LOW + band.index(max(band)), _pureness(band), _likeness(before, band))
        before = band


def _fft(values: Sequence[complex]) -> list[complex]:
    size = len(values)
    if size == 1:
        return list(values)
    even, odd = _fft(values[0::2]), _fft(values[1::2])
    half, step = size // 2, SIZE // size
    turned = [_TURNS[k * step] * odd[k] for k in range(half)]
    return [e + t for e, t in zip(even, turned, strict=True)] + [
        e - t for e, t in zip(even, turned, strict=True)
    ]


def _pureness(band: Sequence[float]) -> float:
    power = [value * value for value in band]
    total, kept = sum(power), 0.0
    for _ in range(2):
        top = power.index(max(power))
        for at in range(max(0, top - 2), min(len(power), top + 3)):
            kept += power[at]
            power[at] = 0.0
    return kept / total if total else 0.0


def _likeness(before: Sequence[float], band: Sequence[float]) -> float:
    """Cosine of the two spectra, and half the share of loudest bins they have in common."""
    if not before:
        return -1.0
    cosine = _dot(before, band)
    cosine /= math.sqrt(_dot(before, before) * _dot(band, band)) or 1.0
    return cosine + len(_loudest(before) & _loudest(band)) / _TOP / 2


def _dot(one: Sequence[float], other: Sequence[float]) -> float:
    return sum(a * b for a, b in zip(one, other, strict=True))


def _loudest(band: Sequence[float]) -> set[int]:
    return set(sorted(range(len(band)), key=lambda at: -band[at])[:_TOP])
