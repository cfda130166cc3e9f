"""Long work for one person's page: on a thread with a loop and a database link of its own.

The web process carries the signalling of browser phones, so nothing may hold its loop.
"""

import asyncio
import os
import shutil
from collections.abc import Awaitable, Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import BinaryIO, TypeVar

from aiohttp import web

from switchboard.installation import Installation, open_installation
from web.world import World

Done = TypeVar("Done")
Write = Callable[[Installation, Path], Awaitable[object]]
PIECE = 1 << 18
"""Bytes of a file that are read and sent at a time."""
TYPES = {".zip": "application/zip", ".gz": "application/gzip"}
_FOLDER = "aside."


async def aside(world: World, work: Callable[[Installation], Awaitable[Done]]) -> Done:
    """Do something with the whole installation, as the command line does."""

    async def whole() -> Done:
        around = open_installation(world.settings, world.clock)
        try:
            return await work(around)
        finally:
            await around.database.close()

    return await asyncio.to_thread(lambda: asyncio.run(whole()))


async def send_made(
    request: web.Request, world: World, name: str, write: Write
) -> web.StreamResponse:
    """Let a file be written, readable by us only, and send it; its name is gone before that."""
    with TemporaryDirectory(prefix=_FOLDER, dir=world.data) as folder:
        file = Path(folder) / name
        await aside(world, lambda around: write(around, file))
        made = file.open("rb")
    with made:
        return await _sent(request, name, made)


async def _sent(request: web.Request, name: str, made: BinaryIO) -> web.StreamResponse:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    answer = web.StreamResponse(headers=headers | {"Cache-Control": "no-store"})
    answer.content_type = TYPES[Path(name).suffix]
    answer.content_length = os.fstat(made.fileno()).st_size
    await answer.prepare(request)
    while piece := await asyncio.to_thread(made.read, PIECE):
        await answer.write(piece)
    return answer


def sweep(data: Path) -> None:
    """Delete what a process that died had not sent yet."""
    for folder in data.glob(f"{_FOLDER}*"):
        shutil.rmtree(folder, ignore_errors=True)
