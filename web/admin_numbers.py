"""Admin pages of numbers that are never called (免打扰名单). Each change is a new version."""

from office.edit import drop_do_not_call, put_do_not_call
from office.model import DoNotCall
from web.listed import changed, fresh, known, publish, publish_drop, today
from web.schema_admin import DoNotCallEntry, DoNotCallList, Published
from web.table import Ask, Nothing, table

LIST = "do_not_call"
numbers = table("admin: do not call")


@numbers.route("GET ./admin/do-not-call", "admin.do_not_call")
async def list_numbers(ask: Ask[Nothing, Nothing]) -> DoNotCallList:
    """List the numbers that are never called."""
    config = ask.world.config
    return DoNotCallList(version=config.version, rows=list[DoNotCall](config.now.do_not_call))


@numbers.route("POST ./admin/do-not-call", "admin.do_not_call")
async def add_number(ask: Ask[Nothing, DoNotCallEntry]) -> Published:
    """Bar a number; without a date it is barred since today."""
    entry = fresh(ask, LIST) | {"since": ask.body.entry.since or today(ask)}
    return await publish(ask, LIST, "+", entry["number"], lambda now: put_do_not_call(now, entry))


@numbers.route("PUT ./admin/do-not-call/{number}", "admin.do_not_call")
async def put_number(ask: Ask[Nothing, DoNotCallEntry]) -> Published:
    """Change since when and why a number is barred."""
    entry = changed(ask, LIST)
    return await publish(ask, LIST, "", entry["number"], lambda now: put_do_not_call(now, entry))


@numbers.route("DELETE ./admin/do-not-call/{number}", "admin.do_not_call")
async def drop_number(ask: Ask[Nothing, Nothing]) -> Published:
    """Let a number be called again."""
    number = known(ask, LIST)
    return await publish_drop(ask, LIST, number, lambda now: drop_do_not_call(now, number))
