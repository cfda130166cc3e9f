"""Makes raw speech fit for a telephone: band, length, loudness, edges. Only `make` uses it."""

from __future__ import annotations

from array import array
from importlib import import_module
from typing import Any

RATE_IN = 24000
RATE_OUT = 8000
LOUDNESS = 10 ** (-20 / 20)
"""RMS of the spoken parts, as a share of full scale."""
PEAK = 10 ** (-3.2 / 20)
_BAND_HZ = (120.0, 3700.0)
_FRAME = RATE_OUT // 100
_QUIET = 10 ** (-38 / 20)
"""Frames below this share of the loudest one are not speech."""
_FADE = RATE_OUT // 200


def polish(raw: Any, margin_s: float) -> array[int]:
    """Turn float samples at 24 kHz into 8 kHz samples; `margin_s` of silence stays around."""
    np: Any = import_module("numpy")
    sound = _telephone_band(np, raw)
    loud = _spoken(np, sound)
    first, last = loud.nonzero()[0][[0, -1]]
    margin = round(margin_s * RATE_OUT)
    begin, end = max(0, first * _FRAME - margin), (last + 1) * _FRAME + margin
    level = _rms(np, sound[: len(loud) * _FRAME].reshape(-1, _FRAME)[loud])
    sound = _limited(np, sound[begin:end] * (LOUDNESS / level))
    ramp = np.linspace(0.0, 1.0, _FADE)
    sound[:_FADE] *= ramp
    sound[-_FADE:] *= ramp[::-1]
    return array("h", (sound * 32767).round().astype("<i2").tobytes())


def _telephone_band(np: Any, raw: Any) -> Any:
    """Filter and bring to 8 kHz in one step, by its spectrum."""
    padded = np.concatenate([raw, np.zeros(RATE_IN // 10 + (-len(raw)) % 3)])
    padded = padded[: len(padded) // 6 * 6]
    spectrum = np.fft.rfft(padded)
    keep = len(padded) // 6 + 1
    hz = np.arange(keep) * RATE_IN / len(padded)
    low, high = _BAND_HZ
    gain = np.clip((hz - low / 2) / (low / 2), 0, 1) * np.clip(
        (RATE_OUT / 2 - hz) / (RATE_OUT / 2 - high), 0, 1
    )
    return np.fft.irfft(spectrum[:keep] * gain, n=len(padded) // 3) / 3


def _spoken(np: Any, sound: Any) -> Any:
    frames = sound[: len(sound) // _FRAME * _FRAME].reshape(-1, _FRAME)
    energy = np.sqrt((frames**2).mean(axis=1))
    return energy > energy.max() * _QUIET


def _rms(np: Any, frames: Any) -> float:
    return float(np.sqrt((frames**2).mean()))


def _limited(np: Any, sound: Any) -> Any:
    """Bend what is above half the peak so that nothing passes the peak."""
    knee = PEAK / 2
    over = np.maximum(np.abs(sound) - knee, 0)
    bent = knee + (PEAK - knee) * np.tanh(over / (PEAK - knee))
    return np.where(over > 0, np.sign(sound) * bent, sound)
