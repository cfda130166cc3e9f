"""Recordings of prompts: uploads brought to what callers hear, one long take cut into sentences.

Files are named by their content and never change: `takes/` holds what was put in force once,
`drafts/` long takes that somebody still looks at.
"""

from __future__ import annotations

import asyncio
import hashlib
import tempfile
import time
from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from domain.errors import Fault, NotFound, Refused
from office.texts import both
from recording import decode
from speech import tone
from speech.cut import Piece, best_silence, pieces
from speech.level import energies, levelled
from speech.said import read_wav
from switchboard.voices import TAKES

DRAFTS = "drafts"
LONGEST_S = 120.0
LONGEST_TAKE_S = 3600.0
KEEP_DRAFT_S = 86400.0


@dataclass(frozen=True, slots=True)
class Cut:
    """A long take as it falls into pieces."""

    draft: str
    seconds: float
    min_silence_s: float
    pieces: list[Piece]


@dataclass(frozen=True, slots=True)
class Studio:
    """The folder of prompts as a place where recordings are made ready."""

    root: Path

    def file(self, mark: str) -> Path:
        """Name the file of a recording, whether it is there or not."""
        return self.root / TAKES / f"{mark}.wav"

    async def record(self, sound: bytes, name: str) -> tuple[str, float]:
        """Keep an upload as one prompt; its mark and its seconds. Refused for what is none."""
        with tempfile.TemporaryDirectory() as folder:
            wav = await _decoded(sound, name, Path(folder), LONGEST_S)
            return await asyncio.to_thread(self._keep, read_wav(wav), name)

    async def draft(self, sound: bytes, name: str) -> str:
        """Keep a long take to look at; those of yesterday go."""
        await asyncio.to_thread(self._sweep)
        with tempfile.TemporaryDirectory() as folder:
            wav = await _decoded(sound, name, Path(folder), LONGEST_TAKE_S)
            return await asyncio.to_thread(self._put_draft, wav)

    async def look(self, draft: str, wanted: int, min_silence_s: float) -> Cut:
        """Cut a draft by its silences; 0 s = the silence that gives the wanted number."""
        return await asyncio.to_thread(self._look, draft, wanted, min_silence_s)

    async def slice(self, draft: str, piece: Piece) -> bytes:
        """Give a stretch of a draft as a wav file, as loud as it came."""
        samples = await asyncio.to_thread(self._samples, draft)
        return await asyncio.to_thread(tone.as_wav, _stretch(samples, piece))

    async def use(self, draft: str, chosen: Sequence[Piece]) -> list[tuple[str, float]]:
        """Keep stretches of a draft as prompts: mark and seconds of each."""
        return await asyncio.to_thread(self._use, draft, chosen)

    def _use(self, draft: str, chosen: Sequence[Piece]) -> list[tuple[str, float]]:
        samples = self._samples(draft)
        return [self._keep(_stretch(samples, piece), f"[{at}]") for at, piece in enumerate(chosen)]

    def _look(self, draft: str, wanted: int, min_silence_s: float) -> Cut:
        samples = self._samples(draft)
        frames = energies(samples)
        silence = min_silence_s or best_silence(frames, wanted)
        return Cut(draft, len(samples) / tone.RATE, silence, pieces(frames, silence))

    def _keep(self, samples: array[int], name: str) -> tuple[str, float]:
        made = levelled(samples)
        if not made:
            text = both("没有声音，或声音太小", "holds no sound, or it is far too quiet")
            raise Refused(Fault(name, 0, "file", text))
        return self._write(TAKES, tone.as_wav(made)), len(made) / tone.RATE

    def _put_draft(self, wav: Path) -> str:
        return self._write(DRAFTS, wav.read_bytes())

    def _write(self, folder: str, data: bytes) -> str:
        mark = hashlib.sha256(data).hexdigest()[:16]
        file = self.root / folder / f"{mark}.wav"
        file.parent.mkdir(parents=True, exist_ok=True)
        part = file.with_suffix(".part")
        part.write_bytes(data)
        part.replace(file)
        return mark

    def _samples(self, draft: str) -> array[int]:
        file = self.root / DRAFTS / f"{draft}.wav"
        if not draft.isalnum() or not file.is_file():
            text = both("这段录音已不在，请重新上传", "the take is gone; upload it again")
            raise NotFound(text)
        return read_wav(file)

    def _sweep(self) -> None:
        for file in (self.root / DRAFTS).glob("*.wav"):
            if time.time() - file.stat().st_mtime > KEEP_DRAFT_S:
                file.unlink(missing_ok=True)


async def _decoded(sound: bytes, name: str, folder: Path, longest_s: float) -> Path:
    given = folder / (Path(name).name or "file")
    await asyncio.to_thread(given.write_bytes, sound)
    await decode(given, folder / "made.8k", longest_s)
    return folder / "made.8k"


def _stretch(samples: array[int], piece: Piece) -> array[int]:
    return samples[round(piece.start_s * tone.RATE) : round(piece.end_s * tone.RATE)]
