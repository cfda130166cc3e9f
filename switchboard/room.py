"""Is there room to record the next call: below 2 % of the disk it is played on and not recorded.

Asked before each recording begins; the disk is looked at every few seconds at most.
"""

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from switchboard.incidents import Incidents

LEAST = 0.02
"""The free share of the disk below which nothing is recorded."""
LOOK_S = 2.0
KIND = "recording_off"


@dataclass(slots=True)
class Room:
    """Gives the place of a call's recording, none without room; tells when it begins and ends."""

    folder: Path
    mono: Callable[[], float]
    incidents: Incidents
    free: Callable[[Path], float] = lambda folder: _free(folder)
    _looked: float = float("-inf")
    _has: bool = True

    def __call__(self, call: str) -> str:
        """Name the stem that Asterisk writes to; "" means: do not record."""
        return str(self.folder / call) if self._is_there() else ""

    def _is_there(self) -> bool:
        now = self.mono()
        if now - self._looked >= LOOK_S:
            self._looked = now
            self.folder.mkdir(parents=True, exist_ok=True)
            free = self.free(self.folder)
            self._has = free >= LEAST
            if self._has:
                self.incidents.over(KIND, self.folder.name)
            else:
                self.incidents.see(KIND, self.folder.name, f"{100 * free:.1f}%")
        return self._has


def _free(folder: Path) -> float:
    usage = shutil.disk_usage(folder)
    return usage.free / max(1, usage.total)
