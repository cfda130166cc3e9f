"""Admin pages of callers whom the firm treats apart: VIPs and the blacklist."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from domain.errors import Conflict, NotFound
from domain.numbers import mask, parse
from office import edit
from office.model import Blocked, Config, Vip
from office.texts import both
from web.publishing import change
from web.schema_admin import Published
from web.schema_firm import Blacklist, BlacklistEntry, VipEntry, VipList
from web.table import Ask, Nothing, table

callers = table("admin: callers")
Edit = Callable[[Config], Config]


@callers.route("GET ./admin/vip", "admin.callers")
async def list_vips(ask: Ask[Nothing, Nothing]) -> VipList:
    """List the callers who are served earlier (贵宾)."""
    config = ask.world.config
    return VipList(version=config.version, rows=list[Vip](config.now.vip))


@callers.route("POST ./admin/vip", "admin.callers")
async def add_vip(ask: Ask[Nothing, VipEntry]) -> Published:
    """Serve a caller earlier."""
    entry = _new(ask, "vip")
    return await _publish(ask, "vip", "+", lambda now: edit.put_vip(now, entry))


@callers.route("PUT ./admin/vip/{number}", "admin.callers")
async def put_vip(ask: Ask[Nothing, VipEntry]) -> Published:
    """Change how much earlier, and why."""
    entry = _changed(ask, "vip")
    return await _publish(ask, "vip", "", lambda now: edit.put_vip(now, entry))


@callers.route("DELETE ./admin/vip/{number}", "admin.callers")
async def drop_vip(ask: Ask[Nothing, Nothing]) -> Published:
    """Serve a caller like every other."""
    number = _known(ask, "vip")
    return await change(ask, f"vip -{mask(number)}", lambda now: edit.drop_vip(now, number))


@callers.route("GET ./admin/blacklist", "admin.callers")
async def list_blocked(ask: Ask[Nothing, Nothing]) -> Blacklist:
    """List the callers who are not let in (黑名单)."""
    config = ask.world.config
    return Blacklist(version=config.version, rows=list[Blocked](config.now.blacklist))


@callers.route("POST ./admin/blacklist", "admin.callers")
async def add_blocked(ask: Ask[Nothing, BlacklistEntry]) -> Published:
    """Let a caller in no more; without a date since today."""
    entry = _new(ask, "blacklist") | {"since": ask.body.entry.since or _today(ask)}
    return await _publish(ask, "blacklist", "+", lambda now: edit.put_blocked(now, entry))


@callers.route("PUT ./admin/blacklist/{number}", "admin.callers")
async def put_blocked(ask: Ask[Nothing, BlacklistEntry]) -> Published:
    """Change why a caller is not let in, and what is heard."""
    entry = _changed(ask, "blacklist")
    return await _publish(ask, "blacklist", "", lambda now: edit.put_blocked(now, entry))


@callers.route("DELETE ./admin/blacklist/{number}", "admin.callers")
async def drop_blocked(ask: Ask[Nothing, Nothing]) -> Published:
    """Let a caller in again."""
    number = _known(ask, "blacklist")
    return await change(
        ask, f"blacklist -{mask(number)}", lambda now: edit.drop_blocked(now, number)
    )


async def _publish(ask: Ask[Nothing, Any], name: str, sign: str, put: Edit) -> Published:
    note = f"{name} {sign}{mask(ask.body.entry.number)}"
    return await change(ask, note, put, ask.body.base)


def _listed(ask: Ask[Nothing, Any], name: str, number: str) -> bool:
    key = parse(number)
    return any(entry.number == key for entry in getattr(ask.world.config.now, name))


def _new(ask: Ask[Nothing, Any], name: str) -> dict[str, Any]:
    if _listed(ask, name, ask.body.entry.number):
        raise Conflict(both("号码已在名单上", "the number is on the list already"))
    entry: dict[str, Any] = ask.body.entry.model_dump(mode="json")
    return entry


def _changed(ask: Ask[Nothing, Any], name: str) -> dict[str, Any]:
    number = _known(ask, name)
    entry: dict[str, Any] = ask.body.entry.model_dump(mode="json")
    return entry | {"number": number}


def _known(ask: Ask[Nothing, Any], name: str) -> str:
    number = ask.path("number")
    if not _listed(ask, name, number):
        raise NotFound(both("名单上没有这个号码", "the number is not on the list"))
    return number


def _today(ask: Ask[Nothing, Any]) -> str:
    zone = ZoneInfo(ask.world.config.now.firm.calls_out.timezone)
    return datetime.fromtimestamp(ask.world.clock.utc_ms() / 1000, zone).date().isoformat()
