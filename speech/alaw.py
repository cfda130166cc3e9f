"""G.711 A-law, the format our prompts are kept in: what Chinese carriers speak, 8 kB a second.

Pure tables (ITU-T G.711); the standard library lost its own in Python 3.13.
"""

from __future__ import annotations

from array import array
from bisect import bisect_right
from itertools import pairwise


def _expand(code: int) -> int:
    code ^= 0x55
    exponent, mantissa = (code & 0x70) >> 4, code & 0x0F
    size = (mantissa << 4) + 8 if exponent == 0 else ((mantissa << 4) + 0x108) << (exponent - 1)
    return size if code & 0x80 else -size


_LINEAR = tuple(_expand(code) for code in range(256))
_LEVELS = sorted((value, code) for code, value in enumerate(_LINEAR))
_BETWEEN = [(a[0] + b[0]) // 2 for a, b in pairwise(_LEVELS)]


def decode(data: bytes) -> array[int]:
    """Turn A-law bytes into 16-bit samples."""
    return array("h", [_LINEAR[code] for code in data])


def encode(samples: array[int]) -> bytes:
    """Turn 16-bit samples into A-law bytes, each the nearest level."""
    return bytes(_LEVELS[bisect_right(_BETWEEN, sample - 1)][1] for sample in samples)
