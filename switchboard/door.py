"""The engine's one door for the web process: a local socket, JSON lines both ways.

Out: a snapshot on connect, then deltas and events for one agent. In: wishes with an id, each
answered. A slow reader is cut off, never waited for: it reconnects and gets a new snapshot.
"""

import asyncio
import contextlib
import json
import logging
import os
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any

from domain.clock import Clock
from domain.errors import YingdaError
from switchboard.desk import in_words

log = logging.getLogger("yingda.door")

Answer = Callable[[str, Mapping[str, Any]], Awaitable[dict[str, Any]]]
_JSON = json.JSONEncoder(ensure_ascii=False)
MAX_LINE = 1 << 16
MAX_PENDING = 4 << 20
"""Bytes that may wait for one reader before it is cut off."""


class Door:
    """Serves the socket; what is told goes to every connected web process."""

    def __init__(
        self, snapshot: Callable[[], dict[str, Any]], answer: Answer, clock: Clock
    ) -> None:
        self._snapshot = snapshot
        self._answer = answer
        self._clock = clock
        self._seq = 0
        self._writers: set[asyncio.StreamWriter] = set()
        self._talks: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None

    async def open(self, path: Path) -> None:
        """Listen on a socket that only this user may use."""
        _make_way(path)
        self._server = await asyncio.start_unix_server(self._serve, str(path), limit=MAX_LINE)
        os.chmod(path, 0o600)

    async def close(self) -> None:
        """Stop listening and let everybody go."""
        if self._server is not None:
            self._server.close()
        for writer in list(self._writers):
            writer.close()
        for talk in list(self._talks):
            talk.cancel()

    def tell(self, name: str, data: dict[str, Any], agent: str = "") -> None:
        """Send an event to all, or one that is meant for an agent's page."""
        self._seq += 1
        line = self._line(name, data, agent)
        for writer in list(self._writers):
            self._write(writer, line)

    def _line(self, name: str, data: dict[str, Any], agent: str = "") -> bytes:
        event = {"ev": name, "seq": self._seq, "ts": self._clock.utc_ms(), "data": data}
        if agent:
            event["agent"] = agent
        return _JSON.encode(event).encode() + b"\n"

    def _write(self, writer: asyncio.StreamWriter, line: bytes) -> None:
        if writer.is_closing() or writer.transport.get_write_buffer_size() > MAX_PENDING:
            self._writers.discard(writer)
            writer.transport.abort()
            return
        writer.write(line)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.add(writer)
        writer.write(self._line("board.snapshot", self._snapshot()))
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError, ValueError):
            while line := await reader.readline():
                self._start(line, writer)
        self._writers.discard(writer)
        writer.close()

    def _start(self, line: bytes, writer: asyncio.StreamWriter) -> None:
        talk = asyncio.create_task(self._reply(line, writer))
        self._talks.add(talk)
        talk.add_done_callback(self._talks.discard)

    async def _reply(self, line: bytes, writer: asyncio.StreamWriter) -> None:
        wish = json.loads(line)
        answer: dict[str, Any] = {"id": wish.get("id")}
        try:
            answer["ok"] = await self._answer(wish["do"], wish.get("args") or {})
        except YingdaError as error:
            answer["error"] = in_words(error)
        except Exception:
            log.exception("the wish %s failed", wish.get("do"))
            answer["error"] = {"code": "error", "zh": "系统内部错误", "en": "Internal error"}
        self._write(writer, _JSON.encode(answer).encode() + b"\n")


def _make_way(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
