"""What admin pages change: `(Config, change) -> Config`, or `Refused` naming the field. Pure."""

from collections.abc import Iterable, Mapping
from itertools import chain
from typing import Any

from pydantic import ValidationError

from domain.errors import Conflict, Fault, NotFound, Refused
from domain.numbers import parse as parse_number
from office.entries import entries_of, names_of
from office.faults import complaints
from office.links import broken
from office.model import (
    Agent,
    Blocked,
    Calendar,
    Config,
    DoNotCall,
    Group,
    Hotline,
    Part,
    Sentence,
    Take,
    Vip,
)
from office.reading import dotted, parse
from office.sections import flow_file
from office.skills import unmet
from office.texts import both

_ID = {
    "hotlines": "number",
    "groups": "id",
    "agents": "number",
    "calendars": "id",
    "do_not_call": "number",
    "vip": "number",
    "blacklist": "number",
    "prompts": "id",
    "alarms": "id",
    "receivers": "id",
}


def put_agent(config: Config, change: Mapping[str, Any]) -> Config:
    """Add the agent of this number, or replace what is known of it."""
    return put(config, "agents", Agent, change)


def put_group(config: Config, change: Mapping[str, Any]) -> Config:
    """Add the group of this id, or replace it."""
    return put(config, "groups", Group, change)


def put_calendar(config: Config, change: Mapping[str, Any]) -> Config:
    """Add the calendar of this id, or replace it."""
    return put(config, "calendars", Calendar, change)


def put_hotline(config: Config, change: Mapping[str, Any]) -> Config:
    """Add the hotline of this number, or replace it."""
    return put(config, "hotlines", Hotline, change)


def put_do_not_call(config: Config, change: Mapping[str, Any]) -> Config:
    """Bar a number from being called, or replace since when and why."""
    return put(config, "do_not_call", DoNotCall, change)


def drop_do_not_call(config: Config, number: str) -> Config:
    """Let a number be called again."""
    return drop(config, "do_not_call", parse_number(number))


def put_vip(config: Config, change: Mapping[str, Any]) -> Config:
    """Serve a number earlier, or say how much."""
    return put(config, "vip", Vip, change)


def drop_vip(config: Config, number: str) -> Config:
    """Serve a number like every other."""
    return drop(config, "vip", parse_number(number))


def put_blocked(config: Config, change: Mapping[str, Any]) -> Config:
    """Let a number not in, or replace why and how."""
    return put(config, "blacklist", Blocked, change)


def drop_blocked(config: Config, number: str) -> Config:
    """Let a number in again."""
    return drop(config, "blacklist", parse_number(number))


def put_sentence(config: Config, change: Mapping[str, Any]) -> Config:
    """Add a sentence of the firm's own, or replace it."""
    return put(config, "prompts", Sentence, change)


def drop_sentence(config: Config, name: str) -> Config:
    """Remove a sentence; a flow that still says it is found when the change is published."""
    return drop(config, "prompts", name)


def put_takes(config: Config, takes: Iterable[Take]) -> Config:
    """Put recordings in force, each in the place of the one before."""
    fresh = {take.place: take for take in takes}
    kept = [take for take in config.takes if take.place not in fresh]
    edited = config.model_copy(update={"takes": (*kept, *fresh.values())})
    check(edited)
    return edited


def drop_take(config: Config, place: tuple[str, str, str]) -> Config:
    """Play what was played before anybody recorded this (hotline, language, prompt)."""
    kept = tuple(take for take in config.takes if take.place != place)
    if len(kept) == len(config.takes):
        raise NotFound(both("这里没有录音", "there is no recording here"))
    return config.model_copy(update={"takes": kept})


def put_agents(config: Config, changes: Iterable[Mapping[str, Any]]) -> Config:
    """Add or replace several agents at once; every fault of every one is in the refusal."""
    faults: list[Fault] = []
    edited = config
    for change in changes:
        try:
            edited = _placed(edited, "agents", _read("agents", Agent, change))[0]
        except Refused as refused:
            faults += [_of(fault, str(change.get("number", ""))) for fault in refused.faults]
    if faults:
        raise Refused(*faults)
    check(edited)
    return edited


def drop_agent(config: Config, number: str) -> Config:
    """Remove an agent; what they did stays in the records. Refused when a group then has nobody."""
    left = drop(config, "agents", number)
    check(left)
    return left


def drop_group(config: Config, group: str) -> Config:
    """Remove a group that nobody works in and no flow leads to; else say who does."""
    users = [f"agents {agent.number}" for agent in config.agents if group in _taken(agent)]
    users += [f"groups {other.id}" for other in config.groups if group in _widened(other)]
    users += [flow_file(name) for name in sorted(config.flows) if group in _led_to(config, name)]
    if users:
        listed = ", ".join(users)
        raise Conflict(both(f"技能组还在使用：{listed}", f"the group is still used by {listed}"))
    if len(config.groups) == 1:
        raise Conflict(both("至少要留一个技能组", "the last group cannot be removed"))
    return drop(config, "groups", group)


def put(config: Config, section: str, model: type[Part], change: Mapping[str, Any]) -> Config:
    """Add the entry that this change is, or replace the one of its name."""
    edited, place = _placed(config, section, _read(section, model, change))
    check(edited, section, place)
    return edited


def _read(section: str, model: type[Part], change: Mapping[str, Any]) -> Part:
    try:
        return model.model_validate(change)
    except ValidationError as error:
        faults = [Fault(f"{section}.yaml", 0, dotted(at), text) for at, text in complaints(error)]
        raise Refused(*faults) from error


def _placed(config: Config, section: str, entry: Part) -> tuple[Config, int]:
    key = _ID[section]
    name = getattr(entry, key)
    entries = list(getattr(config, section))
    place = next((n for n, old in enumerate(entries) if getattr(old, key) == name), len(entries))
    entries[place : place + 1] = [entry]
    return config.model_copy(update={section: tuple(entries)}), place


def _of(fault: Fault, number: str) -> Fault:
    return Fault(fault.file, fault.line, f"{number}.{fault.key}", fault.text)


def _taken(agent: Agent) -> set[str]:
    return {*agent.groups, *(given.group for given in agent.helps)}


def _widened(group: Group) -> set[str]:
    return {other for step in group.steps for other in step.also} - {group.id}


def drop(config: Config, section: str, name: str) -> Config:
    """Remove an entry; NotFound when there is none of this name."""
    key = _ID[section]
    left = tuple(entry for entry in getattr(config, section) if getattr(entry, key) != name)
    if len(left) == len(getattr(config, section)):
        raise NotFound(both(f"没有：{name}", f"there is no {name} in {section}"))
    return config.model_copy(update={section: left})


def check(config: Config, section: str = "", place: int = 0) -> None:
    """Refuse links that lead nowhere; within the edited entry the key is the bare field."""
    faults = []
    entries = entries_of(config)
    for wrong in chain(broken(entries, names_of(config), (section, place)), unmet(entries)):
        ours = wrong.section == section and wrong.path[0] == place
        path = wrong.path[1:] if ours else wrong.path
        faults.append(Fault(f"{wrong.section}.yaml", 0, dotted(path), wrong.text))
    if faults:
        raise Refused(*faults)


def _led_to(config: Config, flow: str) -> set[str]:
    """Find the groups that a flow names, whatever the kind of node."""
    return set(_groups(parse(flow, config.flows[flow]).data))


def _groups(value: Any) -> list[str]:
    if isinstance(value, list):
        return [group for inner in value for group in _groups(inner)]
    if not isinstance(value, dict):
        return []
    own = [inner for key, inner in value.items() if key == "group" and isinstance(inner, str)]
    return own + [group for inner in value.values() for group in _groups(inner)]
