"""Tones as wavs, and how loud a tone is in a sound (Goertzel)."""

import math
import subprocess
import sys
import wave
from array import array
from pathlib import Path

import imageio_ffmpeg

RATE = 8000


def tone(hertz: float, seconds: float, peak: float = 0.5) -> array:
    """Make a sine of 16-bit samples; 0 Hz is silence."""
    turn = 2 * math.pi * hertz / RATE
    return array(
        "h", (round(32767 * peak * math.sin(turn * n)) for n in range(round(RATE * seconds)))
    )


def write(path: Path, samples: array) -> Path:
    """Write 8 kHz mono as MixMonitor does."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with wave.open(str(path), "wb") as sound:
        sound.setparams((1, 2, RATE, 0, "NONE", ""))
        sound.writeframes(samples.tobytes())
    return path


def export(path: Path, samples: array) -> Path:
    """Write 48 kHz stereo in the format that the name ends in."""
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-nostdin", "-v", "error", "-y"]
    form = ["-f", "s16le", "-ar", str(RATE), "-ac", "1", "-i", "-", "-ar", "48000", "-ac", "2"]
    subprocess.run([*command, *form, str(path)], input=samples.tobytes(), check=True)
    return path


def read(path: Path, channels: int) -> list[array]:
    """Decode any sound file to 8 kHz samples per channel."""
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-nostdin", "-v", "error", "-i", str(path)]
    form = ["-f", "s16le", "-ar", str(RATE), "-ac", str(channels), "-"]
    raw = array("h", subprocess.run([*command, *form], capture_output=True, check=True).stdout)
    if sys.byteorder == "big":
        raw.byteswap()
    return [raw[n::channels] for n in range(channels)]


def level(samples: array, hertz: float) -> float:
    """Tell the amplitude of one tone in a sound, 0..1."""
    turn = 2 * math.cos(2 * math.pi * hertz / RATE)
    one = two = 0.0
    for sample in samples:
        one, two = sample + turn * one - two, one
    power = one * one + two * two - turn * one * two
    return 2 * math.sqrt(max(power, 0.0)) / max(1, len(samples)) / 32768
