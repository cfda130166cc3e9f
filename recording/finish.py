"""Finish a recording: one stereo file, left = customer, right = agent, with peaks and hash.

ffmpeg streams both wavs, so memory does not grow with the length; two at once at most, with low
priority, so that calls never wait. Written beside its place and renamed when whole.
"""

import asyncio
import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

import imageio_ffmpeg

from recording.peaks import write_peaks
from recording.spool import RecordingBroken, clear, settled

FORMATS = {
    "mp3": ("-c:a", "libmp3lame", "-b:a", "32k", "-f", "mp3"),
    "opus": ("-c:a", "libopus", "-b:a", "24k", "-application", "voip", "-f", "ogg"),
}
AT_ONCE = 2
LIMIT_S = 600.0
# the sides differ by some samples: both are filled up, and the length is cut by -t
_JOIN = "[0:a]apad[l];[1:a]apad[r];[l][r]join=inputs=2:channel_layout=stereo:map=0.0-FL|1.0-FR"
_turns = asyncio.Semaphore(AT_ONCE)


@dataclass(frozen=True, slots=True)
class Kept:
    """A finished recording."""

    seconds: float
    bytes: int
    sha256: str
    channels: int


async def finish(stem: Path, to: Path, fmt: str) -> Kept:
    """Make `to` (and its .peaks.json) of the spooled wavs; they go when it is safe."""
    spooled = await settled(stem)
    async with _turns:
        await asyncio.to_thread(to.parent.mkdir, parents=True, exist_ok=True)
        peaks = to.with_suffix(".peaks.json")
        seconds = await asyncio.to_thread(write_peaks, spooled.caller, spooled.agent, peaks)
        inputs = [*_input(spooled.caller), *_input(spooled.agent)]
        part = to.with_name(f"{to.name}.part")
        length = ("-t", f"{seconds:.3f}")
        await _ffmpeg(*inputs, "-filter_complex", _JOIN, *length, *FORMATS[fmt], str(part))
        kept = await asyncio.to_thread(_measure, part, seconds)
        part.replace(to)
    await asyncio.to_thread(clear, stem)
    return kept


async def finish_message(wav: Path, to: Path) -> None:
    """Make the mp3 of a caller's message; the wav goes."""
    async with _turns:
        part = to.with_name(f"{to.name}.part")
        await _ffmpeg("-i", str(wav), "-ac", "1", "-b:a", "24k", "-f", "mp3", str(part))
        part.replace(to)
    await asyncio.to_thread(wav.unlink, missing_ok=True)


def _input(wav: Path | None) -> list[str]:
    # a side that was never written is silence as long as the other one
    return ["-i", str(wav)] if wav else ["-f", "lavfi", "-i", "anullsrc=r=8000:cl=mono"]


async def _ffmpeg(*arguments: str) -> None:
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-nostdin", "-v", "error", "-y", *arguments]
    child = await asyncio.create_subprocess_exec(
        *command, stderr=asyncio.subprocess.PIPE, preexec_fn=lambda: os.nice(10) and None
    )
    try:
        async with asyncio.timeout(LIMIT_S):
            _, words = await child.communicate()
    except TimeoutError:
        child.kill()
        raise RecordingBroken(f"ffmpeg took longer than {LIMIT_S:.0f} s") from None
    if child.returncode:
        raise RecordingBroken(_reason(words.decode(errors="replace")))


def _reason(words: str) -> str:
    if "No space left" in words:
        return "the disk is full"
    return f"ffmpeg: {words.strip().splitlines()[-1][:160] if words.strip() else 'no reason given'}"


def _measure(file: Path, seconds: float) -> Kept:
    with file.open("rb") as data:
        digest = hashlib.file_digest(data, "sha256").hexdigest()
    return Kept(seconds, file.stat().st_size, digest, 2)
