"""Loudness: quiet and loud speech come out alike, silence is trimmed, and nothing is cut off."""

from __future__ import annotations

import asyncio
import math
from array import array
from pathlib import Path

import pytest

from domain.errors import SpeechUnavailable
from speech import alaw, tone, wav_of
from speech.level import energies, levelled, share
from speech.said import Said, read_wav


def voice(seconds: float, peak: float) -> array[int]:
    return tone.beep(seconds, 440.0, peak=peak)


def loudness(samples: array[int]) -> float:
    spoken = [each for each in energies(samples) if each > 0.005]
    return 20 * math.log10(math.sqrt(sum(each * each for each in spoken) / len(spoken)))


@pytest.mark.parametrize("peak", [0.01, 0.1, 0.9])
def test_whatever_came_is_as_loud_as_the_shipped_prompts(peak: float) -> None:
    given = tone.silence(1.0) + voice(1.5, peak) + tone.silence(2.0)
    made = levelled(given)
    assert loudness(made) == pytest.approx(-20, abs=0.7)
    assert 1.5 <= len(made) / tone.RATE <= 1.7
    assert max(map(abs, made)) < share(-3) * 32768


def test_a_shipped_prompt_stays_nearly_as_it_is(tmp_path: Path) -> None:
    file = tmp_path / "shipped.wav"
    file.write_bytes(wav_of("goodbye", "zh"))
    shipped = read_wav(file)
    assert loudness(levelled(shipped)) == pytest.approx(loudness(shipped), abs=1.0)


def test_silence_is_no_speech() -> None:
    assert not levelled(tone.silence(1.0)) and not levelled(array("h"))


class Reader:
    """An engine of the test's own: it hums, once per text."""

    def __init__(self, sound: array[int]) -> None:
        self.sound, self.asked = sound, 0

    async def speak(self, text: str, language: str, to: Path) -> None:
        self.asked += 1
        await asyncio.to_thread(to.write_bytes, tone.as_wav(self.sound))


async def test_a_text_is_spoken_once_and_again_by_another_voice(tmp_path: Path) -> None:
    said, reader = Said(tmp_path, "hum"), Reader(voice(0.5, 0.2))
    first = await said.speak(reader, "您好", "zh")
    assert await said.speak(reader, " 您好 ", "zh-CN") == first and reader.asked == 1
    assert 0.4 < len(alaw.decode(first.read_bytes())) / tone.RATE < 0.7
    for other in (Said(tmp_path, "hum", {"zh": "warm"}), Said(tmp_path, "sing")):
        assert other.path("您好", "zh") != first
    assert said.path("您好", "en") != first
    assert [each.name for each in first.parent.iterdir()] == [first.name]


async def test_an_engine_that_gives_silence_is_refused(tmp_path: Path) -> None:
    said = Said(tmp_path, "hum")
    with pytest.raises(SpeechUnavailable, match="silence"):
        await said.speak(Reader(tone.silence(1.0)), "您好", "zh")
    assert not said.path("您好", "zh").exists()
