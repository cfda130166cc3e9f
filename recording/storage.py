"""Where finished recordings lie: a folder."""

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from domain.errors import Fault, NotFound, Refused
from recording.spool import RecordingBroken


@dataclass(frozen=True, slots=True)
class FolderStorage:
    """Keeps recordings below one folder (`domain.ports.Storage`); names are relative to it."""

    folder: Path

    def put(self, file: Path, name: str) -> None:
        """Move a finished file in, whole or not at all, durable on return."""
        target = self._inside(name)
        if file.resolve() == target:
            return
        part = target.with_name(f"{target.name}.part")
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, part)
            with part.open("rb") as kept:
                os.fsync(kept.fileno())
            part.replace(target)
        except OSError as error:
            part.unlink(missing_ok=True)
            raise RecordingBroken(f"{name} cannot be kept: {error.strerror}") from error
        file.unlink(missing_ok=True)

    def path(self, name: str) -> Path:
        """Give where a recording lies; NotFound when it does not."""
        target = self._inside(name)
        if not target.is_file():
            raise NotFound(f"there is no recording {name}")
        return target

    def delete(self, name: str) -> None:
        """Remove a recording; one that is gone already is no fault."""
        self._inside(name).unlink(missing_ok=True)

    def _inside(self, name: str) -> Path:
        root = self.folder.resolve()
        target = (root / name).resolve()
        if not name or not target.is_relative_to(root) or target == root:
            raise Refused(Fault(name, 0, "", "is not a name of a recording"))
        return target
