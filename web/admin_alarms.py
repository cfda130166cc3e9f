"""Admin: when people are told that something is wrong, and who; a test of each receiver."""

import json
from typing import Any

from domain.errors import Conflict, NotFound, YingdaError
from office import edit_alarms
from office.model import Alarm, Receiver
from office.texts import both
from watch.alarm_text import Place, test_body
from watch.measures import LABELS, MEASURES
from watch.receivers import tell
from web.alarms import states
from web.publishing import change
from web.schema_admin import Published
from web.schema_alarms import (
    AlarmEntry,
    AlarmList,
    MetricRow,
    ReceiverEntry,
    ReceiverList,
    Tested,
)
from web.table import Ask, Nothing, table
from web.world import ALARMS

admin_alarms = table("admin: alarms")


@admin_alarms.route("GET ./admin/alarms", "admin.alarms")
async def list_alarms(ask: Ask[Nothing, Nothing]) -> AlarmList:
    """List the alarms (报警), and what they may watch."""
    config = ask.world.config
    rows = list[Alarm](edit_alarms.alarms_of(config.now))
    shipped = not config.now.alarms
    return AlarmList(version=config.version, shipped=shipped, metrics=_metrics(), rows=rows)


@admin_alarms.route("POST ./admin/alarms", "admin.alarms")
async def add_alarm(ask: Ask[Nothing, AlarmEntry]) -> Published:
    """Add an alarm."""
    _must_be_new(ask.body.entry.id, _alarms(ask))
    return await _put_alarm(ask, ask.body.entry.id)


@admin_alarms.route("PUT ./admin/alarms/{id}", "admin.alarms")
async def put_alarm(ask: Ask[Nothing, AlarmEntry]) -> Published:
    """Change an alarm: its limit, its times, who is told."""
    _must_be_there(ask.path("id"), _alarms(ask))
    return await _put_alarm(ask, ask.path("id"))


@admin_alarms.route("DELETE ./admin/alarms/{id}", "admin.alarms")
async def drop_alarm(ask: Ask[Nothing, Nothing]) -> Published:
    """Remove an alarm."""
    name = ask.path("id")
    return await change(ask, f"alarms -{name}", lambda now: edit_alarms.drop_alarm(now, name))


@admin_alarms.route("GET ./admin/receivers", "admin.alarms", "admin.receivers")
async def list_receivers(ask: Ask[Nothing, Nothing]) -> ReceiverList:
    """List who is told of alarms (接收方), and how it goes with them; secrets by reference."""
    config = ask.world.config
    return ReceiverList(
        version=config.version,
        mail=bool(ask.world.settings.mail.host),
        rows=list[Receiver](config.now.receivers),
        states=states(ask),
    )


@admin_alarms.route("POST ./admin/receivers", "admin.receivers")
async def add_receiver(ask: Ask[Nothing, ReceiverEntry]) -> Published:
    """Add somebody who is told of alarms."""
    _must_be_new(ask.body.entry.id, _receivers(ask))
    return await _put_receiver(ask, ask.body.entry.id)


@admin_alarms.route("PUT ./admin/receivers/{id}", "admin.receivers")
async def put_receiver(ask: Ask[Nothing, ReceiverEntry]) -> Published:
    """Change a receiver."""
    _must_be_there(ask.path("id"), _receivers(ask))
    return await _put_receiver(ask, ask.path("id"))


@admin_alarms.route("DELETE ./admin/receivers/{id}", "admin.receivers")
async def drop_receiver(ask: Ask[Nothing, Nothing]) -> Published:
    """Remove a receiver that no alarm names; the refusal lists which do."""
    name = ask.path("id")
    return await change(ask, f"receivers -{name}", lambda now: edit_alarms.drop_receiver(now, name))


@admin_alarms.route("POST ./admin/receivers/{id}/test", "admin.receivers")
async def test_receiver(ask: Ask[Nothing, Nothing]) -> Tested:
    """Send a test message now, and tell whether it was taken."""
    name, world = ask.path("id"), ask.world
    found = next((each for each in world.config.now.receivers if each.id == name), None)
    if found is None:
        raise NotFound(both(f"没有：{name}", f"there is no receiver {name}"))
    around, now = ask.request.app[ALARMS].around, world.clock.utc_ms()
    body = json.loads(test_body(Place(world.config.now.firm.name, around.url), now))
    await world.note(ask.me.login, "alarm.test", name)
    try:
        await tell(around.ways, found, [body], f"test-{now}")
    except YingdaError as error:
        return Tested(ok=False, error=str(error))
    return Tested(ok=True)


async def _put_alarm(ask: Ask[Nothing, AlarmEntry], name: str) -> Published:
    entry = ask.body.entry.model_dump(mode="json", by_alias=True) | {"id": name}
    note, base = f"alarms {name}", ask.body.base
    return await change(ask, note, lambda now: edit_alarms.put_alarm(now, entry), base)


async def _put_receiver(ask: Ask[Nothing, ReceiverEntry], name: str) -> Published:
    entry = ask.body.entry.model_dump(mode="json", by_alias=True) | {"id": name}
    note, base = f"receivers {name}", ask.body.base
    return await change(ask, note, lambda now: edit_alarms.put_receiver(now, entry), base)


def _alarms(ask: Ask[Any, Any]) -> set[str]:
    return {each.id for each in edit_alarms.alarms_of(ask.world.config.now)}


def _receivers(ask: Ask[Any, Any]) -> set[str]:
    return {each.id for each in ask.world.config.now.receivers}


def _must_be_new(name: str, known: set[str]) -> None:
    if name in known:
        raise Conflict(both(f"已存在：{name}", f"{name} exists already"))


def _must_be_there(name: str, known: set[str]) -> None:
    if name not in known:
        raise NotFound(both(f"没有：{name}", f"there is no {name}"))


def _metrics() -> list[MetricRow]:
    return [
        MetricRow(
            id=name,
            zh=LABELS[name][0],
            en=LABELS[name][1],
            unit_zh=each.unit_zh,
            unit_en=each.unit_en,
            below=each.below,
        )
        for name, each in MEASURES.items()
    ]
