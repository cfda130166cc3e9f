"""A PostgreSQL of the tests' own: made in a temporary folder, on a local socket, gone after."""

import contextlib
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

OWNER = "postgres"
"""PostgreSQL refuses root; Debian's package makes this user."""


def binaries() -> Path | None:
    """Find the newest installed server, None when there is none."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    return found[-1].parent if found else None


@contextlib.contextmanager
def running(tools: Path) -> Iterator[str]:
    """Run a server; gives its URL."""
    folder = Path(tempfile.mkdtemp(prefix="yingda-pg-"))
    user = OWNER if os.geteuid() == 0 else None
    if user:
        shutil.chown(folder, user)
    data, control = folder / "data", str(tools / "pg_ctl")
    options = f"-c listen_addresses='' -c unix_socket_directories={folder} -c fsync=off"

    def act(*command: str) -> None:
        subprocess.run(command, check=True, user=user, cwd=folder, stdout=subprocess.DEVNULL)

    act(str(tools / "initdb"), "-D", str(data), "-U", "yingda", "-A", "trust", "-E", "UTF8")
    try:
        act(control, "-D", str(data), "-o", options, "-w", "-l", str(folder / "log"), "start")
        yield f"postgresql://yingda@/postgres?host={folder}"
    finally:
        with contextlib.suppress(subprocess.CalledProcessError):
            act(control, "-D", str(data), "-m", "immediate", "stop")
        shutil.rmtree(folder, ignore_errors=True)
