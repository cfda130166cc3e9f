"""Peaks of a recording for the player: ten a second per side, 0..1; and how loud each side is.

Written side by side as they are measured, so that memory does not grow with the length.
"""

import math
import warnings
import wave
from array import array
from dataclasses import dataclass, field
from pathlib import Path

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # from Python 3.13 on it comes with audioop-lts
    import audioop

PER_SECOND = 10
READ_S = 10
"""Seconds read at once: reading each window by itself costs more than measuring it."""
SILENCE_DBFS = -96.0
WIDTH = 2
FULL = 32768
_SHOWN = [f"{nth / 1000:g}" for nth in range(1001)]
"""Thousandths of full scale as they are written."""


@dataclass(slots=True)
class _Side:
    """One side's peaks in thousandths, its seconds and the sum of its squares."""

    peaks: "array[int]" = field(default_factory=lambda: array("H"))
    seconds: float = 0.0
    squares: float = 0.0
    samples: int = 0

    def dbfs(self) -> float:
        """Give the energy of the side as dB of full scale."""
        if not self.squares:
            return SILENCE_DBFS
        return max(SILENCE_DBFS, round(10 * math.log10(self.squares / self.samples / FULL**2), 1))


def write_peaks(caller: Path | None, agent: Path | None, to: Path) -> float:
    """Write `{seconds, caller, agent, dbfs}`; give the seconds of the longer side."""
    one, two = (_measured(side) if side else _Side() for side in (caller, agent))
    seconds = max(one.seconds, two.seconds)
    part = to.with_name(f"{to.name}.part")
    with part.open("w", encoding="ascii") as out:
        out.write(f'{{"seconds":{round(seconds, 3)}')
        for name, side in (("caller", one), ("agent", two)):
            out.write(f',"{name}":[{",".join(map(_SHOWN.__getitem__, side.peaks))}]')
        out.write(f',"dbfs":{{"caller":{one.dbfs()},"agent":{two.dbfs()}}}}}')
    part.replace(to)
    return seconds


def _measured(wav: Path) -> _Side:
    side = _Side()
    with wave.open(str(wav)) as sound:
        rate = sound.getframerate()
        window = rate // PER_SECOND * WIDTH
        while read := sound.readframes(rate * READ_S):
            # a torn last sample is no sound
            whole = memoryview(read)[: len(read) // WIDTH * WIDTH]
            pieces = (whole[at : at + window] for at in range(0, len(whole), window))
            side.peaks.extend(round(audioop.max(each, WIDTH) * 1000 / FULL) for each in pieces)
            count = len(whole) // WIDTH
            side.squares += audioop.rms(whole, WIDTH) ** 2 * count
            side.samples += count
        side.seconds = sound.getnframes() / rate
    return side
