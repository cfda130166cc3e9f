"""Engines are found by name and say clearly when they cannot speak."""

import shutil
import wave
from pathlib import Path

import pytest

from domain.errors import SpeechUnavailable
from speech import open_voice
from speech.espeak import Espeak


def left_in(folder: Path) -> list[Path]:
    return list(folder.iterdir())


async def test_a_missing_program_is_said(tmp_path: Path) -> None:
    with pytest.raises(SpeechUnavailable, match="espeak-ng is not installed"):
        await Espeak(tmp_path / "nowhere").speak("你好", "zh", tmp_path / "a.wav")
    assert left_in(tmp_path) == []


async def test_a_failing_program_is_said_and_leaves_nothing(tmp_path: Path) -> None:
    program = tmp_path / "espeak-ng"
    program.write_text("#!/bin/sh\necho 'no such voice' >&2\nexit 3\n")
    program.chmod(0o755)
    with pytest.raises(SpeechUnavailable, match="no such voice"):
        await Espeak(program).speak("你好", "zh", tmp_path / "a.wav")
    assert left_in(tmp_path) == [program]


async def test_a_stuck_program_is_ended(tmp_path: Path) -> None:
    program = tmp_path / "espeak-ng"
    program.write_text("#!/bin/sh\nexec sleep 60\n")
    program.chmod(0o755)
    with pytest.raises(SpeechUnavailable, match="took over"):
        await Espeak(program, timeout_s=0.2).speak("你好", "zh", tmp_path / "a.wav")


async def test_a_foreign_language_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SpeechUnavailable, match="language"):
        await Espeak().speak("bonjour", "fr", tmp_path / "a.wav")


def test_an_unknown_engine_is_refused() -> None:
    with pytest.raises(SpeechUnavailable, match="no speech engine 'nobody'"):
        open_voice("nobody")


@pytest.mark.skipif(shutil.which("espeak-ng") is None, reason="espeak-ng is not installed")
@pytest.mark.parametrize(("text", "language"), [("您好", "zh-CN"), ("Hello there", "en")])
async def test_espeak_speaks_at_8_khz(text: str, language: str, tmp_path: Path) -> None:
    to = tmp_path / "new" / "hello.wav"
    await Espeak().speak(text, language, to)
    with wave.open(str(to)) as file:
        assert (file.getframerate(), file.getnchannels(), file.getsampwidth()) == (8000, 1, 2)
        assert 0.3 < file.getnframes() / 8000 < 5
    assert left_in(to.parent) == [to]
