"""A process that has read all of a part's code and then forks the part, whenever it is asked to.

Reading the code takes seconds of CPU on a busy machine: nobody waits for that when an engine died.
Here are both ends: `Nursery` and `Forked` are the supervisor's, `stand_by` is that process. Over a
socket it says that it is ready, then is told one byte, 0 = fork, else a signal for the child; it
answers how the child ended.
The child dies with the nursery (prctl PR_SET_PDEATHSIG), and the nursery ends with the supervisor.
"""

import asyncio
import contextlib
import ctypes
import gc
import os
import select
import signal
import socket
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import FrameType

LINE = "YINGDA_NURSERY_FD"
"""The environment's word: the number of the socket to the supervisor."""
NURSERY = "nursery"
"""What ps(1) and top(1) call it; its command line is its children's."""
READY, FORK = b"ready\n", b"\0"
CLOSE_S = 12.0
"""Longer than the child may take to end in order."""
COMM = Path("/proc/self/comm")
_PDEATHSIG = 1


class Forked:
    """A child of the nursery, as far as a supervisor needs one (asyncio's Process)."""

    def __init__(self, signalled: Callable[[int], None]) -> None:
        self.returncode: int | None = None
        self._signalled = signalled
        self._over = asyncio.Event()

    def over(self, code: int) -> None:
        """Take in how it ended; what is told later counts no more."""
        if self.returncode is None:
            self.returncode = code
        self._over.set()

    async def wait(self) -> int:
        """Wait for its end; give its code, below 0 = the signal."""
        await self._over.wait()
        return self.returncode or 0

    def send_signal(self, sign: int) -> None:
        """Have it signalled by its own parent: never another process that has its number since."""
        if self.returncode is None:
            self._signalled(sign)

    def kill(self) -> None:
        """End it by force."""
        self.send_signal(signal.SIGKILL)


class Nursery:
    """The supervisor's end: opened at the first fork, and again if it is gone."""

    def __init__(self, argv: Sequence[str], begin: Callable[[], None]) -> None:
        self._argv = argv
        self._begin = begin
        self._process: asyncio.subprocess.Process | None = None
        self._out: asyncio.StreamWriter | None = None
        self._hearing: asyncio.Task[None] | None = None
        self._child: Forked | None = None
        self._is_ready = False

    async def fork(self) -> Forked:
        """Start the part; as soon as its code was read, at once from then on."""
        if self._hearing is None or self._hearing.done():
            await self.close()
            await self._open()
        self._child = Forked(self._signal)
        self._tell(FORK)
        return self._child

    async def close(self) -> None:
        """End it; a child that is still there is ended in order."""
        if self._out is not None:
            self._out.close()
        process = self._process
        if process is not None and process.returncode is None:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(CLOSE_S):
                    await process.wait()
            if process.returncode is None:
                process.kill()
                await process.wait()

    async def _open(self) -> None:
        self._is_ready = False
        ours, theirs = socket.socketpair()
        with theirs:
            # a session of its own: Ctrl-C reaches the supervisor only
            self._process = await asyncio.create_subprocess_exec(
                *self._argv,
                start_new_session=True,
                preexec_fn=self._begin,
                pass_fds=(theirs.fileno(),),
                env=os.environ | {LINE: str(theirs.fileno())},
            )
        reader, self._out = await asyncio.open_connection(sock=ours)
        self._hearing = asyncio.create_task(self._hear(reader, self._process))

    async def _hear(
        self, reader: asyncio.StreamReader, process: asyncio.subprocess.Process
    ) -> None:
        with contextlib.suppress(OSError):
            while line := await reader.readline():
                if line == READY:
                    self._is_ready = True
                elif self._child is not None:
                    self._child.over(int(line))
        code = await process.wait()
        if self._child is not None:
            self._child.over(code)

    def _signal(self, sign: int) -> None:
        """Signal the child; who waits for one that still reads would wait for its last line."""
        if self._is_ready:
            self._tell(bytes([sign]))
        elif self._process is not None and self._process.returncode is None:
            self._process.send_signal(sign)

    def _tell(self, word: bytes) -> None:
        if self._out is not None and not self._out.is_closing():
            self._out.write(word)


def line_of(environ: Mapping[str, str]) -> int | None:
    """Give the socket's number if this process is to be a nursery."""
    found = environ.get(LINE, "")
    return int(found) if found.isdigit() else None


def stand_by(line: int) -> None:
    """Be the nursery: fork when asked. Returns in each child, and never here."""
    del os.environ[LINE]
    called = COMM.read_text().strip()
    COMM.write_text(NURSERY)
    nurse = _Nurse(socket.socket(fileno=line))
    gc.collect()
    gc.freeze()  # what was read stays shared with every child
    nurse.say(READY)
    while not nurse.is_child:
        nurse.turn()
    COMM.write_text(called)


class _Nurse:
    """What the nursery knows: its line, and its one child."""

    def __init__(self, line: socket.socket) -> None:
        self.is_child = False
        self._line = line
        self._pid = 0
        self._woken, wake = os.pipe()
        os.set_blocking(self._woken, False)
        os.set_blocking(wake, False)
        self._wake = wake
        signal.set_wakeup_fd(wake, warn_on_full_buffer=False)
        for sign in (signal.SIGCHLD, signal.SIGTERM):
            signal.signal(sign, _noted)

    def say(self, word: bytes) -> None:
        """Tell the supervisor, if it is there."""
        with contextlib.suppress(OSError):
            self._line.sendall(word)

    def turn(self) -> None:
        """Wait for one word or one signal, and do what it asks for."""
        ready, _, _ = select.select([self._line.fileno(), self._woken], [], [])
        if self._woken in ready and bytes([signal.SIGTERM]) in os.read(self._woken, 64):
            self._end()
        self._look()
        if self._line.fileno() in ready:
            self._hear()

    def _hear(self) -> None:
        word = b""
        with contextlib.suppress(OSError):
            word = self._line.recv(1)
        if not word:
            self._end()
        elif word == FORK:
            self._fork()
        elif self._pid:
            os.kill(self._pid, word[0])

    def _fork(self) -> None:
        nurse = os.getpid()
        self._pid = os.fork()
        if self._pid:
            return
        self.is_child = True
        signal.set_wakeup_fd(-1)
        for sign in (signal.SIGCHLD, signal.SIGTERM):
            signal.signal(sign, signal.SIG_DFL)
        for file in (self._woken, self._wake):
            os.close(file)
        self._line.close()
        ctypes.CDLL(None).prctl(_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != nurse:
            os._exit(1)

    def _look(self) -> None:
        """Tell of a child that ended."""
        if self._pid:
            pid, status = os.waitpid(self._pid, os.WNOHANG)
            if pid:
                self._pid = 0
                self.say(b"%d\n" % os.waitstatus_to_exitcode(status))

    def _end(self) -> None:
        """Let the child end in order, then go."""
        if self._pid:
            os.kill(self._pid, signal.SIGTERM)
            os.waitpid(self._pid, 0)
        sys.exit(0)


def _noted(sign: int, frame: FrameType | None) -> None:
    """Only wake the loop: the number of the signal is in the pipe."""
