"""Where sentences that an engine spoke are kept: one file per text, made once.

The name is a hash of everything that the sound depends on, so that a changed text or another
voice is another file and an old one stays right for calls in progress.
"""

from __future__ import annotations

import asyncio
import hashlib
import tempfile
import wave
from array import array
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from domain.errors import SpeechUnavailable
from speech import alaw
from speech.level import levelled
from speech.tone import RATE
from speech.voice import Voice

FOLDER = "said"
_RECIPE = "1"
"""Raise it when the way sound is made ready changes, and everything is spoken again."""


@dataclass(frozen=True, slots=True)
class Said:
    """The kept sentences of one engine; `root` is the prompts' folder, `voices` by language."""

    root: Path
    engine: str
    voices: Mapping[str, str] = field(default_factory=dict)

    def path(self, text: str, language: str) -> Path:
        """Name the file of a sentence, whether it is there or not."""
        short = language[:2].lower()
        parts = (_RECIPE, self.engine, self.voices.get(short, ""), short, text.strip())
        mark = hashlib.sha256("\n".join(parts).encode()).hexdigest()
        return self.root / FOLDER / f"{mark}.alaw"

    async def speak(self, voice: Voice, text: str, language: str) -> Path:
        """Give the file of a sentence, spoken now if it is not there; `SpeechUnavailable`."""
        path = self.path(text, language)
        if await asyncio.to_thread(path.exists):
            return path
        await asyncio.to_thread(path.parent.mkdir, parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=path.parent) as folder:
            raw = Path(folder, "raw.wav")
            await voice.speak(text, language, raw)
            await asyncio.to_thread(_keep, raw, path)
        return path


def read_wav(path: Path) -> array[int]:
    """Read an 8 kHz, mono, 16 bit wav; `SpeechUnavailable` for any other."""
    try:
        with wave.open(str(path)) as sound:
            shape = (sound.getframerate(), sound.getnchannels(), sound.getsampwidth())
            if shape != (RATE, 1, 2):
                raise SpeechUnavailable(f"the engine gave {shape} instead of 8 kHz mono 16 bit")
            return array("h", sound.readframes(sound.getnframes()))
    except (OSError, EOFError, wave.Error) as error:
        raise SpeechUnavailable(f"the engine gave no sound: {error}") from error


def _keep(raw: Path, path: Path) -> None:
    """Set the loudness and put the file in its place, whole."""
    samples = levelled(read_wav(raw))
    if not samples:
        raise SpeechUnavailable("the engine gave silence")
    part = raw.with_name("part.alaw")
    part.write_bytes(alaw.encode(samples))
    part.replace(path)
