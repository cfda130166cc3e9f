"""What a caller heard: speech, music, tones and silence, with times. Pure.

Music goes on sounding alike from one 32 ms frame to the next, speech does not: that one number,
averaged over a second, tells them apart on telephone audio. A tone is energy in one or two steady
peaks; silence is half a second of nothing (the short pauses belong to the speech around them).
"""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from demo.spectrum import FRAME_S, Frame, frames

SPEECH, MUSIC, TONE, SILENCE = "speech", "music", "tone", "silence"
MUSIC_FROM = 1.13
"""Likeness above which a second is music: our prompts have 0.98 in the middle, 1.14 at the 95th
percentile; Asterisk's five pieces of hold music 1.14 at the 5th, 1.25 in the middle."""
WINDOW = 15
"""Frames to each side that are averaged: about a second in all."""
PURE, STEADY = 0.98, 1.15
"""A tone: this share of the energy in its two peaks, loudness steady within this factor."""
TONE_FRAMES, SILENCE_FRAMES, SPEECH_FRAMES, MUSIC_FRAMES = 6, 16, 25, 38
"""The shortest tone (0.2 s), silence (0.5 s), speech beside music (0.8 s) and music (1.2 s)."""


@dataclass(frozen=True, slots=True)
class Heard:
    """One stretch; `start` and `end` are seconds from the answer."""

    start: float
    end: float
    kind: str

    def row(self) -> dict[str, float | str]:
        """Show as `yingda call --json` does."""
        return {"from": self.start, "to": self.end, "kind": self.kind}


def classify(samples: array[int]) -> list[Heard]:
    """Tell what 8 kHz samples sound like, stretch by stretch.

    >>> from speech import beep
    >>> quiet = array("h", bytes(16000))
    >>> [(heard.kind, round(heard.end, 1)) for heard in classify(beep(1, 440) + quiet)]
    [('tone', 1.0), ('silence', 2.0)]
    """
    heard = list(frames(samples))
    kinds = [SILENCE if frame.silent else "" for frame in heard]
    _keep_runs(kinds, SILENCE, SILENCE_FRAMES)
    _mark_tones(heard, kinds)
    _mark_sounds(heard, kinds)
    _absorb(kinds)
    return _stretches(kinds)


def _runs(kinds: Sequence[str]) -> list[tuple[str, int, int]]:
    """Give (kind, first, after last) of each run."""
    found, at = [], 0
    for kind, group in groupby(kinds):
        size = len(list(group))
        found.append((kind, at, at + size))
        at += size
    return found


def _keep_runs(kinds: list[str], kind: str, least: int) -> None:
    for name, first, after in _runs(kinds):
        if name == kind and after - first < least:
            kinds[first:after] = [""] * (after - first)


def _mark_tones(heard: Sequence[Frame], kinds: list[str]) -> None:
    at = 0
    while at < len(heard):
        end = at
        while end < len(heard) and _is_steady(heard[at], heard[end]):
            end += 1
        if end - at >= TONE_FRAMES:
            _mark_tone(heard, kinds, at, end)
        at = max(end, at + 1)


def _is_steady(first: Frame, frame: Frame) -> bool:
    louder, softer = max(first.rms, frame.rms), min(first.rms, frame.rms)
    same = abs(frame.peak - first.peak) <= 1 and louder <= STEADY * softer
    return same and frame.pure >= PURE and not frame.silent


def _mark_tone(heard: Sequence[Frame], kinds: list[str], first: int, after: int) -> None:
    """Mark it with the frames in which it began and ended, which are only partly full."""
    while first > 0 and _is_edge(heard[first], heard[first - 1]):
        first -= 1
    while after < len(heard) and _is_edge(heard[after - 1], heard[after]):
        after += 1
    kinds[first:after] = [TONE] * (after - first)


def _is_edge(tone: Frame, frame: Frame) -> bool:
    return abs(frame.peak - tone.peak) <= 1 and 0 < frame.rms < tone.rms and not frame.silent


def _mark_sounds(heard: Sequence[Frame], kinds: list[str]) -> None:
    for kind, first, after in _runs(kinds):
        if kind:
            continue
        for at in range(first, after):
            window = heard[max(first, at - WINDOW) : min(after, at + WINDOW + 1)]
            likes = [frame.like for frame in window if frame.like >= 0]
            alike = sum(likes) / len(likes) if likes else 0.0
            kinds[at] = MUSIC if alike >= MUSIC_FROM and after - first >= MUSIC_FRAMES else SPEECH


def _absorb(kinds: list[str]) -> None:
    """Give stretches that are too short to be what they seem to the longer neighbour."""
    least = {SPEECH: SPEECH_FRAMES, MUSIC: MUSIC_FRAMES}
    while True:
        runs = _runs(kinds)
        short = [
            (after - first, at)
            for at, (kind, first, after) in enumerate(runs)
            if after - first < least.get(kind, 0) and _neighbours(runs, at)
        ]
        if not short:
            return
        _, at = min(short)
        winner = max(_neighbours(runs, at), key=lambda run: run[2] - run[1])
        _, first, after = runs[at]
        kinds[first:after] = [winner[0]] * (after - first)


def _neighbours(runs: Sequence[tuple[str, int, int]], at: int) -> list[tuple[str, int, int]]:
    """Give the sounds beside a run that may take it in: speech or music, not tone or silence."""
    beside = [runs[near] for near in (at - 1, at + 1) if 0 <= near < len(runs)]
    return [run for run in beside if run[0] in (SPEECH, MUSIC)]


def _stretches(kinds: Sequence[str]) -> list[Heard]:
    return [
        Heard(round(first * FRAME_S, 2), round(after * FRAME_S, 2), kind)
        for kind, first, after in _runs(kinds)
    ]
