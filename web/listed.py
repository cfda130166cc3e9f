"""What the pages of listed numbers share: VIPs, the blacklist, numbers never called.

Each change is a new version of the configuration; in its note the number is masked.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from domain.errors import Conflict, NotFound
from domain.numbers import mask, parse
from office.model import Config
from office.texts import both
from web.publishing import change
from web.schema_admin import Published
from web.table import Ask, Nothing

Edit = Callable[[Config], Config]


async def publish(
    ask: Ask[Nothing, Any], name: str, sign: str, number: str, put: Edit
) -> Published:
    """Publish an added ("+") or changed ("") entry of the list `name`."""
    return await change(ask, f"{name} {sign}{mask(number)}", put, ask.body.base)


async def publish_drop(ask: Ask[Nothing, Nothing], name: str, number: str, drop: Edit) -> Published:
    """Publish the list `name` without a number."""
    return await change(ask, f"{name} -{mask(number)}", drop)


def fresh(ask: Ask[Nothing, Any], name: str) -> dict[str, Any]:
    """Give the entry that is to be added; Conflict if its number is on the list already."""
    if _listed(ask, name, ask.body.entry.number):
        raise Conflict(both("号码已在名单上", "the number is on the list already"))
    entry: dict[str, Any] = ask.body.entry.model_dump(mode="json")
    return entry


def changed(ask: Ask[Nothing, Any], name: str) -> dict[str, Any]:
    """Give the changed entry of the number in the path; the body cannot rename it."""
    entry: dict[str, Any] = ask.body.entry.model_dump(mode="json")
    return entry | {"number": known(ask, name)}


def known(ask: Ask[Nothing, Any], name: str) -> str:
    """Give the number in the path; NotFound if it is not on the list."""
    number = ask.path("number")
    if not _listed(ask, name, number):
        raise NotFound(both("名单上没有这个号码", "the number is not on the list"))
    return number


def today(ask: Ask[Any, Any]) -> str:
    """Tell the firm's day, as the lists write it."""
    zone = ZoneInfo(ask.world.config.now.firm.calls_out.timezone)
    return datetime.fromtimestamp(ask.world.clock.utc_ms() / 1000, zone).date().isoformat()


def _listed(ask: Ask[Nothing, Any], name: str, number: str) -> bool:
    key = parse(number)
    return any(entry.number == key for entry in getattr(ask.world.config.now, name))
