"""A greeting that somebody uploads → what Asterisk plays: 8 kHz, mono, 16 bit, evenly loud."""

import asyncio
import warnings
import wave
from pathlib import Path

import imageio_ffmpeg

from domain.errors import Fault, Refused
from recording.spool import RecordingBroken

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # it looks for an ffmpeg on the PATH, which we do not use
    from pydub import AudioSegment

LONGEST_S = 120
SHORTEST_S = 0.2
LOUDNESS_DBFS = -20.0
PEAK_DBFS = -1.0
LIMIT_S = 30.0
_FORMATS = "wav,mp3,ogg,flac,mov,aac,amr"
"""Plain sound only: a playlist among them could name other files of this machine."""


async def normalise(upload: Path, to: Path) -> float:
    """Write the greeting whole or not at all, and give its seconds; Refused for what is no audio.

    Longer than two minutes is refused too: callers would not stay.
    """
    part = to.with_name(f"{to.name}.part")
    await asyncio.to_thread(to.parent.mkdir, parents=True, exist_ok=True)
    try:
        await _decode(upload, part)
        seconds = await asyncio.to_thread(_level, part, upload.name)
        await asyncio.to_thread(part.replace, to)
    finally:
        await asyncio.to_thread(part.unlink, missing_ok=True)
    return seconds


async def decode(upload: Path, to: Path, longest_s: float) -> float:
    """Write any sound as 8 kHz mono 16 bit, as loud as it came, and give its seconds.

    Refused for what is no audio, or too long.
    """
    part = to.with_name(f"{to.name}.part")
    await asyncio.to_thread(to.parent.mkdir, parents=True, exist_ok=True)
    try:
        await _decode(upload, part, longest_s)
        seconds = await asyncio.to_thread(_seconds, part)
        if seconds > longest_s:
            raise _too_long(upload.name, longest_s)
        if seconds < SHORTEST_S:
            raise _refused(upload.name, "没有声音 · holds no sound")
        await asyncio.to_thread(part.replace, to)
    finally:
        await asyncio.to_thread(part.unlink, missing_ok=True)
    return seconds


def _seconds(part: Path) -> float:
    with wave.open(str(part)) as sound:
        return float(sound.getnframes() / sound.getframerate())


async def _decode(upload: Path, part: Path, longest_s: float = LONGEST_S) -> None:
    child = await asyncio.create_subprocess_exec(
        imageio_ffmpeg.get_ffmpeg_exe(),
        *("-nostdin", "-v", "error", "-y"),
        *("-format_whitelist", _FORMATS, "-protocol_whitelist", "file", "-i", f"file:{upload}"),
        *("-map", "0:a:0", "-t", str(longest_s + 1), "-ar", "8000", "-ac", "1"),
        *("-c:a", "pcm_s16le", "-f", "wav", str(part)),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        async with asyncio.timeout(LIMIT_S):
            _, words = await child.communicate()
    except TimeoutError:
        child.kill()
        await child.wait()
        raise _refused(upload.name, "太复杂, 转换超时 · takes too long to convert") from None
    if b"No space left" in words:
        raise RecordingBroken("磁盘已满 · the disk is full")
    if child.returncode:
        raise _refused(upload.name, "不是可用的音频文件 · is no sound that we can read")


def _level(part: Path, name: str) -> float:
    sound = AudioSegment.from_wav(str(part))
    seconds = float(sound.duration_seconds)
    if seconds > LONGEST_S:
        raise _too_long(name, LONGEST_S)
    if seconds < SHORTEST_S or sound.max == 0:
        raise _refused(name, "没有声音 · holds no sound")
    gain = min(LOUDNESS_DBFS - sound.dBFS, PEAK_DBFS - sound.max_dBFS)
    sound.apply_gain(gain).export(str(part), format="wav").close()
    return seconds


def _too_long(name: str, longest_s: float) -> Refused:
    return _refused(name, f"超过 {longest_s:.0f} 秒 · is longer than {longest_s:.0f} s")


def _refused(name: str, text: str) -> Refused:
    return Refused(Fault(name, 0, "", text))
