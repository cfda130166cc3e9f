"""What MixMonitor leaves in the spool: two wavs per call, complete only after it let go of them.

A wav is complete when its header's data length says as much as the file holds (MixMonitor writes
the length at the end) and neither grows any more.
"""

import asyncio
import wave
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from domain.errors import YingdaError

SIDES = ("caller", "agent")
LOOK_AGAIN_S = 0.2


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
    """Wait until both wavs are complete; RecordingBroken if none is there in time."""
    before: tuple[int, ...] = ()
    loop = asyncio.get_running_loop()
    until = loop.time() + wait_s
    while loop.time() < until:
        sizes = tuple(_size(side(stem, name)) for name in SIDES)
        if sizes == before and all(_complete(side(stem, name)) for name in SIDES):
            break
        before = sizes
        await asyncio.sleep(LOOK_AGAIN_S)
    found = [path if _size(path) > 44 else None for path in (side(stem, n) for n in SIDES)]
    if not any(found):
        raise RecordingBroken("nothing was recorded")
    return Spooled(*found)


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


def _complete(path: Path) -> bool:
    try:
        with wave.open(str(path)) as sound:
            return bool(sound.getnframes() * sound.getsampwidth() + 44 >= _size(path))
    except (OSError, EOFError, wave.Error):
        return False


def clear(stem: Path) -> None:
    """Remove a call's wavs from the spool, the mix included."""
    for path in (stem.with_name(f"{stem.name}.wav"), *(side(stem, name) for name in SIDES)):
        path.unlink(missing_ok=True)


def left_behind(spool: Path, live: set[str]) -> list[tuple[Path, int]]:
    """List the stems that no live call owns, with the time of their last write (UTC ms)."""
    stems = {path.name.removesuffix("-caller.wav") for path in spool.glob("*-caller.wav")}
    written: Callable[[str], int] = lambda name: int(  # noqa: E731
        side(spool / name, "caller").stat().st_mtime * 1000
    )
    return [(spool / name, written(name)) for name in sorted(stems - live)]
