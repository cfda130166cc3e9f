"""A real installation for tests: `yingda run` in a folder of its own, on ports of its own."""

import asyncio
import itertools
import json
import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from pathlib import Path
from typing import Any, TypeVar

import pytest

from domain.clock import real_clock
from domain.events import Record
from domain.settings import Settings, load_settings
from store.journal_reader import JournalReader
from switchboard.installation import open_installation, prepare
from switchboard.nursery import NURSERY
from tests.house import firm
from tests.house.sink import Sink

REPO = Path(__file__).resolve().parents[2]
START_S, STOP_S, ANSWER_S = 180.0, 60.0, 20.0
T = TypeVar("T")


def missing(reason: str) -> None:
    """Skip with the reason; on the build machine a missing part is a failure."""
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


def until(look: Callable[[], T], within_s: float = 20.0, what: str | Callable[[], str] = "") -> T:
    """Look until something is there, and give it; AssertionError tells what never came."""
    end = time.monotonic() + within_s
    while not (found := look()):
        assert time.monotonic() < end, _late(within_s, what, look)
        time.sleep(0.05)
    return found


def _late(within_s: float, what: object, look: object) -> str:
    return f"not within {within_s:g} s: {what() if callable(what) else what or look}"


class Refusal(Exception):
    """The engine said no; `code` is its word."""

    def __init__(self, error: dict[str, str]) -> None:
        super().__init__(error.get("en", ""))
        self.code = error.get("code", "")


class System:
    """An installation: start it, ask it, look into its rows and journal, stop it."""

    def __init__(self, root: Path) -> None:
        asterisk = REPO / "var" / "asterisk"
        if not (asterisk / "asterisk").exists():
            missing(f"no private Asterisk in {asterisk}: make dev")
        self.sink = Sink()
        self.folder = REPO
        self.file = root / "yingda.toml"
        self.data = root / "var"
        self.data.mkdir(parents=True)
        (self.data / "asterisk").symlink_to(asterisk)
        self.file.write_text(_settings_text(self.sink.port))
        self.settings: Settings = load_settings(self.file, {})
        self.texts = firm.files(self.settings.demo.crm_port, self.sink.port)
        self.config = firm.write(root / "config", self.texts)
        self.log = root / "run.log"
        self.systemd = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.systemd.bind(str(root / "notify"))
        self.systemd.setblocking(False)
        self.under_systemd = True
        self.process: subprocess.Popen[bytes] | None = None
        self.logins: dict[str, str] = {}
        self.secrets: dict[str, str] = {}

    @property
    def url(self) -> str:
        """Give the address of the pages, without a slash at the end."""
        return f"http://{self.settings.web.host}:{self.settings.web.port}"

    @property
    def sip(self) -> tuple[str, int]:
        """Give where phones register."""
        return self.settings.sip.host, self.settings.sip.port

    def prepare(self) -> None:
        """Make database and tables and publish the tests' configuration."""

        async def first() -> None:
            installation = open_installation(self.settings, real_clock())
            try:
                await prepare(installation, self.config)
            finally:
                await installation.database.close()

        # a thread of its own: a test's event loop may be running in this one
        with ThreadPoolExecutor(1) as worker:
            worker.submit(lambda: asyncio.run(first())).result()

    def start(self, *options: str) -> None:
        """Run the command and wait until all parts answer."""
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.command("run", *options),
                cwd=self.folder,
                env=environment() | self._told(),
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        until(self._is_ready_or_dead, START_S, lambda: f"/readyz, see {self.log}:\n{self.tail()}")
        assert self.process.poll() is None, self.tail()
        for line in (self.data / "first-run-logins.txt").read_text().splitlines():
            if not line.startswith("#"):
                _, login, password, *_ = line.split()
                self.logins[login] = password
        self.secrets = json.loads((self.data / "secrets.json").read_text())

    def _told(self) -> dict[str, str]:
        where = str(self.file.with_name("notify"))
        return {"NOTIFY_SOCKET": where} if self.under_systemd else {}

    def command(self, *words: str) -> list[str]:
        """Give the command line of `yingda WORDS` for this installation."""
        return [sys.executable, "-m", "server", "--settings", str(self.file), *words]

    def yingda(self, *words: str, within_s: float = 100) -> subprocess.CompletedProcess[str]:
        """Carry out one command."""
        return subprocess.run(
            self.command(*words),
            cwd=self.folder,
            env=environment(),
            capture_output=True,
            text=True,
            timeout=within_s,
            check=False,
        )

    def _is_ready_or_dead(self) -> bool:
        return self.process is None or self.process.poll() is not None or self.is_ready()

    def is_ready(self) -> bool:
        """Tell whether database, engine and Asterisk answer."""
        try:
            with urllib.request.urlopen(f"{self.url}/readyz", timeout=2) as answer:
                return bool(answer.status == 200)
        except (OSError, urllib.error.URLError):
            return False

    def tail(self) -> str:
        """Give the end of what the processes said."""
        return self.log.read_text(errors="replace")[-3000:] if self.log.exists() else ""

    def stop(self) -> None:
        """Press Ctrl-C; nothing that we started may be left."""
        try:
            if self.process is not None and self.process.poll() is None:
                self.process.send_signal(signal.SIGINT)
                self.process.wait(STOP_S)
            until(
                lambda: not self.alive(),
                30,
                lambda: f"still running: {self.alive()}\n{self.tail()}",
            )
            assert self.process is None or self.process.returncode in (0, 130), self.tail()
        finally:
            self._clear()
            self.sink.close()
            self.systemd.close()

    def _clear(self) -> None:
        for pid in self.alive():
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

    def alive(self) -> dict[int, str]:
        """Find processes that name this installation's folder: pid and command line."""
        found = {}
        for folder in Path("/proc").iterdir():
            if not folder.name.isdigit() or int(folder.name) == os.getpid():
                continue
            with suppress(OSError):
                line = (
                    (folder / "cmdline")
                    .read_bytes()
                    .replace(b"\0", b" ")
                    .decode("utf-8", "replace")
                )
                if f"{self.file.parent}/" in line:
                    found[int(folder.name)] = line.strip()
        return found

    @property
    def asterisk_pid(self) -> int:
        """Give the pid of the private Asterisk."""
        return int((self.data / "run" / "asterisk" / "run" / "asterisk.pid").read_text())

    def pid_of(self, part: str) -> int:
        """Find a part's process by the last word of its command line; 0 for none.

        Of a part that is kept ready, the process that was forked: not what forks it.
        """
        found = (pid for pid, line in self.alive().items() if line.endswith(f" {part}"))
        return next((pid for pid in found if not _is_nursery(pid)), 0)

    def ask(self, word: str, **args: Any) -> dict[str, Any]:
        """Ask the engine something, as a page does; raises Refusal."""
        answer = self._door(json.dumps({"id": 1, "do": word, "args": args}).encode() + b"\n")
        if "error" in answer:
            raise Refusal(answer["error"])
        ok: dict[str, Any] = answer["ok"]
        return ok

    def board(self) -> dict[str, Any]:
        """Give the live picture of the floor."""
        data: dict[str, Any] = self._door(b"")["data"]
        return data

    def _door(self, line: bytes) -> dict[str, Any]:
        with closing(socket.socket(socket.AF_UNIX)) as door:
            door.settimeout(ANSWER_S)
            door.connect(str(self.data / "run" / "engine.sock"))
            door.sendall(line)
            for answer in door.makefile("rb"):
                message: dict[str, Any] = json.loads(answer)
                if message.get("id") == 1 if line else message.get("ev") == "board.snapshot":
                    return message
        raise ConnectionError("the engine closed the door")

    def agent(self, number: str) -> dict[str, Any]:
        """Give one agent's row of the board."""
        return next(row for row in self.board()["agents"] if row["number"] == number)

    def rows(self, sql: str, *values: Any) -> list[dict[str, Any]]:
        """Read the database."""
        with closing(sqlite3.connect(self.data / "yingda.db", timeout=10)) as connection:
            connection.row_factory = sqlite3.Row
            return [dict(row) for row in connection.execute(sql, values)]

    def journal(self, call: str = "", since_ms: int = 0) -> list[Record]:
        """Read the journal: one call's part of it, or all from a moment on."""
        reader = JournalReader(self.data / "journal" / "journal.db")
        try:
            return reader.read_call(call) if call else reader.since(since_ms)
        finally:
            reader.close()


def _is_nursery(pid: int) -> bool:
    with suppress(OSError):
        return Path(f"/proc/{pid}/comm").read_text().strip() == NURSERY
    return True  # it has just ended


def environment() -> dict[str, str]:
    """Give our environment without settings of the machine's own installation."""
    return {name: text for name, text in os.environ.items() if not name.startswith("YINGDA_")}


def free_port() -> int:
    """Find a port that is free for UDP and TCP, was not given before and is nobody's by chance."""
    while True:
        port = next(_PORTS)
        with (
            socket.socket() as tcp,
            socket.socket(type=socket.SOCK_DGRAM) as udp,
            suppress(OSError),
        ):
            tcp.bind(("127.0.0.1", port))
            udp.bind(("127.0.0.1", port))
            return port


_FIRST, _LAST = 61_000, 65_500
_PORTS = itertools.cycle(
    _FIRST + (os.getpid() * 97 + step) % (_LAST - _FIRST) for step in range(_LAST - _FIRST)
)
"""Above the ports that a system gives to whoever asks for any: none of ours is taken between the
finding and the use."""


def _settings_text(sink_port: int) -> str:
    web, sip, ami, agi, http, crm, hep = (free_port() for _ in range(7))
    rtp = 17000 + os.getpid() % 15 * 1000
    return f"""\
[web]
port = {web}
[sip]
port = {sip}
phone_qualify_s = 0
[media]
rtp_ports = "{rtp}-{rtp + 999}"
[ports]
ami = {ami}
agi = {agi}
asterisk_http = {http}
hep = {hep}
[outside]
on_site = ["127.0.0.1:{crm}", "127.0.0.1:{sink_port}"]
[demo]
crm_port = {crm}
"""


def started(root: Path) -> System:
    """Make an installation in an empty folder and start it."""
    if shutil.which("ps") is None and not Path("/proc").exists():
        missing("no /proc: left-over processes could not be found")
    system = System(root)
    try:
        system.prepare()
        system.start()
    except BaseException:
        system._clear()  # what did not become ready would go on, in everybody's way
        raise
    return system
