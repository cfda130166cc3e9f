"""Peaks of a recording for the player: ten a second per side, 0..1, read in pieces."""

import json
import sys
import wave
from array import array
from pathlib import Path

PER_SECOND = 10


def write_peaks(caller: Path | None, agent: Path | None, to: Path) -> float:
    """Write `{seconds, caller, agent}`; give the seconds of the longer side."""
    sides = [_peaks(side) if side else ([], 0.0) for side in (caller, agent)]
    seconds = max(length for _, length in sides)
    data = {"seconds": round(seconds, 3), "caller": sides[0][0], "agent": sides[1][0]}
    part = to.with_name(f"{to.name}.part")
    part.write_text(json.dumps(data, separators=(",", ":")))
    part.replace(to)
    return seconds


def _peaks(wav: Path) -> tuple[list[float], float]:
    found: list[float] = []
    with wave.open(str(wav)) as sound:
        window = sound.getframerate() // PER_SECOND
        while frames := sound.readframes(window):
            samples = array("h", frames)
            if sys.byteorder == "big":
                samples.byteswap()
            found.append(round(max(max(samples), -min(samples)) / 32768, 3))
        return found, sound.getnframes() / sound.getframerate()
