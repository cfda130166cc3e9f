"""The emergency switch: hold a hotline, or all, open or closed by hand, at once.

No publish is needed. Each turn is written into the audit trail, and into the journal with the
login of who did it.
"""

from typing import Annotated, Any, Literal

from pydantic import Field

from domain.clock import DAY_MS
from web.errors import Said
from web.floor import part
from web.schema_board import SwitchNow, Told
from web.schema_desk import Done
from web.scope import check_hotline, scope_of
from web.table import Ask, Nothing, Schema, table

switches = table("emergency switch")

SWITCH = "hotlines.switch"
ALL = "all"
"""Stands for every hotline in the path."""
LONGEST_MS = 366 * DAY_MS


class Turn(Schema):
    """How a hotline is held. `until` UTC ms, 0 = until let go; `prompt` is played first."""

    state: Literal["open", "closed"]
    until: Annotated[int, Field(ge=0)] = 0
    reason: Annotated[str, Field(min_length=1, max_length=100)]
    prompt: Annotated[str, Field(max_length=64, pattern=r"^[a-z0-9_/-]*$")] = ""


class Sentence(Told):
    """A sentence of the firm's own that may be played."""

    id: str
    zh: str
    en: str


class Switches(Told):
    """What is held now, and the firm's sentences that may be played."""

    rows: list[SwitchNow]
    prompts: list[Sentence]


@switches.route("GET ./switches", SWITCH)
async def list_switches(ask: Ask[Nothing, Nothing]) -> Switches:
    """List what is held open or closed by hand, and the sentences to choose from."""
    now, floor = ask.world.config.now, ask.world.engine.floor
    seen = part({"switches": floor.of_leaders["switches"]}, scope_of(ask.world, ask.me))
    rows = [SwitchNow.model_validate(row) for row in seen["switches"]]
    own = [Sentence(id=each.id, zh=each.zh, en=each.en) for each in now.prompts]
    return Switches(rows=rows, prompts=own)


@switches.route("PUT ./hotlines/{number}/switch", SWITCH)
async def turn_switch(ask: Ask[Nothing, Turn]) -> Done:
    """Hold a hotline (`all`: every one) open or closed from now on, with the reason."""
    body, now = ask.body, ask.world.clock.utc_ms()
    if body.until and not now < body.until < now + LONGEST_MS:
        raise Said(
            "refused", field="until", zh="结束时间应在将来。", en="The end must lie in the future."
        )
    known = {each.id for each in ask.world.config.now.prompts}
    if body.prompt and body.prompt not in known:
        raise Said("refused", field="prompt", zh="没有这句话。", en="There is no such sentence.")
    return await _switch(ask, body.model_dump())


@switches.route("DELETE ./hotlines/{number}/switch", SWITCH)
async def let_go(ask: Ask[Nothing, Nothing]) -> Done:
    """Let a hotline (`all`: every one) go by its calendar again."""
    return await _switch(ask, {"state": ""})


async def _switch(ask: Ask[Any, Any], how: dict[str, Any]) -> Done:
    number = ask.path("number")
    if number != ALL and number not in {each.number for each in ask.world.config.now.hotlines}:
        raise Said("not_found")
    hotline = "" if number == ALL else number
    check_hotline(ask.me, hotline)
    await ask.world.engine.ask("hotline.switch", hotline=hotline, by=ask.me.login, **how)
    await ask.world.note(ask.me.login, "hotline.switch", number, how)
    return Done()
