"""The published configuration as the web reads it: the compiled snapshot, read again on change."""

from pathlib import Path

from office import snapshot
from office.model import Config


class ConfigFile:
    """`var/config/current.json`; cheap to ask, parsed once per change."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._stamp = (0, 0, 0)
        self._held: tuple[Config, int] | None = None

    @property
    def now(self) -> Config:
        """Give the configuration in force."""
        return self._read()[0]

    @property
    def version(self) -> int:
        """Give its version."""
        return self._read()[1]

    def _read(self) -> tuple[Config, int]:
        stat = self.path.stat()
        stamp = (stat.st_mtime_ns, stat.st_ino, stat.st_size)
        if self._held is None or stamp != self._stamp:
            self._held, self._stamp = snapshot.read(self.path), stamp
        return self._held
