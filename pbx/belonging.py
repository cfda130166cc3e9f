"""Whose Asterisk we serve: one of our own, or a stock one that we joined (`yingda pbx join`).

What joining learned of it stands in `joined.json` and holds until it is joined again or left.
"""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from domain.errors import Conflict
from pbx.foreign import Foreign
from pbx.install import Installed, find_asterisk, replaced


@dataclass(frozen=True, slots=True)
class Joined:
    """The Asterisk that takes in our files: its folders and name; `run` is the folder of ours."""

    into: str
    systemname: str
    share: str
    asterisk: str
    channel_variables: bool
    run: Path

    @property
    def etc(self) -> Path:
        """Name the folder of its configuration."""
        return Path(self.into)

    @property
    def installed(self) -> Installed:
        """Give it as `pbx.install` does; its modules are its own affair."""
        return Installed(Path(self.asterisk), Path("/usr"), Path(self.share))

    @property
    def theirs(self) -> Foreign:
        """Give its files, without ours."""
        return Foreign(self.etc, self.run / "etc")

    def running_pid(self) -> int:
        """Give the pid of it, 0 when it does not run."""
        try:
            pid = int((self.theirs.directory("astrundir") / "asterisk.pid").read_text())
        except (OSError, ValueError):
            return 0
        return pid if Path(f"/proc/{pid}").exists() else 0


def own_folder(data: Path) -> Path:
    """Name the folder of what another Asterisk takes in."""
    return data / "run" / "joined"


def read_joined(data: Path) -> Joined | None:
    """Read what we joined; None = nothing. Raises Conflict for a file that cannot be read."""
    file = data / "joined.json"
    try:
        return Joined(**json.loads(file.read_text("utf-8")), run=own_folder(data))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError) as problem:
        raise Conflict(f"{file} cannot be read, join again: {problem}") from problem


def write_joined(data: Path, joined: Joined | None) -> None:
    """Keep what we joined, for us alone: its system name is a secret. None = nothing any more."""
    file = data / "joined.json"
    if joined is None:
        file.unlink(missing_ok=True)
        return
    told = {name: value for name, value in asdict(joined).items() if name != "run"}
    replaced(file, json.dumps(told, indent=1))


def served(data: Path) -> tuple[Path, Path]:
    """Name the program and the asterisk.conf of the Asterisk that we serve.

    Raises PbxUnavailable when there is none.
    """
    joined = read_joined(data)
    if joined is not None:
        return Path(joined.asterisk), joined.etc / "asterisk.conf"
    return find_asterisk(data).binary, data / "run" / "asterisk" / "etc" / "asterisk.conf"
