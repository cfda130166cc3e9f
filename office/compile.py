"""Files of a configuration → one `Config`, or every fault at once with file, line and key. Pure."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pydantic import ValidationError

from domain.errors import Fault, Refused
from office.entries import Entries, Names
from office.faults import complaints, guess
from office.links import broken
from office.model import Config, Part
from office.reading import Reading, parse
from office.sections import FLOWS, SECTIONS, TESTS, Section, flow_file, flow_name
from office.shared import Lines
from office.skills import unmet
from office.texts import FAULTS, both

FlowCheck = Callable[[str, str, Names], Sequence[Fault]]
"""Check a flow: its name, its text and what it may name; gives its faults."""


@dataclass(slots=True)
class _Draft:
    """What was read so far; `entries` under their place, the one entry of a single file at 0."""

    readings: dict[str, Reading] = field(default_factory=dict)
    entries: dict[str, dict[int, Any]] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)


def compile_config(
    files: Mapping[str, str], check_flow: FlowCheck, lines: Lines | None = None
) -> Config:
    """Turn a folder's texts into a `Config`; `Refused` carries every fault.

    With `lines` it is also looked whether each trunk can tell hotlines apart, and whether the
    flows keep the firm's rules.
    """
    draft = _Draft()
    for section in SECTIONS:
        _read(draft, section, files)
    flows = {flow_name(file): text for file, text in files.items() if flow_name(file)}
    draft.faults += _odd_files(files)
    names = _names(draft, flows, strict=lines is not None)
    for wrong in broken(_entries(draft), names, lines=lines):
        draft.faults.append(draft.readings[wrong.section].fault(wrong.path, wrong.text))
    if not draft.faults:
        for wrong in unmet(_entries(draft)):
            draft.faults.append(draft.readings[wrong.section].fault(wrong.path, wrong.text))
    for name, text in sorted(flows.items()):
        draft.faults += check_flow(name, text, names)
    if draft.faults:
        raise Refused(*sorted(draft.faults, key=lambda fault: (fault.file, fault.line)))
    parts = {section.key: _whole(draft, section) for section in SECTIONS}
    return Config.model_validate({**parts, "flows": flows})


def section_of(section: Section, text: str) -> tuple[Any, list[Fault]]:
    """Read one file by itself: what it holds, as it stands in `Config`, and its faults."""
    draft = _Draft()
    _read(draft, section, {section.file: text})
    return (None if draft.faults else _whole(draft, section)), draft.faults


def _read(draft: _Draft, section: Section, files: Mapping[str, str]) -> None:
    reading = parse(section.file, files.get(section.file, ""))
    draft.readings[section.key] = reading
    draft.entries[section.key] = entries = {}
    draft.faults += reading.faults
    if section.file not in files and section.required:
        text = both("缺少这个文件", "this file is missing")
        draft.faults.append(Fault(section.file, 0, "", text))
        return
    for path, raw in _raw_entries(draft, section):
        try:
            entries[path[0] if path else 0] = section.model.model_validate(raw)
        except ValidationError as error:
            draft.faults += [reading.fault(path + at, text) for at, text in complaints(error)]


def _raw_entries(draft: _Draft, section: Section) -> list[tuple[tuple[int, ...], Any]]:
    """List what is to be validated; a file that holds nothing stands for its defaults."""
    reading = draft.readings[section.key]
    if not section.many:
        return [((), {} if reading.data is None else reading.data)]
    data = [] if reading.data is None else reading.data
    if not isinstance(data, list):
        draft.faults.append(reading.fault((), both(*FAULTS["tuple_type"])))
        return []
    if section.required and not data and not reading.faults:
        text = both("至少要有一项", "needs at least one entry")
        draft.faults.append(reading.fault((), text))
    return [((place,), raw) for place, raw in enumerate(data)]


def _whole(draft: _Draft, section: Section) -> Part | tuple[Part, ...]:
    entries = draft.entries[section.key]
    return tuple(entries.values()) if section.many else entries[0]


def _entries(draft: _Draft) -> Entries:
    lists = {section.key: draft.entries[section.key] for section in SECTIONS if section.many}
    return Entries(firm=draft.entries["firm"].get(0), **lists)


def _names(draft: _Draft, flows: Mapping[str, str], *, strict: bool) -> Names:
    """Collect names from the raw data, so that one bad entry does not break every link to it."""
    firm = draft.readings["firm"].data
    lists = firm if isinstance(firm, dict) else {}
    whole = draft.entries["firm"].get(0)
    language = whole.language if whole else "zh"
    own = draft.entries["prompts"].values()
    return Names(
        brands=_ids(lists.get("brands")),
        sites=_ids(lists.get("sites")),
        flows=frozenset(flows),
        calendars=_ids(draft.readings["calendars"].data),
        groups=_ids(draft.readings["groups"].data),
        skills=_ids(lists.get("skills")),
        prompts=_ids(draft.readings["prompts"].data),
        agents=_ids(draft.readings["agents"].data, "number"),
        texts=flows,
        said={sentence.id: sentence.said(language) for sentence in own},
        rules=whole.flows if whole and strict else None,
        language=language,
    )


def _ids(data: Any, key: str = "id") -> frozenset[str]:
    rows = data if isinstance(data, list) else []
    return frozenset(
        row[key] for row in rows if isinstance(row, dict) and isinstance(row.get(key), str)
    )


def _odd_files(files: Mapping[str, str]) -> list[Fault]:
    """Find YAML files that nothing would read: a misspelt name, tests without their flow."""
    known = [section.file for section in SECTIONS]
    faults = []
    for file in files:
        if file in known or flow_name(file):
            continue
        if file.startswith(FLOWS) and file.endswith(TESTS):
            flow = flow_file(file.removeprefix(FLOWS).removesuffix(TESTS))
            if flow not in files:
                text = both(f"没有对应的流程 {flow}", f"tests a flow that is not there: {flow}")
                faults.append(Fault(file, 0, "", text))
            continue
        near = guess(file, known)
        zh, en = (f"，是否指 {near}？", f"; did you mean {near}?") if near else ("", "")
        text = both(f"没有这种文件{zh}", f"is not a file of a configuration{en}")
        faults.append(Fault(file, 0, "", text))
    return faults
