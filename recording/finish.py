"""Finish a recording: one stereo file, left = customer, right = agent, with peaks and hash, locked.

ffmpeg streams both wavs, so memory does not grow with the length; two at once at most, with low
priority, so that calls never wait. Written beside its place and renamed when whole. What it was
made of stays: it goes once the journal says that the file is there. The hash is that of the sound
itself, whether it is locked or not.
"""

import asyncio
import contextlib
import errno
import hashlib
import os
import wave
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import imageio_ffmpeg

from recording.keys import Keys, KeyUnfit, MasterKey
from recording.peaks import write_peaks
from recording.seal import seal
from recording.spool import RecordingBroken, Spooled, settled

FORMATS = {
    "mp3": ("-c:a", "libmp3lame", "-b:a", "32k", "-f", "mp3"),
    "opus": ("-c:a", "libopus", "-b:a", "24k", "-application", "voip", "-f", "ogg"),
}
AT_ONCE = 2
LIMIT_S = 600.0
NICE = 10
DISK_FULL = "磁盘已满 · the disk is full"
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


async def finish(stem: Path, to: Path, fmt: str, keys: Keys | None = None) -> Kept:
    """Make `to` (and its .peaks.json) of the spooled wavs, which stay; the same again, if asked.

    With keys it is locked, and RecordingBroken without the right one.
    """
    try:
        spooled = await settled(stem)
        master = await _master(keys)
        async with _turns:
            return await _joined(spooled, to, fmt, master)
    except (OSError, EOFError, wave.Error, KeyUnfit) as error:
        raise RecordingBroken(_plain(error)) from error


async def _master(keys: Keys | None) -> MasterKey | None:
    return (await asyncio.to_thread(keys.ring))[0] if keys else None


async def _joined(spooled: Spooled, to: Path, fmt: str, master: MasterKey | None) -> Kept:
    await asyncio.to_thread(to.parent.mkdir, parents=True, exist_ok=True)
    peaks = to.with_suffix(".peaks.json")
    seconds = await asyncio.to_thread(write_peaks, spooled.caller, spooled.agent, peaks)
    inputs = [*_input(spooled.caller), *_input(spooled.agent)]
    made = ("-filter_complex", _JOIN, "-t", f"{seconds:.3f}", *FORMATS[fmt])
    async with _whole(to) as part:
        await _ffmpeg(*inputs, *made, str(part))
        return await asyncio.to_thread(_measure, part, seconds, master)


async def finish_message(wav: Path, to: Path, keys: Keys | None = None) -> Kept:
    """Make the mp3 of a caller's message, locked with keys; the wav stays."""
    try:
        master = await _master(keys)
        async with _turns, _whole(to) as part:
            await _ffmpeg("-i", str(wav), "-ac", "1", "-b:a", "24k", "-f", "mp3", str(part))
            seconds = await asyncio.to_thread(_length, wav)
            kept = await asyncio.to_thread(_measure, part, seconds, master)
    except (OSError, EOFError, wave.Error, KeyUnfit) as error:
        raise RecordingBroken(_plain(error)) from error
    return replace(kept, channels=1)


def _length(wav: Path) -> float:
    with wave.open(str(wav), "rb") as sound:
        return round(sound.getnframes() / sound.getframerate(), 2)


@asynccontextmanager
async def _whole(to: Path) -> AsyncIterator[Path]:
    """Give a file beside `to` that takes its place when all went well, and goes otherwise."""
    part = to.with_name(f"{to.name}.part")
    # a killed engine's ffmpeg may still write there: it goes on in a file that nobody sees
    await asyncio.to_thread(part.unlink, missing_ok=True)
    try:
        yield part
        await asyncio.to_thread(part.replace, to)
    finally:
        await asyncio.to_thread(part.unlink, missing_ok=True)


def _input(wav: Path | None) -> list[str]:
    # a side that was never written is silence as long as the other one
    return ["-i", str(wav)] if wav else ["-f", "lavfi", "-i", "anullsrc=r=8000:cl=mono"]


async def _ffmpeg(*arguments: str) -> None:
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-nostdin", "-v", "error", "-y", *arguments]
    child = await asyncio.create_subprocess_exec(
        *command, stdin=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.PIPE
    )
    with contextlib.suppress(ProcessLookupError):
        os.setpriority(os.PRIO_PROCESS, child.pid, NICE)
    try:
        async with asyncio.timeout(LIMIT_S):
            _, words = await child.communicate()
    except TimeoutError:
        raise RecordingBroken(f"转换超过 {LIMIT_S:.0f} 秒 · ffmpeg took too long") from None
    finally:
        if child.returncode is None:  # out of time, or cancelled
            child.kill()
            await child.wait()
    if child.returncode:
        raise RecordingBroken(_reason(words.decode(errors="replace")))


def _reason(words: str) -> str:
    if "No space left" in words:
        return DISK_FULL
    lines = words.strip().splitlines() or ["no reason given"]
    return f"转换失败 · ffmpeg: {lines[-1][:160]}"


def _plain(error: Exception) -> str:
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
        return DISK_FULL
    if isinstance(error, KeyUnfit):
        return str(error)[:200]
    return f"录音文件无法读写 · cannot be read or written: {error}"[:200]


def _measure(part: Path, seconds: float, master: MasterKey | None) -> Kept:
    """Lock the file, see that it is on the disk before the spool goes, and take its measures."""
    size = part.stat().st_size
    if master is None:
        with part.open("rb") as data:
            os.fsync(data.fileno())
            return Kept(seconds, size, hashlib.file_digest(data, "sha256").hexdigest(), 2)
    locked = part.with_name(f"{part.stem}.locked.part")
    try:
        digest = seal(part, locked, master)
        locked.replace(part)
    finally:
        locked.unlink(missing_ok=True)
    return Kept(seconds, size, digest, 2)
