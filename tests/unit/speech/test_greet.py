"""What is said at the answer fits, keeps its pitch, and tells when a number had to be shortened."""

from __future__ import annotations

import itertools
import math
from array import array

import pytest

from speech import alaw
from speech.faster import faster
from speech.greet import MOST_S, Words, cut, greeting, hurried, joined, whisper
from speech.prompts.texts import HERE
from speech.tone import RATE


def tone(seconds: float, hz: float = 200.0, size: int = 9000) -> array[int]:
    turns = (2 * math.pi * hz * at / RATE for at in range(round(seconds * RATE)))
    return array("h", [round(size * math.sin(turn)) for turn in turns])


def shipped(language: str) -> Words:
    def word(name: str) -> array[int]:
        return alaw.decode((HERE / language / f"{name}.alaw").read_bytes())

    return Words(word)


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("number", ["8001", "7777", "123", "88217"])
def test_usual_numbers_are_said_in_full_within_the_limit(number: str, language: str) -> None:
    said, whole = greeting(number, language, shipped(language))
    assert whole
    assert 1.0 < len(said) / RATE <= MOST_S


def test_a_very_long_number_is_told_by_its_end_and_that_is_told() -> None:
    said, whole = greeting("1234567890123", "zh", shipped("zh"))
    assert not whole
    assert len(said) / RATE <= MOST_S


def test_faster_speech_keeps_its_pitch() -> None:
    quick = faster(tone(1.0), 1.3)
    assert len(quick) / RATE == pytest.approx(1 / 1.3, abs=0.05)
    rises = sum(a < 0 <= b for a, b in itertools.pairwise(quick))
    assert rises / (len(quick) / RATE) == pytest.approx(200, rel=0.03)
    steps = (abs(a - b) for a, b in itertools.pairwise(quick))
    assert max(steps) < 2000, "no click where pieces meet"


def test_words_lose_the_silence_around_them() -> None:
    quiet = array("h", bytes(2 * RATE))
    heard = hurried(joined([quiet, tone(0.5), quiet], 0.0))
    assert len(heard) / RATE == pytest.approx(0.5 / 1.3, abs=0.06)
    assert hurried(quiet) == quiet


def test_of_a_long_whisper_the_wish_is_kept() -> None:
    assert len(whisper([tone(1.0), tone(0.8)])) / RATE == pytest.approx(1.92, abs=0.01)
    assert len(whisper([tone(2.0), tone(0.8)])) / RATE == pytest.approx(0.8, abs=0.01)
    assert len(whisper([tone(4.0)])) / RATE == MOST_S


def test_what_is_cut_fades_out() -> None:
    kept = cut(tone(4.0))
    assert len(kept) == MOST_S * RATE
    assert max(map(abs, kept[-20:])) < 900
