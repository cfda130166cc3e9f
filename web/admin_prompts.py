"""Admin: every sentence that callers may hear, the firm's own ones, and what they sound like."""

import asyncio
from pathlib import Path

from aiohttp import web

from domain.errors import NotFound
from office import Config, edit
from office.model import Hotline
from office.sheet import write_sheet
from office.texts import both
from speech import alaw, tone
from switchboard.listing import Line, heard_on, script
from switchboard.speaking import said_of
from switchboard.voices import TAKES, Source, Voices
from web.publishing import change
from web.schema_admin import Published
from web.schema_prompts import (
    DemoVoice,
    PlaceQuery,
    PromptList,
    PromptRow,
    PromptsQuery,
    ScriptQuery,
    SentenceEntry,
    Tongue,
    Voiced,
)
from web.table import Ask, Nothing, table
from web.world import World

prompts = table("admin: prompts")

RIGHT = "admin.prompts"
LANGUAGES: tuple[Tongue, ...] = ("zh", "en")
NO_STORE = {"Cache-Control": "private, no-store"}


def voices_of(world: World) -> Voices:
    """Give what the published configuration sounds like."""
    voices = Voices(world.data / "prompts", said_of(world.settings))
    voices.take(world.config.now)
    return voices


@prompts.route("GET ./admin/prompts", RIGHT)
async def list_prompts(ask: Ask[PromptsQuery, Nothing]) -> PromptList:
    """List every sentence with its text and where its sound comes from, in both languages."""
    world, config = ask.world, ask.world.config
    rows, demo = await asyncio.to_thread(_listed, world, ask.query.hotline)
    engine = world.settings.speech.engine
    return PromptList(version=config.version, engine=engine, demo=demo, rows=rows)


def _listed(world: World, hotline: str) -> tuple[list[PromptRow], list[DemoVoice]]:
    voices, now = voices_of(world), world.config.now
    rows = [
        PromptRow(
            id=line.id,
            kind=line.kind,
            own=line.own,
            zh=_voiced(voices, line, "zh", hotline),
            en=_voiced(voices, line, "en", hotline),
        )
        for line in script(now)
    ]
    return rows, demo_voices(world)


def _voiced(voices: Voices, line: Line, language: Tongue, hotline: str) -> Voiced | None:
    text = line.texts.get(language, "")
    if not text:
        return None
    found = voices.source(line.id, language, hotline)
    mark = found.file.stem if found.file and found.file.parent.name == TAKES else ""
    return Voiced(text=text, source=found.kind, seconds=_seconds(found), audio=mark)


def _seconds(found: Source) -> float:
    if found.file is None or not found.file.is_file():
        return 0.0
    size = found.file.stat().st_size
    samples = (size - 44) / 2 if found.file.suffix == ".wav" else size
    return round(max(0.0, samples) / tone.RATE, 2)


def demo_voices(world: World) -> list[DemoVoice]:
    """Name the hotlines whose callers still hear the demo's voice."""
    voices, now = voices_of(world), world.config.now
    found = []
    for hotline in now.hotlines:
        count = sum(_is_demo(voices, hotline, name) for name in heard_on(now, hotline))
        if count:
            name, language = hotline.name, hotline.language
            found.append(
                DemoVoice(number=hotline.number, name=name, language=language, prompts=count)
            )
    return found


def _is_demo(voices: Voices, hotline: Hotline, name: str) -> bool:
    return voices.source(name, hotline.language, hotline.number).kind == "shipped"


@prompts.route("PUT ./admin/prompts", RIGHT)
async def put_sentence(ask: Ask[Nothing, SentenceEntry]) -> Published:
    """Add or change a sentence of the firm's own; it is spoken before it goes live."""
    entry = ask.body.entry.model_dump(mode="json")

    def put(now: Config) -> Config:
        return edit.put_sentence(now, entry)

    return await change(ask, f"prompts {ask.body.entry.id}", put, ask.body.base)


@prompts.route("DELETE ./admin/prompts/{id}", RIGHT)
async def drop_sentence(ask: Ask[Nothing, Nothing]) -> Published:
    """Remove a sentence of the firm's own; one that a flow still says is refused with its line."""
    name = ask.path("id")
    return await change(ask, f"prompts -{name}", lambda now: edit.drop_sentence(now, name))


@prompts.route("GET ./admin/prompts/sound", RIGHT, gives="audio/wav")
async def play_prompt(ask: Ask[PlaceQuery, Nothing]) -> web.StreamResponse:
    """Play a prompt as callers hear it."""
    query = ask.query
    found = voices_of(ask.world).source(query.prompt, query.language, query.hotline)
    if found.file is None or not found.file.is_file():
        raise NotFound(both("这句还没有声音", "this prompt has no sound yet"))
    data = await asyncio.to_thread(_wav, found.file)
    return web.Response(body=data, content_type="audio/wav", headers=NO_STORE)


def _wav(file: Path) -> bytes:
    data = file.read_bytes()
    return data if file.suffix == ".wav" else tone.as_wav(alaw.decode(data))


@prompts.route("GET ./admin/prompts/script.csv", RIGHT, gives="text/csv")
async def export_script(ask: Ask[ScriptQuery, Nothing]) -> web.StreamResponse:
    """Download what is to be read aloud, one numbered sentence a line."""
    language, kind = ask.query.language, ask.query.kind
    lines = [
        line
        for line in script(ask.world.config.now)
        if language in line.texts and kind in ("all", line.kind)
    ]
    rows = [
        (str(number), line.id, line.kind, line.texts[language], line.own.note if line.own else "")
        for number, line in enumerate(lines, 1)
    ]
    data = write_sheet(("no", "prompt", "kind", "text", "note"), rows)
    name = {"Content-Disposition": f'attachment; filename="script-{language}.csv"'}
    return web.Response(body=data, headers=name, content_type="text/csv", charset="utf-8")
