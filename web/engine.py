"""The line to the engine process: one unix socket, JSON lines, joined again when it breaks.

The picture of the floor that the engine sends is kept here, so that a page opened while the
engine restarts still shows the last truth with its age.
"""

import asyncio
import contextlib
import itertools
import json
import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

from domain.errors import EngineUnavailable
from web.errors import Said
from web.floor import Floor

log = logging.getLogger("yingda.web.engine")

Message = dict[str, Any]
Listener = Callable[[Message], None]

ANSWER_S = 3.0
"""How long a command may take before the person is told that the engine does not answer."""
FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.05, 2.0
LINE_LIMIT = 16 * 1024 * 1024
"""Bytes of one line: a snapshot of a very large floor fits."""


class EngineLink:
    """A client of `var/run/engine.sock`; `start` once, then `ask`, `floor` and `listen`."""

    def __init__(self, socket: Path, answer_s: float = ANSWER_S) -> None:
        self.floor = Floor()
        self.up = False
        self._socket = socket
        self._answer_s = answer_s
        self._ids = itertools.count(1)
        self._waiting: dict[int, asyncio.Future[Message | None]] = {}
        self._listeners: list[Listener] = []
        self._writer: asyncio.StreamWriter | None = None
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to join the engine, for as long as the process lives."""
        self._task = asyncio.create_task(self._keep(), name="engine link")

    async def stop(self) -> None:
        """Leave the engine."""
        if self._task:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    def listen(self, listener: Listener) -> None:
        """Hear every message of the engine, and `engine.up` and `engine.down` of this link."""
        self._listeners.append(listener)

    async def ask(self, do: str, /, **args: Any) -> Message:
        """Give the engine a command and wait for its answer.

        Raises EngineUnavailable when nobody answers, Said with the engine's own sentences.
        """
        writer, number = self._writer, next(self._ids)
        if writer is None:
            raise EngineUnavailable
        answer: asyncio.Future[Message | None] = asyncio.get_running_loop().create_future()
        self._waiting[number] = answer
        line = json.dumps({"id": number, "do": do, "args": args}, ensure_ascii=False)
        try:
            writer.write(line.encode() + b"\n")
            async with asyncio.timeout(self._answer_s):
                await writer.drain()
                return _told(await answer)
        except (TimeoutError, OSError) as error:
            raise EngineUnavailable from error
        finally:
            self._waiting.pop(number, None)

    async def _keep(self) -> None:
        pause = FIRST_PAUSE_S
        while True:
            with contextlib.suppress(OSError, ValueError):
                reader, writer = await asyncio.open_unix_connection(
                    str(self._socket), limit=LINE_LIMIT
                )
                pause = FIRST_PAUSE_S
                await self._talk(reader, writer)
            await asyncio.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE_S)

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writer, self.up = writer, True
        self._tell({"ev": "engine.up", "data": {}})
        try:
            while line := await reader.readline():
                self._take(json.loads(line))
        finally:
            self._writer, self.up = None, False
            self._drop_waiting()
            writer.close()
            self._tell({"ev": "engine.down", "data": {}})

    def _take(self, message: Message) -> None:
        if "ev" in message:
            self.floor.take(message)
            self._tell(message)
            return
        answer = self._waiting.get(message.get("id", 0))
        if answer and not answer.done():
            answer.set_result(message)

    def _drop_waiting(self) -> None:
        for answer in self._waiting.values():
            if not answer.done():
                # no exception: who asked may be gone, and nobody would take it
                answer.set_result(None)

    def _tell(self, message: Message) -> None:
        for listener in self._listeners:
            try:
                listener(message)
            except Exception:
                log.exception("a listener of the engine failed at %s", message.get("ev"))


def _told(message: Message | None) -> Message:
    if message is None:
        raise EngineUnavailable
    error = message.get("error")
    if error:
        raise Said(error.get("code", "conflict"), zh=error.get("zh", ""), en=error.get("en", ""))
    ok = message.get("ok")
    return ok if isinstance(ok, dict) else {}
