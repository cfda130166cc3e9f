"""Every prompt has its text and its audio, fit for a telephone; tones and A-law are exact."""

import io
import json
import math
import wave
from array import array
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, strategies as st

import speech
from domain.errors import NotFound
from speech import alaw, tone
from speech.prompts.make import MADE, fingerprint
from speech.prompts.texts import HERE, LANGUAGES, texts

SHIPPED = [
    (name, language) for name, said in texts().items() for language in LANGUAGES if language in said
]


LEVELS = alaw.decode(bytes(range(256)))
POWERS = [value * value for value in LEVELS]


def level_db(sound: bytes) -> float:
    """RMS of the spoken part in dBFS."""
    frames = [sound[at : at + 80] for at in range(0, len(sound) - 79, 80)]
    energy = [sum(map(POWERS.__getitem__, frame)) / 80 for frame in frames]
    loud = [value for value in energy if value > max(energy) * 10 ** (-38 / 10)]
    return 10 * math.log10(sum(loud) / len(loud) / 32768**2)


def unfit(name: str, language: str) -> str:
    """What is wrong with the audio of a prompt, in a word; empty if nothing."""
    sound = (HERE / language / f"{name}.alaw").read_bytes()
    text = speech.text_of(name, language)
    peak = max(abs(LEVELS[code]) for code in set(sound))
    if name == "pause":
        return "loud" if peak > 8 else ""
    per_sign = (0.08, 0.62) if language == "zh" and not text.isascii() else (0.03, 0.6)
    checks = {
        "length": len(text) * per_sign[0] <= len(sound) / 8000 <= 0.35 + len(text) * per_sign[1],
        "peak": peak <= 32768 * 10 ** (-2.8 / 20),
        "level": name == "beep" or -22 <= level_db(sound) <= -19,
        "edges": all(abs(LEVELS[code]) < 300 for code in (sound[0], sound[-1])),
    }
    return " ".join(what for what, fine in checks.items() if not fine)


def test_all_audio_is_there_and_fit() -> None:
    found = {f"{language}/{name}": unfit(name, language) for name, language in SHIPPED}
    assert {name: what for name, what in found.items() if what} == {}


def test_no_audio_is_stale_and_none_is_too_much() -> None:
    made = json.loads(MADE.read_text("utf-8"))
    assert made == {f"{language}/{name}": fingerprint(name, language) for name, language in SHIPPED}
    files = [path for language in LANGUAGES for path in (HERE / language).rglob("*.alaw")]
    assert len(files) == len(SHIPPED)
    assert sum(path.stat().st_size for path in files) < 6 * 2**20


def test_every_sentence_exists_in_both_languages() -> None:
    sentences = {name: said for name, said in texts().items() if "/" not in name}
    lacking = {name for name, said in sentences.items() if set(said) != set(LANGUAGES)}
    assert lacking == {"place_one"}


def test_lay_out_copies_once_and_mends(tmp_path: Path) -> None:
    assert speech.lay_out(tmp_path) == len(SHIPPED)
    assert speech.lay_out(tmp_path) == 0
    broken = speech.path_of("goodbye", "zh-CN", tmp_path).with_suffix(".alaw")
    broken.write_bytes(b"")
    own = tmp_path / "zh" / "own.alaw"
    own.write_bytes(b"\xd5")
    assert speech.lay_out(tmp_path) == 1
    assert broken.stat().st_size > 8000
    assert own.read_bytes() == b"\xd5"


def test_unknown_names_are_not_found(tmp_path: Path) -> None:
    for name, language in (("../etc/passwd", "zh"), ("goodbye", "fr"), ("num/yao", "en")):
        with pytest.raises(NotFound):
            speech.path_of(name, language, tmp_path)


def test_a_prompt_as_wav() -> None:
    with wave.open(io.BytesIO(speech.wav_of("goodbye", "zh"))) as file:
        assert (file.getframerate(), file.getnchannels(), file.getsampwidth()) == (8000, 1, 2)
        assert file.getnframes() > 8000


@given(st.integers(0, 255))
def test_alaw_keeps_its_own_levels(code: int) -> None:
    assert alaw.encode(alaw.decode(bytes([code]))) == bytes([code])


@given(st.integers(-32768, 32767))
def test_alaw_takes_the_nearest_level(value: int) -> None:
    near = alaw.decode(alaw.encode(array("h", [value])))[0]
    assert abs(near - value) == min(abs(level - value) for level in LEVELS)


def test_known_alaw_values() -> None:
    assert list(alaw.decode(b"\xd5\x55\xaa\x2a")) == [8, -8, 32256, -32256]


def test_a_beep_has_its_pitch_length_and_soft_edges() -> None:
    sound = speech.beep(0.5, 440.0)
    crossings = sum(a < 0 <= b for a, b in pairwise(sound))
    assert len(sound) == 4000
    assert crossings in (219, 220)
    assert abs(sound[0]) < 100 and abs(sound[-1]) < 500
    assert max(sound) == pytest.approx(0.35 * 32767, rel=0.01)
    assert tone.as_wav(sound).startswith(b"RIFF")
