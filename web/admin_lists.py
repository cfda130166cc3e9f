"""Admin pages of what everything picks from: skills, reasons, and how priorities weigh."""

from collections.abc import Callable
from typing import Any

from domain.errors import Conflict, NotFound
from office import edit_firm
from office.model import BreakReason, Choice, Config, Skill
from office.texts import both
from web.publishing import change
from web.schema_admin import Published
from web.schema_firm import (
    BreakReasonEntry,
    BreakReasonList,
    DeclineReasonEntry,
    DeclineReasonList,
    DistributionEntry,
    DistributionNow,
    SkillEntry,
    SkillList,
)
from web.table import Ask, Nothing, table

lists = table("admin: skills and reasons")


async def _post(ask: Ask[Nothing, Any], name: str) -> Published:
    key = ask.body.entry.id
    if key in _ids(ask, name):
        raise Conflict(both(f"已存在：{key}", f"{key} exists already"))
    return await _publish(ask, name, key)


async def _put(ask: Ask[Nothing, Any], name: str) -> Published:
    """Replace the entry that the path names; the body cannot rename it."""
    key = ask.path("id")
    if key not in _ids(ask, name):
        raise NotFound(both(f"没有：{key}", f"there is no {key} in {name}"))
    return await _publish(ask, name, key)


async def _publish(ask: Ask[Nothing, Any], name: str, key: str) -> Published:
    entry = ask.body.entry.model_dump(mode="json", by_alias=True) | {"id": key}

    def put(now: Config) -> Config:
        return edit_firm.put_listed(now, name, entry)

    return await change(ask, f"{name} {key}", put, ask.body.base)


async def _drop(ask: Ask[Nothing, Nothing], name: str) -> Published:
    key = ask.path("id")
    drop: Callable[[Config], Config] = lambda now: edit_firm.drop_listed(now, name, key)  # noqa: E731
    return await change(ask, f"{name} -{key}", drop)


def _ids(ask: Ask[Any, Any], name: str) -> set[str]:
    return {entry.id for entry in getattr(ask.world.config.now.firm, name)}


@lists.route("GET ./admin/skills", "admin.groups")
async def list_skills(ask: Ask[Nothing, Nothing]) -> SkillList:
    """List the skills that agents have at levels (技能)."""
    config = ask.world.config
    return SkillList(version=config.version, rows=list[Skill](config.now.firm.skills))


@lists.route("POST ./admin/skills", "admin.groups")
async def add_skill(ask: Ask[Nothing, SkillEntry]) -> Published:
    """Add a skill."""
    return await _post(ask, "skills")


@lists.route("PUT ./admin/skills/{id}", "admin.groups")
async def put_skill(ask: Ask[Nothing, SkillEntry]) -> Published:
    """Change what a skill is called."""
    return await _put(ask, "skills")


@lists.route("DELETE ./admin/skills/{id}", "admin.groups")
async def drop_skill(ask: Ask[Nothing, Nothing]) -> Published:
    """Remove a skill that nobody has and no group asks for; the refusal lists who does."""
    return await _drop(ask, "skills")


@lists.route("GET ./admin/break-reasons", "admin.reasons")
async def list_break_reasons(ask: Ask[Nothing, Nothing]) -> BreakReasonList:
    """List the reasons of breaks (小休原因)."""
    config = ask.world.config
    rows = list[BreakReason](config.now.firm.break_reasons)
    return BreakReasonList(version=config.version, rows=rows)


@lists.route("POST ./admin/break-reasons", "admin.reasons")
async def add_break_reason(ask: Ask[Nothing, BreakReasonEntry]) -> Published:
    """Add a reason of breaks."""
    return await _post(ask, "break_reasons")


@lists.route("PUT ./admin/break-reasons/{id}", "admin.reasons")
async def put_break_reason(ask: Ask[Nothing, BreakReasonEntry]) -> Published:
    """Change a break's name, its longest time, and how many of a group may be on it."""
    return await _put(ask, "break_reasons")


@lists.route("DELETE ./admin/break-reasons/{id}", "admin.reasons")
async def drop_break_reason(ask: Ask[Nothing, Nothing]) -> Published:
    """Remove a reason of breaks; the last one stays."""
    return await _drop(ask, "break_reasons")


@lists.route("GET ./admin/decline-reasons", "admin.reasons")
async def list_decline_reasons(ask: Ask[Nothing, Nothing]) -> DeclineReasonList:
    """List the reasons of declining a call (拒接原因)."""
    config = ask.world.config
    rows = list[Choice](config.now.firm.decline_reasons)
    return DeclineReasonList(version=config.version, rows=rows)


@lists.route("POST ./admin/decline-reasons", "admin.reasons")
async def add_decline_reason(ask: Ask[Nothing, DeclineReasonEntry]) -> Published:
    """Add a reason of declining."""
    return await _post(ask, "decline_reasons")


@lists.route("PUT ./admin/decline-reasons/{id}", "admin.reasons")
async def put_decline_reason(ask: Ask[Nothing, DeclineReasonEntry]) -> Published:
    """Change what a reason of declining is called."""
    return await _put(ask, "decline_reasons")


@lists.route("DELETE ./admin/decline-reasons/{id}", "admin.reasons")
async def drop_decline_reason(ask: Ask[Nothing, Nothing]) -> Published:
    """Remove a reason of declining; the last one stays."""
    return await _drop(ask, "decline_reasons")


@lists.route("GET ./admin/distribution", "admin.groups")
async def show_distribution(ask: Ask[Nothing, Nothing]) -> DistributionNow:
    """Show how priorities weigh against waiting."""
    config = ask.world.config
    return DistributionNow(version=config.version, entry=config.now.firm.distribution)


@lists.route("PUT ./admin/distribution", "admin.groups")
async def put_distribution(ask: Ask[Nothing, DistributionEntry]) -> Published:
    """Say how many seconds of waiting are worth one level of priority, 0 = priority always wins."""
    entry = ask.body.entry.model_dump(mode="json")

    def put(now: Config) -> Config:
        return edit_firm.put_distribution(now, entry)

    return await change(ask, "distribution", put, ask.body.base)
