"""What the tests measure in sound: how much of it is one tone, and what a recording holds."""

from __future__ import annotations

import math
import subprocess
from array import array
from collections.abc import Sequence
from pathlib import Path

import imageio_ffmpeg

from recording import Keys, is_sealed, unlocked

RATE = 8000


def share(samples: Sequence[int], hz: float) -> float:
    """Tell which part of the energy is at one frequency (Goertzel), 0 to 1."""
    energy = sum(float(each) * each for each in samples)
    if not energy:
        return 0.0
    turn = 2 * math.cos(2 * math.pi * hz / RATE)
    before = last = 0.0
    for each in samples:
        before, last = last, each + turn * last - before
    power = before * before + last * last - turn * before * last
    return 2 * power / (len(samples) * energy)


def channels(file: Path) -> tuple[array[int], array[int]]:
    """Decode both sides of a kept stereo recording at 8 kHz: left, right."""
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-i", "-"]
    command += ["-f", "s16le", "-ac", "2", "-ar", str(RATE), "-"]
    done = subprocess.run(command, check=True, capture_output=True, input=plain(file))
    both = array("h", done.stdout)
    return both[0::2], both[1::2]


def plain(file: Path) -> bytes:
    """Give the sound of a kept file as its installation would play it."""
    if not is_sealed(file):
        return file.read_bytes()
    root = next(folder for folder in file.parents if folder.name == "recordings")
    sealed = unlocked(file, Keys(root.parent / "recordings.key", root).ring())
    return b"".join(sealed.pieces(0, sealed.length))


def loudest(samples: array[int], hz: float, piece: int = RATE // 2) -> float:
    """Give the greatest share of one tone over half seconds."""
    starts = range(0, max(1, len(samples) - piece), piece)
    return max(share(samples[at : at + piece], hz) for at in starts)
