"""Agents as a table: read with every bad line named, compared with what is in force, written. Pure.

Agents in the table are added or replaced, the others stay; a column that is not there keeps what
is known. Nothing is applied when one line is bad.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from typing import Any

from pydantic import ValidationError

from domain.errors import Fault, Refused
from office.diff import changes
from office.entries import entries_of, names_of
from office.faults import complaints
from office.links import broken
from office.model import Agent, Config
from office.reading import dotted
from office.sheet import Row, read_sheet, write_sheet
from office.skills import unmet
from office.staff import MEMBER
from office.texts import both

COLUMNS = {
    "number": ("工号", "座席工号", "agent"),
    "name": ("姓名", "名称"),
    "site": ("职场",),
    "groups": ("技能组",),
    "skills": ("技能",),
    "mobile": ("手机", "手机座席号码"),
}
"""Each column and what else its head may say; groups and skills as `refund:7 english:3`."""
_BETWEEN = re.compile(r"[\s;,、；，]+")


@dataclass(frozen=True, slots=True)
class Arriving:
    """One line as it would be taken over: `act` is new, changed or same."""

    line: int
    number: str
    name: str
    act: str
    changes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Import:
    """What a table would do: its lines, every fault, and the configuration after it."""

    rows: tuple[Arriving, ...]
    faults: tuple[Fault, ...]
    config: Config


def look(config: Config, file: str, data: bytes) -> Import:
    """Compare a table with the configuration; never raises for what the table says."""
    try:
        rows = read_sheet(file, data, COLUMNS)
    except Refused as refused:
        return Import((), refused.faults, config)
    drafts = _Drafts(config, file)
    for row in rows:
        drafts.take(row)
    edited = config.model_copy(update={"agents": tuple(drafts.agents.values())})
    faults = [*drafts.faults, *_linked(edited, file, drafts.lines)]
    told = sorted(set(faults), key=lambda fault: (fault.line, fault.key))
    lines = sorted(_compared(config, edited, drafts.lines), key=lambda row: row.line)
    return Import(tuple(lines), tuple(told), edited)


def imported(config: Config, file: str, data: bytes) -> Config:
    """Give the configuration with the table's agents; `Refused` names every bad line."""
    found = look(config, file, data)
    if found.faults:
        raise Refused(*found.faults)
    return found.config


def exported(config: Config) -> bytes:
    """Write every agent, as `look` reads them."""
    rows = (
        (
            agent.number,
            agent.name,
            agent.site,
            _levels_text(agent.groups, usual=MEMBER),
            _levels_text(agent.skills),
            agent.mobile,
        )
        for agent in config.agents
    )
    return write_sheet(tuple(COLUMNS), rows)


class _Drafts:
    """The agents as they become, line by line."""

    def __init__(self, config: Config, file: str) -> None:
        self.agents = {agent.number: agent for agent in config.agents}
        self.lines: dict[str, int] = {}
        self.faults: list[Fault] = []
        self._file = file
        self._sites = {site.name: site.id for site in config.firm.sites}
        self._groups = {group.name: group.id for group in config.groups}
        skills = config.firm.skills
        self._skills = {name: one.id for one in skills for name in (one.name.zh, one.name.en)}

    def take(self, row: Row) -> None:
        """Read one line; a bad one leaves its faults and changes nothing."""
        if row.wide:
            text = both("这一行的格子比列名多", "this line has more cells than there are columns")
            self._wrong(row, "", text)
            return
        number = row.cells.get("number", "")
        if number in self.lines:
            before = self.lines[number]
            text = both(f"与第 {before} 行重复", f"stands in line {before} already")
            self._wrong(row, "number", text)
            return
        self.lines[number] = row.line
        try:
            self.agents[number] = Agent.model_validate(self._raw(row, number))
        except ValidationError as error:
            for path, text in complaints(error):
                self._wrong(row, dotted(path), text)

    def _raw(self, row: Row, number: str) -> dict[str, Any]:
        known = self.agents.get(number)
        raw: dict[str, Any] = known.model_dump(mode="json") if known else {"skills": {}}
        cells = dict(row.cells)
        if "site" in cells:
            cells["site"] = self._sites.get(cells["site"], cells["site"])
        raw |= cells
        for key, names in (("groups", self._groups), ("skills", self._skills)):
            if key in cells:
                raw[key] = self._levels(row, key, names)
        return raw

    def _levels(self, row: Row, key: str, names: Mapping[str, str]) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for part in filter(None, _BETWEEN.split(row.cells[key])):
            name, colon, level = part.replace("：", ":").rpartition(":")
            name = name if colon else part
            one = names.get(name, name)
            if one in found:
                self._wrong(row, f"{key}.{one}", both("重复", "stands twice"))
            found[one] = level if colon else MEMBER
        return found

    def _wrong(self, row: Row, key: str, text: str) -> None:
        self.faults.append(Fault(self._file, row.line, key, text))


def _linked(edited: Config, file: str, lines: Mapping[str, int]) -> Iterator[Fault]:
    entries = entries_of(edited)
    for wrong in chain(broken(entries, names_of(edited)), unmet(entries)):
        place = wrong.path[0]
        number = edited.agents[place].number if wrong.section == "agents" else ""  # type: ignore[index]
        if number in lines:
            yield Fault(file, lines[number], dotted(wrong.path[1:]), wrong.text)
        else:
            yield Fault(f"{wrong.section}.yaml", 0, dotted(wrong.path), wrong.text)


def _compared(before: Config, after: Config, lines: Mapping[str, int]) -> Iterator[Arriving]:
    old = {agent.number for agent in before.agents}
    told: dict[str, list[str]] = {}
    for change in changes(before, after):
        number, _, key = change.key.partition(".")
        value = " → ".join(text for text in (change.before, change.after) if text)
        told.setdefault(number, []).append(f"{key}: {value}")
    for agent in after.agents:
        if agent.number in lines:
            found = tuple(told.get(agent.number, ()))
            act = ("changed" if found else "same") if agent.number in old else "new"
            yield Arriving(lines[agent.number], agent.number, agent.name, act, found)


def _levels_text(levels: Mapping[str, int], usual: int = 0) -> str:
    return " ".join(name if level == usual else f"{name}:{level}" for name, level in levels.items())
