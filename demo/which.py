"""Finds the engine's id of a test call: the answer carries none, but the live board shows it."""

import asyncio
import contextlib
import json
from pathlib import Path
from typing import Any

from domain.errors import EngineUnavailable
from domain.numbers import parse


async def board_of(door: Path) -> dict[str, Any]:
    """Give the live board as it stands; EngineUnavailable if no engine runs."""
    try:
        async with asyncio.timeout(5):
            reader, writer = await asyncio.open_unix_connection(str(door), limit=1 << 24)
            board: dict[str, Any] = json.loads(await reader.readline())["data"]
            writer.close()
    except (OSError, TimeoutError, ValueError, KeyError) as error:
        raise EngineUnavailable("no engine is running here; start it: yingda run") from error
    return board


class CallWatch:
    """Looks at the board until a new call of this caller to this hotline appears."""

    def __init__(self, door: Path, hotline: str, caller: str) -> None:
        self._door = door
        self._wanted = (hotline, parse(caller))
        self._old: set[str] | None = None
        self._found: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self._looking = asyncio.create_task(self._look())
        self._ready = asyncio.Event()

    async def ready(self, seconds: float) -> bool:
        """Wait until the board was seen once: a call placed now counts as new."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._ready.wait()
        return self._old is not None

    async def call(self, seconds: float) -> str:
        """Give the engine's id, "" when none showed up."""
        done, _ = await asyncio.wait({self._found}, timeout=seconds)
        return self._found.result() if done else ""

    async def close(self) -> None:
        """Stop looking."""
        self._looking.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._looking

    async def _look(self) -> None:
        with contextlib.suppress(OSError, ValueError):
            reader, writer = await asyncio.open_unix_connection(str(self._door), limit=1 << 24)
            try:
                while line := await reader.readline():
                    self._note(json.loads(line))
            finally:
                writer.close()
        self._ready.set()

    def _note(self, message: dict[str, Any]) -> None:
        if message.get("ev") not in ("board.snapshot", "board.delta"):
            return
        ours = [
            row["call"]
            for row in message["data"].get("calls", [])
            if (row["hotline"], row["caller"]) == self._wanted
        ]
        if self._old is None:
            self._old = set(ours)
            self._ready.set()
        for call in ours:
            if call not in self._old and not self._found.done():
                self._found.set_result(call)
