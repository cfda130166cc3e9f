"""The one place that reads the clock; everyone else is given a `Clock`."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from domain.ids import Instant

DAY_MS = 86_400_000
BOOT = Path("/proc/sys/kernel/random/boot_id")


@dataclass(frozen=True, slots=True)
class Clock:
    """Two readings of now: monotonic seconds for durations, UTC milliseconds for people."""

    mono: Callable[[], Instant]
    utc_ms: Callable[[], int]


def _mono() -> Instant:
    return Instant(time.monotonic())


def _utc_ms() -> int:
    return time.time_ns() // 1_000_000


def real_clock() -> Clock:
    """Give the machine's own clock."""
    return Clock(_mono, _utc_ms)


def boot_id() -> str:
    """Name this boot of the machine (Linux random(4)): one monotonic clock; "" where unknown."""
    try:
        return BOOT.read_text().strip()
    except OSError:
        return ""
