"""What caller and agent hear at the answer, joined from spoken words to 2.5 s at most. Pure.

Words are trimmed to where somebody speaks and said almost a third faster; then sentences of fewer
words are tried until one fits. Only a single word that is longer by itself is cut.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from speech.faster import faster
from speech.level import FRAME_S, energies, share
from speech.say import say_digits
from speech.tone import RATE

MOST_S = 2.5
"""How long the two may be kept from talking, at most."""
FASTER = 1.3
_SPOKEN_DB = -32.0
"""Frames so far below a word's loudest one are not the word."""
_GAP_S, _PAUSE_S, _FADE_S = 0.02, 0.12, 0.03
_LAST_DIGITS = 4

Word = Callable[[str], "array[int]"]
"""Gives the samples of a prompt by its name."""


@dataclass(slots=True)
class Words:
    """Words made ready to be joined; each is made once."""

    word: Word
    _ready: dict[str, array[int]] = field(default_factory=dict)

    def ready(self, name: str) -> array[int]:
        """Give a word trimmed and faster."""
        if name not in self._ready:
            self._ready[name] = hurried(self.word(name))
        return self._ready[name]


def hurried(samples: array[int]) -> array[int]:
    """Trim a word to where somebody speaks and say it faster."""
    frames = energies(samples)
    least = max(frames, default=0.0) * share(_SPOKEN_DB)
    if not least:
        return samples
    spoken = [at for at, each in enumerate(frames) if each >= least]
    frame = round(RATE * FRAME_S)
    return faster(samples[spoken[0] * frame : (spoken[-1] + 1) * frame], FASTER)


def greeting(number: str, language: str, words: Words) -> tuple[array[int], bool]:
    """Say that agent NUMBER is at your service; also whether the number was said in full."""
    digits = say_digits(number, language)
    whole = ("agent_number", *digits, "at_your_service")
    shorter = (*digits, "at_your_service")
    least = (*digits[-_LAST_DIGITS:], "at_your_service")
    for names in (whole, shorter, least):
        said = joined([words.ready(name) for name in names], _GAP_S)
        if len(said) <= MOST_S * RATE:
            return said, names is not least or len(digits) <= _LAST_DIGITS
    return cut(said), False


def whisper(parts: Sequence[array[int]]) -> array[int]:
    """Say the hotline, then the wish, both `hurried`; of two that are too long only the last."""
    said = joined(parts, _PAUSE_S)
    return said if len(said) <= MOST_S * RATE else cut(parts[-1])


def joined(pieces: Sequence[array[int]], gap_s: float) -> array[int]:
    """Put sounds one after the other."""
    gap = array("h", bytes(2 * round(gap_s * RATE)))
    result = array("h")
    for piece in pieces:
        result.extend(gap if result else ())
        result.extend(piece)
    return result


def cut(samples: array[int]) -> array[int]:
    """Let a sound fade out at the limit."""
    most, fade = round(MOST_S * RATE), round(_FADE_S * RATE)
    if len(samples) <= most:
        return samples
    kept = samples[:most]
    for at in range(fade):
        kept[-1 - at] = kept[-1 - at] * at // fade
    return kept
