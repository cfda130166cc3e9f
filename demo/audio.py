"""What a test phone says into its microphone: 20 ms A-law frames without end."""

from __future__ import annotations

import math
import random
import wave
from array import array
from collections.abc import Iterator, Sequence
from itertools import chain, repeat
from pathlib import Path

from demo.rtp import FRAME, SILENT
from domain.errors import Fault, Refused
from speech import alaw

RATE = 8000
Microphone = Iterator[bytes]


def silence() -> Microphone:
    """Say nothing, in packets: a phone that sends none is taken for dead."""
    return repeat(SILENT)


def tone(hz: int, peak: float = 0.35) -> Microphone:
    """Say one steady tone, so that a recording shows whose voice is where."""
    turn = 2 * math.pi * hz / RATE
    second = array("h", [round(32767 * peak * math.sin(turn * at)) for at in range(RATE)])
    frames = frames_of(alaw.encode(second))
    return (frame for _ in repeat(None) for frame in frames)


def wav_file(path: Path) -> Microphone:
    """Say a wav file once, then nothing."""
    return chain(frames_of(alaw.encode(read_wav(path))), silence())


def talker(lines: Sequence[bytes], rng: random.Random) -> Microphone:
    """Say one of these A-law lines after another, with pauses, without end."""
    while True:
        yield from frames_of(rng.choice(lines))
        yield from repeat(SILENT, rng.randint(25, 150))


def frames_of(data: bytes) -> list[bytes]:
    """Cut A-law into 20 ms frames; the last is filled with silence."""
    return [data[at : at + FRAME].ljust(FRAME, b"\xd5") for at in range(0, len(data), FRAME)]


def read_wav(path: Path) -> array[int]:
    """Read a 16-bit wav as 8 kHz mono samples; raises Refused with what is wrong."""
    try:
        with wave.open(str(path)) as file:
            if file.getsampwidth() != 2:
                raise Refused(Fault(str(path), 0, "", "must be a 16-bit wav file"))
            channels, rate = file.getnchannels(), file.getframerate()
            samples = array("h", file.readframes(file.getnframes()))
    except (OSError, wave.Error, EOFError) as error:
        raise Refused(Fault(str(path), 0, "", f"is not a wav file that can be read: {error}"))  # noqa: B904
    mono = samples[::channels]
    return mono if rate == RATE else _at_8k(mono, rate)


def _at_8k(samples: array[int], rate: int) -> array[int]:
    """Bring to 8 kHz by means over what each new sample covers: plain, good enough for a test."""
    step = rate / RATE
    out = array("h")
    for at in range(int(len(samples) / step)):
        piece = samples[int(at * step) : max(int((at + 1) * step), int(at * step) + 1)]
        out.append(sum(piece) // len(piece))
    return out
