"""Reports worked out in processes of their own, so that no long one holds up pages or calls.

Two at once at most, one after the other in each; they start with the first report and end when
nobody has asked for a while. A report that nobody waits for any more is given up, and one that
nobody should wait for any longer.
"""

import asyncio
import contextlib
import json
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Callable
from pathlib import Path

from domain.errors import Fault, Refused, Unavailable
from reports.asked import ASKED, Asked

AT_ONCE = 2
LOOK_S = 0.5
LINE = 1 << 20
PATIENCE_S, LONGEST_S = 20.0, 600.0
"""When a report that gets no CPU beside calls is given some; when it is given up."""
TOO_LONG = (
    "报表算得太久，已停止：请缩短时间范围，或等电话少时再试"
    " · the report took too long and was given up: choose less time, or ask when fewer people call"
)


class Apart:
    """Asks workers; `folder` tells in their command line whose they are."""

    def __init__(
        self, folder: Path, patience_s: float = PATIENCE_S, longest_s: float = LONGEST_S
    ) -> None:
        self._command = (sys.executable, "-m", "reports.worker", str(folder), str(patience_s))
        self._longest_s = longest_s
        self._turns = asyncio.Semaphore(AT_ONCE)
        self._resting: list[Process] = []

    async def made(self, asked: Asked, wanted: Callable[[], bool]) -> bytes:
        """Give a report as a file; Refused as `reports.run` does, Unavailable when none was made.

        It is given up as soon as nobody wants it, and when it takes too long, its turn included.
        """
        try:
            async with asyncio.timeout(self._longest_s):
                return await self._in_turn(asked, wanted)
        except TimeoutError as late:
            raise Unavailable(TOO_LONG) from late

    async def _in_turn(self, asked: Asked, wanted: Callable[[], bool]) -> bytes:
        async with self._turns:
            for _ in range(AT_ONCE + 1):  # those that rested may have ended meanwhile
                if not wanted():
                    break
                if (
                    answer := await self._asked_of(await self._worker(), asked, wanted)
                ) is not None:
                    return answer
        raise Unavailable("the report was not made")

    async def close(self) -> None:
        """End the workers."""
        while self._resting:
            await _end(self._resting.pop())

    async def _worker(self) -> Process:
        while self._resting:
            worker = self._resting.pop()
            if worker.returncode is None:
                return worker
        # a session of its own, so that it can give way to every other one
        return await asyncio.create_subprocess_exec(
            *self._command, stdin=PIPE, stdout=PIPE, limit=LINE, start_new_session=True
        )

    async def _asked_of(
        self, worker: Process, asked: Asked, wanted: Callable[[], bool]
    ) -> bytes | None:
        """Ask a worker and keep it for the next; None when it ended, or nobody waits any more."""
        asking = asyncio.create_task(_answer(worker, ASKED.dump_json(asked)))
        try:
            while wanted() and not asking.done():
                await asyncio.wait([asking], timeout=LOOK_S)
            if not asking.done():
                return None
            answer = await asking
            self._resting.append(worker)
        except (OSError, EOFError):
            return None
        finally:
            if worker not in self._resting:
                asking.cancel()
                await asyncio.shield(_end(worker))
        return _read(*answer)


async def _answer(worker: Process, question: bytes) -> tuple[bytes, bytes]:
    into, out = worker.stdin, worker.stdout
    if into is None or out is None:
        raise EOFError
    into.write(question + b"\n")
    await into.drain()
    head = await out.readline()
    if not head:
        raise EOFError
    return head, await out.readexactly(json.loads(head)["bytes"])


def _read(head: bytes, body: bytes) -> bytes:
    said = json.loads(head)
    if "faults" in said:
        raise Refused(*(Fault(**fault) for fault in said["faults"]))
    if "error" in said:
        raise Unavailable(said["error"])
    return body


async def _end(worker: Process) -> None:
    with contextlib.suppress(ProcessLookupError):
        worker.kill()
    await worker.wait()
