"""Recordings: the file's place comes from its row, never from the request."""

import asyncio
import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from aiohttp import web
from sqlalchemy import select

from domain.errors import NotFound, Refused
from recording import Damaged, Sealed, is_sealed, unlocked
from recording.rows import Recording
from web.errors import Said
from web.scope import check_call
from web.table import Ask, Nothing, Schema, table
from web.world import World

log = logging.getLogger("yingda.web")

recordings = table("recordings")

_TABLE: Any = Recording.__table__
LISTEN = "recording.listen"
TALK, MESSAGE = "talk", "message"
TYPES = {
    ".mp3": "audio/mpeg",
    ".wav": "audio/wav",
    ".opus": "audio/ogg; codecs=opus",
    ".ogg": "audio/ogg",
}


class Peaks(Schema):
    """Loudness over time for drawing, 0 to 1, one list for each side."""

    seconds: float
    caller: list[float]
    agent: list[float]


@dataclass(frozen=True, slots=True)
class Sound:
    """A kept file of a call, named relative to the recordings folder."""

    file: str
    peaks: str
    seconds: float
    channels: int


async def sound(world: World, call: str, kind: str) -> Sound | None:
    """Find a call's audio by kind: talk or message."""
    row = _TABLE.c
    query = select(row.file, row.peaks, row.seconds, row.channels).where(
        row.call == call, row.kind == kind, row.state == "kept"
    )
    async with world.db.read() as connection:
        found = (await connection.execute(query)).first()
    return Sound(*found) if found else None


def below(root: Path, name: str) -> Path:
    """Give the file of this name if it really lies below the root; Said when not there."""
    if not name or "\0" in name:
        raise Said("recording_gone")
    top = root.resolve()
    file = (top / name).resolve()
    if not file.is_relative_to(top) or not file.is_file():
        raise Said("recording_gone")
    return file


def fetched(world: World, name: str) -> Path:
    """Give a kept file: from this machine, else from where the storage keeps it."""
    try:
        return below(world.recordings, name)
    except Said:
        if not name:
            raise
    try:
        return world.storage.path(name)
    except (NotFound, Refused) as gone:
        raise Said("recording_gone") from gone


async def play(ask: Ask[Nothing, Nothing], name: str, what: str) -> web.StreamResponse:
    """Send a kept file, in pieces when asked by Range; the first piece is audited as `what`."""
    file = await asyncio.to_thread(fetched, ask.world, name)
    if ask.request.headers.get("Range", "bytes=0-").startswith("bytes=0-"):
        # a player asks for one recording in many pieces; the first one is the listening
        await ask.world.note(ask.me.login, what, ask.path("call"))
    kind = TYPES.get(file.suffix, "application/octet-stream")
    headers = {"Content-Type": kind, "Cache-Control": "private, no-store"}
    if not await asyncio.to_thread(is_sealed, file):
        return web.FileResponse(file, headers=headers)
    sealed = await asyncio.to_thread(_unlocked, ask.world, file)
    return await send(ask.request, sealed, headers)


def _unlocked(world: World, file: Path) -> Sealed:
    return unlocked(file, world.keys.ring())


async def send(
    request: web.Request, sealed: Sealed, headers: Mapping[str, str]
) -> web.StreamResponse:
    """Send the sound of a locked file, or the asked range of it; only that much is unlocked."""
    whole = {**headers, "Accept-Ranges": "bytes"}
    try:
        start, stop, _ = request.http_range.indices(sealed.length)
    except ValueError:
        start = stop = sealed.length
    ranged = "Range" in request.headers
    if ranged and start >= stop:
        return web.Response(status=416, headers={"Content-Range": f"bytes */{sealed.length}"})
    pieces = sealed.pieces(start, stop)
    first = await asyncio.to_thread(next, pieces, b"")  # damage shows before anything is sent
    if ranged:
        whole["Content-Range"] = f"bytes {start}-{stop - 1}/{sealed.length}"
    answer = web.StreamResponse(status=206 if ranged else 200, headers=whole)
    answer.content_length = stop - start
    await answer.prepare(request)
    try:
        while first:
            await answer.write(first)
            first = await asyncio.to_thread(next, pieces, b"")
    except Damaged as damaged:
        # too late for an error page: the player sees that it ends too soon
        log.error("%s", damaged)
        if request.transport is not None:
            request.transport.close()
    return answer


@recordings.route("GET ./recordings/{call}", LISTEN, gives="audio/mpeg")
async def play_recording(ask: Ask[Nothing, Nothing]) -> web.StreamResponse:
    """Play a call's recording, in pieces when asked by Range; listening is audited."""
    await check_call(ask.world, ask.me, ask.path("call"))
    found = await sound(ask.world, ask.path("call"), TALK)
    return await play(ask, found.file if found else "", "recording.listen")


@recordings.route("GET ./recordings/{call}/peaks", LISTEN)
async def show_peaks(ask: Ask[Nothing, Nothing]) -> Peaks:
    """Give the loudness of both sides, for drawing the waveform."""
    await check_call(ask.world, ask.me, ask.path("call"))
    found = await sound(ask.world, ask.path("call"), TALK)
    file = await asyncio.to_thread(fetched, ask.world, found.peaks if found else "")
    text = await asyncio.to_thread(file.read_text, "utf-8")
    data = json.loads(text)
    return Peaks(seconds=data["seconds"], caller=data["caller"], agent=data["agent"])
