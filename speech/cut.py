"""One long take cut by its silences into the sentences read one after the other. Pure.

It works on the loudness of frames of 10 ms (`level.energies`), never on the sound itself.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from speech.level import FRAME_S, share

SHORTEST_S = 0.12
"""What is shorter is a click, not a word."""
MARGIN_S = 0.08
"""What stays of the silence before and after a piece."""
TRIED_S = (0.7, 0.9, 0.6, 1.1, 0.5, 1.4, 0.4, 1.8, 0.3, 2.2)
"""Silences tried in this order until there are as many pieces as sentences."""
_BELOW_VOICE_DB = -30.0
_SILENT_DB = -55.0
_ABOVE_NOISE = 3.0


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of the take in which somebody speaks, in seconds."""

    start_s: float
    end_s: float


def pieces(frames: Sequence[float], min_silence_s: float) -> list[Piece]:
    """Cut where it is quiet for so long; clicks are left out.

    >>> quiet, voice = [0.0001] * 80, [0.1] * 50
    >>> [round(each.start_s, 2) for each in pieces(quiet + voice + quiet + voice + quiet, 0.6)]
    [0.72, 2.02]
    """
    found = [
        (first, last)
        for first, last in _runs(frames, round(min_silence_s / FRAME_S))
        if (last - first + 1) * FRAME_S >= SHORTEST_S
    ]
    end = len(frames) * FRAME_S
    return [
        Piece(
            max(0.0, round(first * FRAME_S - MARGIN_S, 3)),
            min(end, round((last + 1) * FRAME_S + MARGIN_S, 3)),
        )
        for first, last in found
    ]


def best_silence(frames: Sequence[float], wanted: int) -> float:
    """Find the silence that gives as many pieces as sentences, else the nearest number."""
    return min(
        TRIED_S,
        key=lambda each: (abs(len(pieces(frames, each)) - wanted), TRIED_S.index(each)),
    )


def _runs(frames: Sequence[float], gap: int) -> Iterator[tuple[int, int]]:
    """Give first and last loud frame of each piece."""
    border = _border(frames)
    first = last = -1
    for at, each in enumerate(frames):
        if each <= border:
            continue
        if first >= 0 and at - last > gap:
            yield first, last
            first = at
        first = at if first < 0 else first
        last = at
    if first >= 0:
        yield first, last


def _border(frames: Sequence[float]) -> float:
    """Tell from which loudness on a frame is speech: above the room's noise, below the voice."""
    if not frames:
        return 1.0
    ordered = sorted(frames)
    noise, voice = ordered[len(ordered) // 10], ordered[len(ordered) * 95 // 100]
    if voice < share(_SILENT_DB):
        return 1.0
    return max(voice * share(_BELOW_VOICE_DB), min(noise * _ABOVE_NOISE, voice / 4))
