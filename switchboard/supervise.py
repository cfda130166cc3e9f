"""The parent of all parts: starts Asterisk, engine and web, watches them, drains on Ctrl-C.

A part that ends is started again. One that never came up ends everything with the reason after
three tries in ten seconds; one that did come up once is tried for ever, with a rest between: a full
disk may end it again and again, and whoever talks or waits at Asterisk needs neither of them. An
engine whose beat file stood for five seconds is killed: its callers are with the dialplan
meanwhile. Asterisk is in a session of its own and goes on if this parent dies.
"""

import asyncio
import contextlib
import ctypes
import logging
import os
import signal
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Protocol

from domain.errors import Unavailable
from switchboard.memory import bind
from switchboard.nursery import Nursery

log = logging.getLogger("yingda.supervisor")

RESTARTS = 3
WITHIN_S = 10.0
STALE_S = 5.0
"""Counted from the first beat on: a child may take long to come up on a busy machine."""
DRAIN_S = 8.0
REST_S, LONGEST_REST_S = 1.0, 15.0
"""How long a part that keeps ending is left alone, twice as long each time."""


@dataclass(frozen=True, slots=True)
class Part:
    """A child process: its name, its command line, and the beat file that shows its life.

    Without a `vital` part nothing goes on; any other is given up when it cannot live. When memory
    is short the one with the highest `score` goes; it may hold `most_bytes`, 0 = any number. One
    that is `kept_ready` is forked from a process that has read its code (switchboard/nursery.py).
    """

    name: str
    argv: Sequence[str]
    beat: Path | None = None
    vital: bool = True
    score: int = 0
    most_bytes: int = 0
    kept_ready: bool = False


class Child(Protocol):
    """A process that was started: asyncio's own, or one that a nursery forked."""

    @property
    def returncode(self) -> int | None: ...
    async def wait(self) -> int: ...
    def send_signal(self, sign: int, /) -> None: ...
    def kill(self) -> None: ...


@dataclass(slots=True)
class Supervisor:
    """Keeps parts running until told to stop: by `stop`, with `signals` by SIGINT or SIGTERM."""

    parts: Sequence[Part]
    say: Callable[[str], None]
    monotonic: Callable[[], float] = time.monotonic
    signals: bool = True
    _stopping: asyncio.Event = field(default_factory=asyncio.Event)

    def stop(self) -> None:
        """Ask every part to end."""
        self._stopping.set()

    async def run(self) -> None:
        """Run all parts; returns when stopped, raises Unavailable when a part cannot live."""
        loop = asyncio.get_running_loop()
        for sign in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP) if self.signals else ():
            loop.add_signal_handler(sign, self.stop)
        try:
            async with asyncio.TaskGroup() as group:
                for part in self.parts:
                    group.create_task(self._keep(part))
        except ExceptionGroup as failed:
            raise failed.exceptions[0] from None

    async def _keep(self, part: Part) -> None:
        nursery = Nursery(part.argv, partial(_begin, part)) if part.kept_ready else None
        try:
            await self._start_again(part, nursery)
        finally:
            if nursery is not None:
                await asyncio.shield(nursery.close())

    async def _start_again(self, part: Part, nursery: Nursery | None) -> None:
        starts: list[float] = []
        came_up, rest_s = False, REST_S
        while not self._stopping.is_set():
            now = self.monotonic()
            starts = [start for start in starts if now - start < WITHIN_S] + [now]
            if len(starts) > RESTARTS:
                if not came_up:
                    self._give_up(part)
                    return
                await self._rest(part, rest_s)
                starts, rest_s = starts[-1:], min(2 * rest_s, LONGEST_REST_S)
            elif len(starts) == 1:
                rest_s = REST_S
            code = await self._once(part, nursery)
            came_up = came_up or self._has_lived(part, now)
            if not self._stopping.is_set():
                self.say(f"{part.name} ended with code {code}, it is started again")

    def _has_lived(self, part: Part, since: float) -> bool:
        if part.beat is not None and part.beat.exists():
            return True
        return self.monotonic() - since >= WITHIN_S

    async def _rest(self, part: Part, rest_s: float) -> None:
        self.say(f"{part.name} keeps ending; calls go on, the next try is in {rest_s:.0f} s")
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(rest_s):
                await self._stopping.wait()

    def _give_up(self, part: Part) -> None:
        text = f"{part.name} ended {RESTARTS} times in {WITHIN_S:.0f} s"
        if part.vital:
            self.stop()
            raise Unavailable(text)
        self.say(f"{text}; everything else goes on without it")

    async def _once(self, part: Part, nursery: Nursery | None) -> int:
        if part.beat is not None:
            part.beat.unlink(missing_ok=True)  # an old beat says nothing of the new child
        child: Child = await (nursery.fork() if nursery is not None else _started(part))
        waits = [
            asyncio.create_task(child.wait()),
            asyncio.create_task(self._stopping.wait()),
            asyncio.create_task(self._watch(part, child)),
        ]
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in waits:
                task.cancel()
            await asyncio.shield(_end(child))
        return child.returncode or 0

    async def _watch(self, part: Part, child: Child) -> None:
        if part.beat is None:
            await asyncio.Event().wait()
            return
        beat, since = _beat(part.beat), self.monotonic()
        while child.returncode is None:
            await asyncio.sleep(1.0)
            if (now := _beat(part.beat)) != beat or now is None:
                beat, since = now, self.monotonic()
            elif self.monotonic() - since > STALE_S:
                self.say(f"{part.name} stood for {STALE_S:.0f} s, it is ended by force")
                child.kill()
                await child.wait()


def _begin(part: Part) -> None:
    """In the child: SIGTERM when the supervisor is gone (prctl 1 = PR_SET_PDEATHSIG), memory."""
    ctypes.CDLL(None).prctl(1, signal.SIGTERM)
    bind(part.score, part.most_bytes)


def _beat(path: Path) -> int | None:
    """Give the last beat, None before it; whether it moves counts, not what time it says."""
    try:
        return os.stat(path).st_mtime_ns
    except FileNotFoundError:
        return None


async def _started(part: Part) -> Child:
    # a session of its own: Ctrl-C reaches us only, and we end the parts in order
    return await asyncio.create_subprocess_exec(
        *part.argv, start_new_session=True, preexec_fn=partial(_begin, part)
    )


async def _end(child: Child) -> None:
    for sign in (signal.SIGTERM, signal.SIGKILL):
        if child.returncode is not None:
            return
        child.send_signal(sign)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(DRAIN_S):
                await child.wait()
