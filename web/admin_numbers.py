"""Admin pages of numbers that are never called (免打扰名单). Each change is a new version."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from domain.errors import Conflict, NotFound
from domain.numbers import mask
from office.do_not_call import is_barred
from office.edit import drop_do_not_call, put_do_not_call
from office.model import Config, DoNotCall
from office.texts import both
from web.publishing import change
from web.schema_admin import DoNotCallEntry, DoNotCallList, Published
from web.table import Ask, Nothing, table

numbers = table("admin: do not call")
Edit = Callable[[Config], Config]


@numbers.route("GET ./admin/do-not-call", "admin.do_not_call")
async def list_numbers(ask: Ask[Nothing, Nothing]) -> DoNotCallList:
    """List the numbers that are never called."""
    config = ask.world.config
    return DoNotCallList(version=config.version, rows=list[DoNotCall](config.now.do_not_call))


@numbers.route("POST ./admin/do-not-call", "admin.do_not_call")
async def add_number(ask: Ask[Nothing, DoNotCallEntry]) -> Published:
    """Bar a number; without a date it is barred since today."""
    entry = ask.body.entry
    if is_barred(ask.world.config.now, entry.number):
        raise Conflict(both("号码已在名单上", "the number is on the list already"))
    dated = entry.model_dump(mode="json") | {"since": entry.since or _today(ask)}
    return await _publish(ask, "+", entry.number, lambda now: put_do_not_call(now, dated))


@numbers.route("PUT ./admin/do-not-call/{number}", "admin.do_not_call")
async def put_number(ask: Ask[Nothing, DoNotCallEntry]) -> Published:
    """Change since when and why a number is barred."""
    number = _known(ask)
    entry = ask.body.entry.model_dump(mode="json") | {"number": number}
    return await _publish(ask, "", number, lambda now: put_do_not_call(now, entry))


@numbers.route("DELETE ./admin/do-not-call/{number}", "admin.do_not_call")
async def drop_number(ask: Ask[Nothing, Nothing]) -> Published:
    """Let a number be called again."""
    number = _known(ask)
    note = f"do_not_call -{mask(number)}"
    return await change(ask, note, lambda now: drop_do_not_call(now, number))


async def _publish(
    ask: Ask[Nothing, DoNotCallEntry], sign: str, number: str, edit: Edit
) -> Published:
    return await change(ask, f"do_not_call {sign}{mask(number)}", edit, ask.body.base)


def _known(ask: Ask[Nothing, Any]) -> str:
    number = ask.path("number")
    if not is_barred(ask.world.config.now, number):
        raise NotFound(both("名单上没有这个号码", "the number is not on the list"))
    return number


def _today(ask: Ask[Nothing, Any]) -> str:
    zone = ZoneInfo(ask.world.config.now.firm.calls_out.timezone)
    return datetime.fromtimestamp(ask.world.clock.utc_ms() / 1000, zone).date().isoformat()
