"""Admin: recordings of prompts: uploaded one by one or as one long take, and back to earlier ones.

Which recording is in force stands in the configuration, so that a set is one version of it.
"""

import asyncio
from collections.abc import Sequence
from typing import Any

from aiohttp import web

from domain.errors import Fault, NotFound, Refused
from office import Config, edit, takes as remembered
from office.spoken import Take
from office.texts import both
from speech.cut import Piece
from switchboard.listing import script
from switchboard.studio import Cut, Studio
from web.admin_prompts import NO_STORE, RIGHT
from web.publishing import change
from web.schema_admin import Published
from web.schema_prompts import (
    LongPiece,
    LongQuery,
    LongTake,
    LongUse,
    LongUsed,
    PlaceQuery,
    Recorded,
    SliceQuery,
    TakeChoice,
    TakeList,
    TakeRow,
)
from web.table import Ask, Nothing, table
from web.upload import uploaded
from web.world import World

takes = table("admin: recordings of prompts")

LARGEST = 10 * 1024 * 1024
LARGEST_TAKE = 64 * 1024 * 1024


def _studio(world: World) -> Studio:
    return Studio(world.data / "prompts")


def _place(given: PlaceQuery | TakeChoice) -> tuple[str, str, str]:
    return given.hotline, given.language, given.prompt


def _check_prompts(world: World, names: Sequence[str], language: str) -> None:
    """Refuse recordings of what nobody says in this language."""
    known = {line.id for line in script(world.config.now) if language in line.texts}
    if unknown := sorted(set(names) - known):
        listed = ", ".join(unknown[:5])
        text = both(f"没有这句提示音：{listed}", f"no such prompt in this language: {listed}")
        raise Refused(Fault("", 0, "prompt", text))


@takes.route("GET ./admin/prompts/takes", RIGHT)
async def list_takes(ask: Ask[PlaceQuery, Nothing]) -> TakeList:
    """List the recordings that were ever in force for a prompt, the newest first."""
    place = _place(ask.query)
    now = {take.place: take.audio for take in ask.world.config.now.takes}.get(place, "")
    studio = _studio(ask.world)
    rows = [
        TakeRow(
            audio=each.audio,
            seconds=each.seconds,
            file=each.file,
            batch=each.batch,
            at=each.at,
            by=each.by,
            current=each.audio == now,
            here=studio.file(each.audio).is_file(),
        )
        for each in await remembered.earlier(ask.world.db, place)
    ]
    return TakeList(rows=rows)


@takes.route("GET ./admin/prompts/takes/{audio}", RIGHT, gives="audio/wav")
async def play_take(ask: Ask[Nothing, Nothing]) -> web.StreamResponse:
    """Play a recording, in force or not."""
    mark = ask.path("audio")
    file = _studio(ask.world).file(mark)
    if not mark.isalnum() or not file.is_file():
        raise NotFound(both("没有这段录音", "there is no such recording"))
    data = await asyncio.to_thread(file.read_bytes)
    return web.Response(body=data, content_type="audio/wav", headers=NO_STORE)


@takes.route("POST ./admin/prompts/takes", RIGHT, takes="multipart/form-data")
async def upload_take(ask: Ask[PlaceQuery, Nothing]) -> Recorded:
    """Put an uploaded recording (wav, mp3, … 10 MB, 2 minutes) in force for one prompt."""
    query = ask.query
    _check_prompts(ask.world, [query.prompt], query.language)
    name, data = await uploaded(ask, LARGEST)
    mark, seconds = await _studio(ask.world).record(data, name)
    take = Take(prompt=query.prompt, language=query.language, hotline=query.hotline, audio=mark)
    published = await _put(ask, [take], f"takes {' '.join(take.place).strip()}")
    made = remembered.kept(take, seconds, name, 0, (ask.me.login, ask.world.clock.utc_ms()))
    await remembered.remember(ask.world.db, [made])
    return Recorded(audio=mark, seconds=round(seconds, 2), published=published)


@takes.route("PUT ./admin/prompts/takes", RIGHT)
async def choose_take(ask: Ask[Nothing, TakeChoice]) -> Published:
    """Go back to an earlier recording, or ("") to what was played before anybody recorded."""
    body, place = ask.body, _place(ask.body)
    if not body.audio:
        note = f"takes -{' '.join(place).strip()}"
        return await change(ask, note, lambda now: edit.drop_take(now, place))
    known = {each.audio for each in await remembered.earlier(ask.world.db, place)}
    if body.audio not in known or not _studio(ask.world).file(body.audio).is_file():
        raise NotFound(both("没有这段录音", "there is no such recording"))
    take = Take.model_validate(body.model_dump())
    return await _put(ask, [take], f"takes {' '.join(place).strip()} = {body.audio}")


@takes.route("POST ./admin/prompts/long", RIGHT, takes="multipart/form-data")
async def upload_long(ask: Ask[LongQuery, Nothing]) -> LongTake:
    """Look at one long take (64 MB, an hour) in which the script was read: where it falls apart."""
    name, data = await uploaded(ask, LARGEST_TAKE)
    studio = _studio(ask.world)
    draft = await studio.draft(data, name)
    return _cut(await studio.look(draft, ask.query.wanted, ask.query.min_silence_s))


@takes.route("GET ./admin/prompts/long/{draft}", RIGHT)
async def cut_long(ask: Ask[LongQuery, Nothing]) -> LongTake:
    """Cut the same long take by another silence."""
    query = ask.query
    studio = _studio(ask.world)
    return _cut(await studio.look(ask.path("draft"), query.wanted, query.min_silence_s))


@takes.route("GET ./admin/prompts/long/{draft}/sound", RIGHT, gives="audio/wav")
async def play_long(ask: Ask[SliceQuery, Nothing]) -> web.StreamResponse:
    """Play a stretch of a long take."""
    stretch = Piece(ask.query.start_s, ask.query.end_s)
    data = await _studio(ask.world).slice(ask.path("draft"), stretch)
    return web.Response(body=data, content_type="audio/wav", headers=NO_STORE)


@takes.route("POST ./admin/prompts/long/{draft}", RIGHT)
async def use_long(ask: Ask[Nothing, LongUse]) -> LongUsed:
    """Put every stretch in force as the prompt it is: one version of the configuration."""
    body, world = ask.body, ask.world
    _check_prompts(world, [each.prompt for each in body.pieces], body.language)
    stretches = [Piece(each.start_s, each.end_s) for each in body.pieces]
    made = await _studio(world).use(ask.path("draft"), stretches)
    chosen = [
        Take(prompt=each.prompt, language=body.language, hotline=body.hotline, audio=mark)
        for each, (mark, _) in zip(body.pieces, made, strict=True)
    ]
    note = f"takes {body.hotline} {body.language} × {len(chosen)}"
    published = await _put(ask, chosen, note)
    who = (ask.me.login, world.clock.utc_ms())
    kept = [
        remembered.kept(take, seconds, ask.path("draft"), published.version, who)
        for take, (_, seconds) in zip(chosen, made, strict=True)
    ]
    await remembered.remember(world.db, kept)
    return LongUsed(takes=len(chosen), published=published)


async def _put(ask: Ask[Any, Any], chosen: Sequence[Take], note: str) -> Published:
    def put(now: Config) -> Config:
        return edit.put_takes(now, chosen)

    return await change(ask, note, put)


def _cut(cut: Cut) -> LongTake:
    return LongTake(
        draft=cut.draft,
        seconds=round(cut.seconds, 2),
        min_silence_s=cut.min_silence_s,
        pieces=[LongPiece(start_s=each.start_s, end_s=each.end_s) for each in cut.pieces],
    )
