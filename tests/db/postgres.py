"""A PostgreSQL of the tests' own: made in a temporary folder, on a local socket, gone after."""

import contextlib
import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

OWNER = "postgres"
"""PostgreSQL refuses root; Debian's package makes this user."""


def binaries() -> Path | None:
    """Find the newest installed server, None when there is none."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    return found[-1].parent if found else None


@dataclass(frozen=True, slots=True)
class Server:
    """A PostgreSQL that can be stopped and started again."""

    tools: Path
    folder: Path
    user: str | None

    @property
    def url(self) -> str:
        """Where it listens: a socket in its own folder."""
        return f"postgresql://yingda@/postgres?host={self.folder}"

    def make(self) -> None:
        """Make an empty database cluster."""
        data = str(self.folder / "data")
        self._act("initdb", "-D", data, "-U", "yingda", "-A", "trust", "-E", "UTF8")

    def start(self) -> None:
        """Start it and wait until it answers."""
        where = f"unix_socket_directories={self.folder}"
        options = f"-c listen_addresses='' -c {where} -c fsync=off"
        self._control("-o", options, "-w", "-l", str(self.folder / "log"), "start")

    def stop(self, how: str) -> None:
        """Stop it: smart, fast or immediate."""
        self._control("-m", how, "stop")

    def pids(self) -> list[int]:
        """List its processes, the parent first."""
        parent = int((self.folder / "data" / "postmaster.pid").read_text().split()[0])
        children = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
        return [parent, *map(int, children)]

    @contextlib.contextmanager
    def session(self) -> Iterator[Callable[[str], None]]:
        """Open a session of another program; gives what carries out SQL in it."""
        command = [str(self.tools / "psql"), "-h", str(self.folder), "-U", "yingda", "postgres"]
        with subprocess.Popen(
            [*command, "-qAt"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        ) as program:
            assert program.stdin is not None and program.stdout is not None

            def ask(sql: str) -> None:
                program.stdin.write(f"{sql}\n\\echo done\n")  # type: ignore[union-attr]
                program.stdin.flush()  # type: ignore[union-attr]
                while (line := program.stdout.readline()) != "done\n":  # type: ignore[union-attr]
                    assert line, f"psql ended at {sql}"

            yield ask
            program.stdin.close()

    def _control(self, *words: str) -> None:
        self._act("pg_ctl", "-D", str(self.folder / "data"), *words)

    def _act(self, *command: str) -> None:
        line = [str(self.tools / command[0]), *command[1:]]
        quiet = subprocess.DEVNULL
        subprocess.run(line, check=True, user=self.user, cwd=self.folder, stdout=quiet)


@contextlib.contextmanager
def server(tools: Path) -> Iterator[Server]:
    """Run a server that may be broken."""
    folder = Path(tempfile.mkdtemp(prefix="yingda-pg-"))
    user = OWNER if os.geteuid() == 0 else None
    if user:
        shutil.chown(folder, user)
    made = Server(tools, folder, user)
    made.make()
    try:
        made.start()
        yield made
    finally:
        with contextlib.suppress(subprocess.CalledProcessError):
            made.stop("immediate")
        shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def running(tools: Path) -> Iterator[str]:
    """Run a server; gives its URL."""
    with server(tools) as made:
        yield made.url
