"""The private Asterisk's process: started in a session of its own, so that it outlives us.

If our supervisor dies, Asterisk goes on; the next start adopts it by its pid file.
"""

import asyncio
import contextlib
import errno
import os
import re
import signal
import socket
from collections.abc import Mapping
from pathlib import Path

from domain.errors import Conflict, PbxUnavailable

PASSED_ON = re.compile(r"PATH|HOME|LANG|LC_\w+|TZ|TMPDIR|LD_\w+|FAKETIME\w*|FIU_\w+")
"""What Asterisk is told of our environment: carriers' and databases' passwords stand in it too."""
_LONGEST_SOCKET = 107
_LOOK_AGAIN_S = 0.05


class PortTaken(Conflict):
    """Another program listens where we were told to."""

    code = "port_taken"


def check_ports(ports: Mapping[str, tuple[str, int]], udp: frozenset[str] = frozenset()) -> None:
    """Raise PortTaken naming the setting, if one of these cannot be listened on."""
    for setting, (host, port) in ports.items():
        kinds = [socket.SOCK_STREAM] + ([socket.SOCK_DGRAM] if setting in udp else [])
        for kind in kinds:
            if not _free(host, port, kind):
                raise PortTaken(f"port {port} (setting {setting}) is in use on {host}")


def check_lines(places: Mapping[str, tuple[str, str, int]]) -> None:
    """Raise PortTaken naming the trunk whose place (protocol, host, port) another program has.

    An address that is not this machine's fails that trunk alone: `doctor` tells of it.
    """
    for setting, (protocol, host, port) in places.items():
        kind = socket.SOCK_DGRAM if protocol == "udp" else socket.SOCK_STREAM
        if not _free(host, port, kind, lacking=True):
            raise PortTaken(f"port {port} ({setting}) is in use on {host}")


def _free(host: str, port: int, kind: socket.SocketKind, lacking: bool = False) -> bool:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, kind) as probe:
        if kind == socket.SOCK_STREAM:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as problem:
            return lacking and problem.errno == errno.EADDRNOTAVAIL
    return True


class PrivateAsterisk:
    """One Asterisk with the configuration in `run`/etc. Not for several event loops."""

    def __init__(
        self,
        binary: Path,
        run: Path,
        ports: Mapping[str, tuple[str, int]],
        lines: Mapping[str, tuple[str, str, int]] | None = None,
    ) -> None:
        """`ports`: setting → (host, port) that it will listen on; sip.port is UDP as well.

        `lines`: what trunks listen on besides, as `check_lines` takes it.
        """
        self._lines = dict(lines or {})
        self._binary = binary
        self._run = run
        self._ports = dict(ports)
        self._child: asyncio.subprocess.Process | None = None
        self.pid = 0
        self.adopted = False

    @property
    def config(self) -> Path:
        """The file that Asterisk was started with."""
        return self._run / "etc/asterisk.conf"

    def running_pid(self) -> int:
        """The pid of an Asterisk of ours that runs already, else 0."""
        try:
            pid = int((self._run / "run/asterisk.pid").read_text())
            command = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        except (OSError, ValueError):
            return 0
        return pid if os.fsencode(self.config) in command and state != "Z" else 0

    async def start(self, timeout_s: float = 20.0) -> None:
        """Adopt the running one or start one; returns when it is fully booted."""
        self.pid = self.running_pid()
        self.adopted = bool(self.pid)
        if not self.adopted:
            await self._launch()
        try:
            async with asyncio.timeout(timeout_s):
                await self._fully_booted()
        except TimeoutError as problem:
            if not self.adopted:
                await self.stop()
            raise PbxUnavailable(
                f"Asterisk did not boot in {timeout_s:.0f} s{self._tail()}"
            ) from problem

    async def stop(self, timeout_s: float = 5.0) -> None:
        """End it: first as `core stop now` does, after `timeout_s` by force."""
        for sign in (signal.SIGTERM, signal.SIGKILL):
            if not self.pid or not self._signal(sign):
                break
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(timeout_s):
                    await self.wait()
                    break
        self.pid = 0

    async def wait(self) -> None:
        """Return when the process has ended, whoever ended it."""
        if self._child is not None:
            await self._child.wait()
            return
        try:
            handle = os.pidfd_open(self.pid)
        except ProcessLookupError:
            return
        try:
            await _readable(handle)
        finally:
            os.close(handle)
        self._bury()

    async def cli(self, command: str, timeout_s: float = 5.0) -> str:
        """What the console answers to a command; PbxUnavailable if nobody answers."""
        return await console(self._binary, self.config, command, timeout_s)

    async def _launch(self) -> None:
        control = self._run / "run/asterisk.ctl"
        if len(os.fsencode(control)) > _LONGEST_SOCKET:
            raise PbxUnavailable(f"the folder's path is too long for a socket: {control}")
        check_ports(self._ports, udp=frozenset({"sip.port"}))
        check_lines(self._lines)
        for name in ("asterisk.ctl", "asterisk.pid"):
            (self._run / "run" / name).unlink(missing_ok=True)
        with (self._run / "log/console.log").open("wb") as console:
            self._child = await asyncio.create_subprocess_exec(
                self._binary,
                *("-f", "-C", self.config),
                cwd=self._run,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=console,
                stderr=console,
                env={k: text for k, text in os.environ.items() if PASSED_ON.fullmatch(k)},
                start_new_session=True,
            )
        self.pid = self._child.pid

    async def _fully_booted(self) -> None:
        control = self._run / "run/asterisk.ctl"
        while True:
            if self._child is not None and self._child.returncode is not None:
                raise PbxUnavailable(f"Asterisk ended while it started{self._tail()}")
            if control.exists():
                code, text = await _remote(self._binary, self.config, "core waitfullybooted", 20.0)
                if not code and "fully booted" in text:
                    return
            await asyncio.sleep(_LOOK_AGAIN_S)

    def _bury(self) -> None:
        """Forget a child of ours that we do not know of: we were another program when it began."""
        with contextlib.suppress(ChildProcessError):
            os.waitpid(self.pid, os.WNOHANG)

    def _signal(self, sign: signal.Signals) -> bool:
        try:
            os.kill(self.pid, sign)
        except ProcessLookupError:
            return False
        return True

    def _tail(self) -> str:
        """The last words of its logs, for the error message."""
        words: list[str] = []
        for name in ("log/console.log", "log/messages.log"):
            with contextlib.suppress(OSError):
                words += (self._run / name).read_text(errors="replace").splitlines()[-5:]
        return "".join(f"\n  {line}" for line in words)


async def console(binary: Path, config: Path, command: str, timeout_s: float = 5.0) -> str:
    """Ask the console of the Asterisk with this asterisk.conf; PbxUnavailable if nobody answers."""
    code, text = await _remote(binary, config, command, timeout_s)
    if code:
        raise PbxUnavailable(f"Asterisk's console does not answer: {text.strip()}")
    return text


async def _remote(binary: Path, config: Path, command: str, timeout_s: float) -> tuple[int, str]:
    asked = await asyncio.create_subprocess_exec(
        binary,
        *("-C", config, "-rx", command),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    try:
        async with asyncio.timeout(timeout_s):
            output, _ = await asked.communicate()
    except BaseException:
        with contextlib.suppress(ProcessLookupError):
            asked.kill()
        await asked.wait()
        raise
    return asked.returncode or 0, output.decode(errors="replace")


async def _readable(handle: int) -> None:
    loop = asyncio.get_running_loop()
    ended = asyncio.Event()
    loop.add_reader(handle, ended.set)
    try:
        await ended.wait()
    finally:
        loop.remove_reader(handle)
