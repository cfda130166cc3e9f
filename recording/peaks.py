"""Peaks of a recording for the player: ten a second per side, 0..1; and how loud each side is."""

import json
import math
import warnings
import wave
from pathlib import Path

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # from Python 3.13 on it comes with audioop-lts
    import audioop

PER_SECOND = 10
READ_S = 10
"""Seconds read at once: reading each window by itself costs more than measuring it."""
SILENCE_DBFS = -96.0
WIDTH = 2


def write_peaks(caller: Path | None, agent: Path | None, to: Path) -> float:
    """Write `{seconds, caller, agent, dbfs}`; give the seconds of the longer side."""
    sides = [_peaks(side) if side else ([], 0.0, SILENCE_DBFS) for side in (caller, agent)]
    seconds = max(length for _, length, _ in sides)
    data = {
        "seconds": round(seconds, 3),
        "caller": sides[0][0],
        "agent": sides[1][0],
        "dbfs": {"caller": sides[0][2], "agent": sides[1][2]},
    }
    part = to.with_name(f"{to.name}.part")
    part.write_text(json.dumps(data, separators=(",", ":")))
    part.replace(to)
    return seconds


def _peaks(wav: Path) -> tuple[list[float], float, float]:
    """Give one side's peaks, its seconds and its energy as dB of full scale."""
    found: list[float] = []
    squares, frames = 0.0, 0
    with wave.open(str(wav)) as sound:
        rate = sound.getframerate()
        window = rate // PER_SECOND * WIDTH
        while read := sound.readframes(rate * READ_S):
            # a torn last sample is no sound
            whole = memoryview(read)[: len(read) // WIDTH * WIDTH]
            pieces = (whole[at : at + window] for at in range(0, len(whole), window))
            found += [round(audioop.max(piece, WIDTH) / 32768, 3) for piece in pieces]
            count = len(whole) // WIDTH
            squares, frames = squares + audioop.rms(whole, WIDTH) ** 2 * count, frames + count
        return found, sound.getnframes() / rate, _dbfs(squares, frames)


def _dbfs(squares: float, frames: int) -> float:
    if not squares:
        return SILENCE_DBFS
    return max(SILENCE_DBFS, round(10 * math.log10(squares / frames / 32768**2), 1))
