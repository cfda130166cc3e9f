"""Admin pages of callers whom the firm treats apart: VIPs and the blacklist."""

from office import edit
from office.model import Blocked, Vip
from web.listed import changed, fresh, known, publish, publish_drop, today
from web.schema_admin import Published
from web.schema_firm import Blacklist, BlacklistEntry, VipEntry, VipList
from web.table import Ask, Nothing, table

callers = table("admin: callers")


@callers.route("GET ./admin/vip", "admin.callers")
async def list_vips(ask: Ask[Nothing, Nothing]) -> VipList:
    """List the callers who are served earlier (贵宾)."""
    config = ask.world.config
    return VipList(version=config.version, rows=list[Vip](config.now.vip))


@callers.route("POST ./admin/vip", "admin.callers")
async def add_vip(ask: Ask[Nothing, VipEntry]) -> Published:
    """Serve a caller earlier."""
    entry = fresh(ask, "vip")
    return await publish(ask, "vip", "+", entry["number"], lambda now: edit.put_vip(now, entry))


@callers.route("PUT ./admin/vip/{number}", "admin.callers")
async def put_vip(ask: Ask[Nothing, VipEntry]) -> Published:
    """Change how much earlier, and why."""
    entry = changed(ask, "vip")
    return await publish(ask, "vip", "", entry["number"], lambda now: edit.put_vip(now, entry))


@callers.route("DELETE ./admin/vip/{number}", "admin.callers")
async def drop_vip(ask: Ask[Nothing, Nothing]) -> Published:
    """Serve a caller like every other."""
    number = known(ask, "vip")
    return await publish_drop(ask, "vip", number, lambda now: edit.drop_vip(now, number))


@callers.route("GET ./admin/blacklist", "admin.callers")
async def list_blocked(ask: Ask[Nothing, Nothing]) -> Blacklist:
    """List the callers who are not let in (黑名单)."""
    config = ask.world.config
    return Blacklist(version=config.version, rows=list[Blocked](config.now.blacklist))


@callers.route("POST ./admin/blacklist", "admin.callers")
async def add_blocked(ask: Ask[Nothing, BlacklistEntry]) -> Published:
    """Let a caller in no more; without a date since today."""
    entry = fresh(ask, "blacklist") | {"since": ask.body.entry.since or today(ask)}
    return await publish(
        ask, "blacklist", "+", entry["number"], lambda now: edit.put_blocked(now, entry)
    )


@callers.route("PUT ./admin/blacklist/{number}", "admin.callers")
async def put_blocked(ask: Ask[Nothing, BlacklistEntry]) -> Published:
    """Change why a caller is not let in, and what is heard."""
    entry = changed(ask, "blacklist")
    return await publish(
        ask, "blacklist", "", entry["number"], lambda now: edit.put_blocked(now, entry)
    )


@callers.route("DELETE ./admin/blacklist/{number}", "admin.callers")
async def drop_blocked(ask: Ask[Nothing, Nothing]) -> Published:
    """Let a caller in again."""
    number = known(ask, "blacklist")
    return await publish_drop(ask, "blacklist", number, lambda now: edit.drop_blocked(now, number))
