"""What admin pages change of the firm itself: skills, reasons, how priorities weigh. Pure."""

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from domain.errors import Conflict, Fault, NotFound, Refused
from domain.needs import parse
from office.edit import check
from office.faults import complaints
from office.model import BreakReason, Choice, Config, Firm, Part, Skill
from office.reading import dotted
from office.texts import both

LISTS: dict[str, type[Part]] = {
    "skills": Skill,
    "break_reasons": BreakReason,
    "decline_reasons": Choice,
}
"""The firm's lists whose entries have an id, and what an entry is."""


def put_listed(config: Config, name: str, change: Mapping[str, Any]) -> Config:
    """Add the entry of this id to a list of the firm, or replace it."""
    entry = _read(LISTS[name], change).model_dump(mode="json", by_alias=True)
    entries = _entries(config, name)
    at = next((n for n, old in enumerate(entries) if old["id"] == entry["id"]), len(entries))
    entries[at : at + 1] = [entry]
    return _with(config, {name: entries})


def drop_listed(config: Config, name: str, key: str) -> Config:
    """Remove an entry; a skill that somebody has or a group asks for stays, and says who."""
    entries = _entries(config, name)
    left = [entry for entry in entries if entry["id"] != key]
    if len(left) == len(entries):
        raise NotFound(both(f"没有：{key}", f"there is no {key} in {name}"))
    users = _users(config, key) if name == "skills" else []
    if users:
        listed = ", ".join(users)
        raise Conflict(both(f"技能还在使用：{listed}", f"the skill is still used by {listed}"))
    return _with(config, {name: left})


def put_distribution(config: Config, change: Mapping[str, Any]) -> Config:
    """Say how priorities weigh against waiting."""
    return _with(config, {"distribution": dict(change)})


def put_holidays(config: Config, change: Mapping[str, Any]) -> Config:
    """Say which days go before the published holidays."""
    return _with(config, {"holiday_overrides": dict(change)})


def _entries(config: Config, name: str) -> list[dict[str, Any]]:
    return [one.model_dump(mode="json", by_alias=True) for one in getattr(config.firm, name)]


def _with(config: Config, change: Mapping[str, Any]) -> Config:
    firm = {**config.firm.model_dump(mode="json", by_alias=True), **change}
    edited = config.model_copy(update={"firm": _read(Firm, firm)})
    check(edited)
    return edited


def _read(model: type[Part], change: Mapping[str, Any]) -> Any:
    try:
        return model.model_validate(change)
    except ValidationError as error:
        faults = [Fault("firm.yaml", 0, dotted(at), text) for at, text in complaints(error)]
        raise Refused(*faults) from error


def _users(config: Config, skill: str) -> list[str]:
    users = [f"agents {agent.number}" for agent in config.agents if skill in agent.skills]
    for group in config.groups:
        asked = [group.needs, *(step.needs for step in group.steps)]
        if any(skill in parse(needs).skills() for needs in asked):
            users.append(f"groups {group.id}")
    return users
