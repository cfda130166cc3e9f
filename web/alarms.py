"""The log of incidents: what is open, who was told, and who looks after it."""

from dataclasses import asdict
from typing import Any

from watch.alarm import Incident
from watch.measures import MEASURES, OF_GROUPS
from web.errors import Said
from web.schema_alarms import (
    AlarmIncident,
    IncidentList,
    IncidentQuery,
    ReceiverState,
    TellList,
    TellRow,
)
from web.scope import scope_of
from web.table import Ask, Nothing, table
from web.world import ALARMS

alarms = table("alarms")

MOST = 500
"""Incidents among which one is looked for."""
LATE = 2
"""Failures in a row after which the board says that somebody cannot be told."""


@alarms.route("GET ./incidents", "board.see")
async def list_incidents(ask: Ask[IncidentQuery, Nothing]) -> IncidentList:
    """List the alarms' incidents, and who cannot be told of them just now."""
    keeper = ask.request.app[ALARMS]
    if ask.query.open:
        found = sorted(keeper.state.open.values(), key=lambda one: -one.opened)
    else:
        found = await keeper.incidents(ask.query.limit)
    names = {each.id: each.name for each in ask.world.config.now.receivers}
    failing = [each for each in states(ask) if each.failures >= LATE]
    rows = [_row(each, names) for each in found if _near(ask, each)]
    return IncidentList(rows=rows, failing=failing)


@alarms.route("GET ./incidents/{id}", "board.see")
async def show_incident(ask: Ask[Nothing, Nothing]) -> TellList:
    """List who was told of an incident, when, and what came of it."""
    await _check_near(ask)
    keeper = ask.request.app[ALARMS]
    names = {each.id: each.name for each in ask.world.config.now.receivers}
    found = await keeper.history(ask.path("id"))
    rows = [row | {"receiver": names.get(row["receiver"], row["receiver"])} for row in found]
    return TellList(rows=[TellRow(**row) for row in rows])


@alarms.route("POST ./incidents/{id}/acknowledge", "alarms.answer")
async def acknowledge_incident(ask: Ask[Nothing, Nothing]) -> Nothing:
    """Say that somebody looks after it: nobody else is told of it any more."""
    name = ask.path("id")
    await _check_near(ask)
    await ask.request.app[ALARMS].acknowledge(name, ask.me.login)
    await ask.world.note(ask.me.login, "alarm.acknowledge", name)
    return Nothing()


def _near(ask: Ask[Any, Nothing], one: Incident) -> bool:
    """Tell whether an incident is in the reader's sight: what of a group, by that group."""
    groups = scope_of(ask.world, ask.me).groups
    return groups is None or (one.metric in OF_GROUPS and one.about in groups)


async def _check_near(ask: Ask[Nothing, Nothing]) -> None:
    if scope_of(ask.world, ask.me).groups is None:
        return
    found = await ask.request.app[ALARMS].incidents(MOST)
    if not any(one.id == ask.path("id") and _near(ask, one) for one in found):
        raise Said("not_found")


def states(ask: Ask[IncidentQuery, Nothing] | Ask[Nothing, Nothing]) -> list[ReceiverState]:
    """Lay out how it goes with each receiver."""
    names = {each.id: each.name for each in ask.world.config.now.receivers}
    return [
        ReceiverState(
            id=name,
            name=names[name],
            failures=line.failures,
            waiting=waiting,
            last_ok=line.last_ok,
            last_error=line.last_error,
        )
        for name, (line, waiting) in ask.request.app[ALARMS].lines().items()
    ]


def _row(one: Incident, names: dict[str, str]) -> AlarmIncident:
    told = [names.get(each, each) for each in one.told]
    return AlarmIncident(**asdict(one) | {"told": told, "page": MEASURES[one.metric].page})
