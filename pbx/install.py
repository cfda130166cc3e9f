"""The private Asterisk on disk: where it is, its templates, its folders."""

import os
import re
import secrets as random_secrets
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from domain.errors import PbxUnavailable

_FOLDERS = (
    "etc",
    "lib/keys",
    "cache",
    "spool",
    "spool/monitor",
    "run",
    "log/cdr-csv",
    "agi-bin",
    "sbin",
    "sounds",
)
_FRESH = {"fresh8.sln": 16, "fresh16.sln16": 32}
"""A thousandth of a second of silence in bytes: see [record] in extensions.conf."""
FLOOR = (22, 10, 1)
"""The oldest Asterisk 22 whose security fixes, and whose redirects, we rely on."""


@dataclass(frozen=True, slots=True)
class Installed:
    """An Asterisk that can be started. `share` holds its sounds, music and documentation."""

    binary: Path
    modules: Path
    share: Path


def find_asterisk(data: Path) -> Installed:
    """The copy that get-asterisk.sh unpacked below `data`; PbxUnavailable if there is none."""
    prefix = data / "asterisk"
    modules = next(iter(sorted((prefix / "usr/lib").glob("*/asterisk/modules"))), None)
    if modules is None or not os.access(prefix / "asterisk", os.X_OK):
        raise PbxUnavailable(f"no private Asterisk in {prefix}; mend: make dev")
    return Installed(prefix / "asterisk", modules, prefix / "usr/share/asterisk")


def host_asterisk() -> Installed:
    """The host's own Asterisk, for `yingda run --no-pbx`; PbxUnavailable if there is none."""
    modules = next(iter(sorted(Path("/usr/lib").glob("*/asterisk/modules"))), None)
    binary = shutil.which("asterisk", path=os.environ.get("PATH", "") + ":/usr/sbin")
    if modules is None or binary is None:
        raise PbxUnavailable("this machine has no Asterisk; mend: apt-get install asterisk")
    return Installed(Path(binary), modules, Path("/usr/share/asterisk"))


def version_in(text: str) -> tuple[int, ...]:
    """Read the version out of what `asterisk -V` says; (0, 0, 0) when there is none.

    >>> version_in("Asterisk 22.10.1~dfsg-1"), version_in("GIT-master")
    ((22, 10, 1), (0, 0, 0))
    """
    found = re.search(r"(\d+)\.(\d+)\.(\d+)", text)
    return tuple(map(int, found.groups())) if found else (0, 0, 0)


def too_old(binary: Path) -> str:
    """Say why this Asterisk is not to be started: it is older than `FLOOR`; "" when it is not."""
    try:
        done = subprocess.run([binary, "-V"], capture_output=True, text=True, timeout=20)
    except (OSError, subprocess.TimeoutExpired) as problem:
        return f"{binary} does not run: {problem}"
    version, wanted = version_in(done.stdout), ".".join(map(str, FLOOR))
    if version >= FLOOR:
        return ""
    name = ".".join(map(str, version))
    return f"Asterisk {name} is older than {wanted}, which has fixes that are needed"


def config_source() -> Path:
    """The folder asterisk-config: of the checkout, else of the installed package."""
    checkout = Path(__file__).resolve().parent.parent / "asterisk-config"
    return checkout if checkout.is_dir() else Path(sys.prefix) / "share/yingda/asterisk-config"


def read_templates(source: Path) -> dict[str, str]:
    """File name → template text, for `render`."""
    return {
        path.name: path.read_text(encoding="utf-8")
        for path in sorted((source / "templates").glob("*.conf"))
    }


def write_config(files: Mapping[str, str], run: Path) -> tuple[str, ...]:
    """Write the rendered files to `run`/etc, make Asterisk's folders; the names that changed."""
    return _written(files, run, _FOLDERS)


def write_fragments(files: Mapping[str, str], run: Path) -> tuple[str, ...]:
    """Write what an Asterisk that is not ours takes in to `run`/etc; the names that changed."""
    return _written(files, run, ("etc", "sounds"))


def _written(files: Mapping[str, str], run: Path, folders: tuple[str, ...]) -> tuple[str, ...]:
    for folder in folders:
        (run / folder).mkdir(parents=True, exist_ok=True)
    run.chmod(0o700)
    for name, size in _FRESH.items():
        if not (run / "sounds" / name).exists():
            (run / "sounds" / name).write_bytes(bytes(size))
    etc = run / "etc"
    changed = [name for name, text in files.items() if replaced(etc / name, text)]
    for stale in set(etc.glob("*.conf")) - {etc / name for name in files}:
        stale.unlink()
        changed.append(stale.name)
    return tuple(sorted(changed))


def new_secret() -> str:
    """32 random characters that may stand in every file of Asterisk, the first one too."""
    return random_secrets.token_hex(16)


def replaced(path: Path, text: str) -> bool:
    """Put the text there in one step, readable by us alone; False if it already stood there."""
    if path.exists() and path.read_text(encoding="utf-8") == text:
        return False
    draft = path.with_suffix(path.suffix + ".new")
    with open(
        os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8"
    ) as out:
        out.write(text)
        out.flush()
        os.fsync(out.fileno())
    draft.replace(path)
    return True
