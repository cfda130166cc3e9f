"""Admin pages of the firm: agents, groups, hotlines, calendars. Each change is a new version."""

import asyncio
from collections.abc import Callable, Mapping
from typing import Any

from domain.errors import Conflict, NotFound
from office import edit
from office.model import Agent, Calendar, Config, Group, Hotline
from office.staff import strategies
from office.texts import both
from web.admin_prompts import demo_voices
from web.publishing import change
from web.schema_admin import (
    AgentEntry,
    AgentList,
    CalendarEntry,
    CalendarList,
    GroupEntry,
    GroupList,
    HotlineEntry,
    HotlineList,
    Published,
)
from web.shut_out import shut_out
from web.table import Ask, Nothing, table

firm = table("admin: firm")

Put = Callable[[Config, Mapping[str, Any]], Config]


async def _put(ask: Ask[Nothing, Any], section: str, key: str, put: Put) -> Published:
    """Replace the entry that the path names; the body cannot rename it."""
    name = ask.path(key)
    if name not in _names(ask, section, key):
        raise NotFound(both(f"没有：{name}", f"there is no {name} in {section}"))
    entry = ask.body.entry.model_dump(mode="json", by_alias=True) | {key: name}
    return await change(ask, f"{section} {name}", lambda now: put(now, entry), ask.body.base)


async def _post(ask: Ask[Nothing, Any], section: str, key: str, put: Put) -> Published:
    name = getattr(ask.body.entry, key)
    if name in _names(ask, section, key):
        raise Conflict(both(f"已存在：{name}", f"{name} exists already"))
    entry = ask.body.entry.model_dump(mode="json", by_alias=True)
    return await change(ask, f"{section} {name}", lambda now: put(now, entry), ask.body.base)


def _names(ask: Ask[Any, Any], section: str, key: str) -> set[str]:
    return {getattr(entry, key) for entry in getattr(ask.world.config.now, section)}


@firm.route("GET ./admin/agents", "admin.agents")
async def list_agents(ask: Ask[Nothing, Nothing]) -> AgentList:
    """List the agents (座席)."""
    config = ask.world.config
    return AgentList(version=config.version, rows=list[Agent](config.now.agents))


@firm.route("POST ./admin/agents", "admin.agents")
async def add_agent(ask: Ask[Nothing, AgentEntry]) -> Published:
    """Add an agent; a login with a made password comes with it, shown only in this answer."""
    done = await _post(ask, "agents", "number", edit.put_agent)
    made = await ask.world.people.add_agents([(ask.body.entry.number, ask.body.entry.name)])
    if not made:
        return done
    return done.model_copy(update={"login": made[0].login, "password": made[0].password})


@firm.route("PUT ./admin/agents/{number}", "admin.agents")
async def put_agent(ask: Ask[Nothing, AgentEntry]) -> Published:
    """Change an agent's name, site, groups and skills."""
    return await _put(ask, "agents", "number", edit.put_agent)


@firm.route("DELETE ./admin/agents/{number}", "admin.agents")
async def drop_agent(ask: Ask[Nothing, Nothing]) -> Published:
    """Remove an agent and shut the login; what they did stays in the records."""
    number, world = ask.path("number"), ask.world
    row = world.engine.floor.agent(number)
    if row and row.get("call"):
        raise Conflict(both("座席正在通话，请稍后再删", "the agent is in a call; try later"))
    await shut_out(ask, number)
    done = await change(ask, f"agents -{number}", lambda now: edit.drop_agent(now, number))
    for person in await world.people.everyone():
        if person.agent == number and not person.disabled:
            await world.people.disable(person.id, ask.me.login)
    return done


@firm.route("GET ./admin/groups", "admin.groups")
async def list_groups(ask: Ask[Nothing, Nothing]) -> GroupList:
    """List the skill groups (技能组)."""
    config = ask.world.config
    return GroupList(
        version=config.version, strategies=strategies(), rows=list[Group](config.now.groups)
    )


@firm.route("POST ./admin/groups", "admin.groups")
async def add_group(ask: Ask[Nothing, GroupEntry]) -> Published:
    """Add a skill group."""
    return await _post(ask, "groups", "id", edit.put_group)


@firm.route("PUT ./admin/groups/{id}", "admin.groups")
async def put_group(ask: Ask[Nothing, GroupEntry]) -> Published:
    """Change a skill group's name and rules."""
    return await _put(ask, "groups", "id", edit.put_group)


@firm.route("DELETE ./admin/groups/{id}", "admin.groups")
async def drop_group(ask: Ask[Nothing, Nothing]) -> Published:
    """Remove a skill group that nothing uses; the refusal lists who does."""
    name = ask.path("id")
    return await change(ask, f"groups -{name}", lambda now: edit.drop_group(now, name))


@firm.route("GET ./admin/calendars", "admin.calendars")
async def list_calendars(ask: Ask[Nothing, Nothing]) -> CalendarList:
    """List the calendars: when a hotline is served."""
    config = ask.world.config
    return CalendarList(version=config.version, rows=list[Calendar](config.now.calendars))


@firm.route("POST ./admin/calendars", "admin.calendars")
async def add_calendar(ask: Ask[Nothing, CalendarEntry]) -> Published:
    """Add a calendar."""
    return await _post(ask, "calendars", "id", edit.put_calendar)


@firm.route("PUT ./admin/calendars/{id}", "admin.calendars")
async def put_calendar(ask: Ask[Nothing, CalendarEntry]) -> Published:
    """Change a calendar."""
    return await _put(ask, "calendars", "id", edit.put_calendar)


@firm.route("GET ./admin/hotlines", "admin.hotlines")
async def list_hotlines(ask: Ask[Nothing, Nothing]) -> HotlineList:
    """List the hotlines (热线)."""
    config, now = ask.world.config, ask.world.config.now
    demo = await asyncio.to_thread(demo_voices, ask.world)
    return HotlineList(
        version=config.version,
        demo=[each.number for each in demo],
        flows=sorted(now.flows),
        rows=list[Hotline](now.hotlines),
    )


@firm.route("PUT ./admin/hotlines/{number}", "admin.hotlines")
async def put_hotline(ask: Ask[Nothing, HotlineEntry]) -> Published:
    """Change a hotline."""
    return await _put(ask, "hotlines", "number", edit.put_hotline)
