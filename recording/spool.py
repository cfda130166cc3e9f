"""What MixMonitor leaves in the spool: two wavs per call, complete only after it let go of them.

A wav is complete when its header's data length says as much as the file holds (MixMonitor writes
the length at the end) and neither grows any more. After a crash of Asterisk the length is never
written: a wav that stood still for `wait_s` gets its header mended, so that the talk is kept.
"""

import asyncio
import os
import struct
import wave
from dataclasses import dataclass
from pathlib import Path

from domain.errors import YingdaError

SIDES = ("caller", "agent")
LOOK_AGAIN_S = 0.2
HEADER_BYTES = 44


class RecordingBroken(YingdaError):
    """A recording that should be there cannot be kept; the text says why."""

    code = "recording_broken"


@dataclass(frozen=True, slots=True)
class Spooled:
    """The complete wavs of one call; a side that nobody wrote is None."""

    caller: Path | None
    agent: Path | None


def side(stem: Path, name: str) -> Path:
    """Name one side's wav."""
    return stem.with_name(f"{stem.name}-{name}.wav")


async def settled(stem: Path, wait_s: float = 20.0) -> Spooled:
    """Wait until both wavs are complete or stood still for long; RecordingBroken without sound."""
    loop = asyncio.get_running_loop()
    before: list[int] = []
    until = loop.time() + wait_s
    while loop.time() < until:
        sizes = [_size(side(stem, name)) for name in SIDES]
        if sizes == before and all(_complete(side(stem, name)) for name in SIDES):
            break
        if sizes != before:
            until = loop.time() + wait_s
        before = sizes
        await asyncio.sleep(LOOK_AGAIN_S)
    return await asyncio.to_thread(_spooled, stem)


def _spooled(stem: Path) -> Spooled:
    found: list[Path | None] = []
    for path in (side(stem, name) for name in SIDES):
        found.append(path if _size(path) > HEADER_BYTES else None)
        if found[-1] is not None and not _complete(path):
            _mend(path)
    if not any(found):
        clear(stem)
        raise RecordingBroken("没有录到声音 · nothing was recorded")
    return Spooled(*found)


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


def _complete(path: Path) -> bool:
    try:
        with wave.open(str(path)) as sound:
            length = sound.getnframes() * sound.getsampwidth()
            return bool(length + HEADER_BYTES >= _size(path))
    except (OSError, EOFError, wave.Error):
        return False


def _mend(path: Path) -> None:
    """Write the lengths that a crash left out; MixMonitor's header is the plain one of 44 bytes."""
    with path.open("r+b") as data:
        head = data.read(HEADER_BYTES)
        if head[:4] != b"RIFF" or head[8:16] != b"WAVEfmt " or head[36:40] != b"data":
            raise RecordingBroken(f"{path.name} 不是录音 · is no recording")
        length = (os.fstat(data.fileno()).st_size - HEADER_BYTES) & ~1
        data.seek(4)
        data.write(struct.pack("<I", length + HEADER_BYTES - 8))
        data.seek(40)
        data.write(struct.pack("<I", length))
        data.truncate(length + HEADER_BYTES)


def clear(stem: Path) -> None:
    """Remove a call's wavs from the spool, the mix included."""
    for path in (stem.with_name(f"{stem.name}.wav"), *(side(stem, name) for name in SIDES)):
        path.unlink(missing_ok=True)


def messages_left_behind(recordings: Path) -> list[tuple[str, str]]:
    """List messages that nobody finished: the call, and the file's name below the folder."""
    end = "-message.wav"
    return [
        (path.name.removesuffix(end), path.relative_to(recordings).as_posix())
        for path in sorted(recordings.rglob(f"*{end}"))
    ]


def left_behind(spool: Path, live: set[str]) -> list[tuple[Path, int]]:
    """List the stems that no live call owns, with the time of their last write (UTC ms)."""
    written: dict[str, int] = {}
    for name in SIDES:
        end = f"-{name}.wav"
        for path in spool.glob(f"*{end}"):
            call = path.name.removesuffix(end)
            written[call] = max(written.get(call, 0), int(path.stat().st_mtime * 1000))
    return [(spool / call, written[call]) for call in sorted(written.keys() - live)]
