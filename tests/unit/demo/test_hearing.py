"""What the classifier says of sounds that we know: prompts, hold music, tones, mixtures."""

import random
from array import array
from itertools import pairwise

import pytest

from demo.hearing import Heard, classify
from speech import alaw, beep
from speech.prompts import wav_of
from speech.tone import silence


def prompt(name: str) -> "array[int]":
    return array("h", wav_of(name, "zh")[44:])


def chord(seconds: float) -> "array[int]":
    """Held chords that change each second: music as a telephone carries it."""
    out = array("h")
    for at in range(int(seconds)):
        voices = [beep(1, hz * (1 + at % 3 / 4), peak=0.1) for hz in (262, 330, 392, 523)]
        out.extend(sum(each) for each in zip(*voices, strict=True))
    return out


def kinds(heard: list[Heard]) -> list[str]:
    return [each.kind for each in heard]


@pytest.mark.parametrize("name", ["menu_service", "notice_recording", "survey_ask", "all_busy"])
def test_a_prompt_is_speech(name: str) -> None:
    assert kinds(classify(prompt(name))) == ["speech"]


def test_chords_are_music() -> None:
    assert kinds(classify(chord(5))) == ["music"]


@pytest.mark.parametrize("hz", [425, 1000, 1633, 2600])
def test_a_sine_is_a_tone_at_its_place(hz: int) -> None:
    heard = classify(silence(1) + beep(0.5, hz) + silence(1))
    assert kinds(heard) == ["silence", "tone", "silence"]
    assert heard[1].start == pytest.approx(1, abs=0.07)
    assert heard[1].end == pytest.approx(1.5, abs=0.07)


def test_stretches_follow_each_other_without_gap() -> None:
    heard = classify(prompt("menu_service") + silence(1) + chord(4) + beep(1, 425))
    assert kinds(heard) == ["speech", "silence", "music", "tone"]
    for before, after in pairwise(heard):
        assert before.end == after.start


def test_nothing_is_silence_and_so_is_line_noise() -> None:
    noise = random.Random(1)
    faint = array("h", [noise.randint(-40, 40) for _ in range(16000)])
    assert kinds(classify(faint)) == ["silence"]
    assert classify(array("h")) == []


def test_the_telephone_codec_changes_nothing() -> None:
    sound = prompt("menu_service") + silence(1) + chord(4)
    assert kinds(classify(alaw.decode(alaw.encode(sound)))) == kinds(classify(sound))
