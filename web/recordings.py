"""Recordings and voicemail: the file's place comes from the journal, never from the request."""

import asyncio
import json
from pathlib import Path

from aiohttp import web

from domain.errors import Unavailable
from domain.events import MessageLeft, Record, RecordingKept
from store import JournalReader
from web.errors import Said
from web.table import Ask, Nothing, Schema, table
from web.world import World

recordings = table("recordings")

LISTEN = "recording.listen"
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


def _journal(world: World, call: str) -> list[Record]:
    try:
        reader = JournalReader(world.data / "journal" / "journal.db")
    except Unavailable:
        return []
    try:
        return reader.read_call(call)
    finally:
        reader.close()


async def kept(world: World, call: str) -> RecordingKept | None:
    """Find a call's recording, the newest when it was made again."""
    records = await asyncio.to_thread(_journal, world, call)
    found = [record.event for record in records if isinstance(record.event, RecordingKept)]
    return found[-1] if found else None


async def message(world: World, call: str) -> MessageLeft | None:
    """Find the voicemail of a call."""
    records = await asyncio.to_thread(_journal, world, call)
    found = [record.event for record in records if isinstance(record.event, MessageLeft)]
    return found[-1] if found else None


def below(root: Path, name: str) -> Path:
    """Give the file of this name if it really lies below the root; Said when not there."""
    if not name or "\0" in name:
        raise Said("recording_gone")
    top = root.resolve()
    file = (top / name).resolve()
    if not file.is_relative_to(top) or not file.is_file():
        raise Said("recording_gone")
    return file


async def _play(ask: Ask[Nothing, Nothing], name: str, what: str) -> web.StreamResponse:
    file = below(ask.world.recordings, name)
    if ask.request.headers.get("Range", "bytes=0-").startswith("bytes=0-"):
        # a player asks for one recording in many pieces; the first one is the listening
        await ask.world.note(ask.me.login, what, ask.path("call"))
    kind = TYPES.get(file.suffix, "application/octet-stream")
    headers = {"Content-Type": kind, "Cache-Control": "private, no-store"}
    return web.FileResponse(file, headers=headers)


@recordings.route("GET ./recordings/{call}", LISTEN, gives="audio/mpeg")
async def play_recording(ask: Ask[Nothing, Nothing]) -> web.StreamResponse:
    """Play a call's recording, in pieces when asked by Range; listening is audited."""
    found = await kept(ask.world, ask.path("call"))
    return await _play(ask, found.file if found else "", "recording.listen")


@recordings.route("GET ./recordings/{call}/peaks", LISTEN)
async def show_peaks(ask: Ask[Nothing, Nothing]) -> Peaks:
    """Give the loudness of both sides, for drawing the waveform."""
    found = await kept(ask.world, ask.path("call"))
    file = below(ask.world.recordings, found.peaks if found else "")
    text = await asyncio.to_thread(file.read_text, "utf-8")
    data = json.loads(text)
    return Peaks(seconds=data["seconds"], caller=data["caller"], agent=data["agent"])


@recordings.route("GET ./messages/{call}", LISTEN, gives="audio/mpeg")
async def play_message(ask: Ask[Nothing, Nothing]) -> web.StreamResponse:
    """Play the voicemail that a caller left; listening is audited."""
    found = await message(ask.world, ask.path("call"))
    return await _play(ask, found.file if found else "", "message.listen")
