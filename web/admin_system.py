"""Admin: before maintenance, no new calls; and the support bundle for whoever helps from afar."""

from functools import partial
from pathlib import Path
from typing import Annotated, Any, Literal

from aiohttp import web
from pydantic import Field

from switchboard.installation import Installation
from switchboard.support import bundle, log_folder, our_version
from watch.checks import examine
from web.aside import TYPES, send_made
from web.errors import Said
from web.table import Ask, Nothing, Schema, table

system = table("admin: maintenance")

NEEDS = "admin.system"


class DrainNow(Schema):
    """Whether new calls are turned away, how many people are in calls; and how, and by whom."""

    on: bool
    left: int
    new: str = ""
    prompt: str = ""
    by: str = ""


class NewCalls(Schema):
    """What new callers get: a sentence (`prompt`, "" = our usual excuse) or the busy tone."""

    new: Literal["message", "busy"] = "message"
    prompt: Annotated[str, Field(max_length=64, pattern=r"^[a-z0-9_/-]*$")] = ""


@system.route("GET ./admin/drain", NEEDS)
async def show_drain(ask: Ask[Nothing, Nothing]) -> DrainNow:
    """Tell whether new calls are turned away, and how many are left."""
    return await _drain(ask, do="look")


@system.route("PUT ./admin/drain", NEEDS)
async def begin_drain(ask: Ask[Nothing, NewCalls]) -> DrainNow:
    """Turn new calls away from now on; those in progress go on until their people end them."""
    known = {each.id for each in ask.world.config.now.prompts}
    if ask.body.prompt and ask.body.prompt not in known:
        raise Said("refused", field="prompt", zh="没有这句话。", en="There is no such sentence.")
    how = ask.body.model_dump()
    now = await _drain(ask, do="begin", **how)
    await ask.world.note(ask.me.login, "drain.begin", "all", how)
    return now


@system.route("DELETE ./admin/drain", NEEDS)
async def end_drain(ask: Ask[Nothing, Nothing]) -> DrainNow:
    """Take new calls again."""
    now = await _drain(ask, do="end")
    await ask.world.note(ask.me.login, "drain.end", "all")
    return now


@system.route("POST ./admin/support", NEEDS, gives=TYPES[".gz"])
async def make_support(ask: Ask[Nothing, Nothing]) -> web.StreamResponse:
    """Give the support bundle: no secret, no caller's number, no sound; audited."""
    await ask.world.note(ask.me.login, "support.bundle", "all")
    return await send_made(ask.request, ask.world, "yingda-support.tar.gz", _bundle)


async def _bundle(around: Installation, file: Path) -> list[str]:
    return await bundle(around, partial(examine, around), file, our_version(), log_folder())


async def _drain(ask: Ask[Any, Any], **wish: Any) -> DrainNow:
    found = await ask.world.engine.ask("drain", by=ask.me.login, **wish)
    return DrainNow.model_validate(found)
