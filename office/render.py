"""`Config` → the texts of its folder: stable, readable, what did not change as it was. Pure."""

from collections.abc import Mapping
from typing import Any

import yaml

from office.compile import section_of
from office.model import Config, Part
from office.sections import SECTIONS, TESTS, Section, flow_file, flow_name

_NOTHING: Mapping[str, str] = {}


def render(config: Config, kept: Mapping[str, str] = _NOTHING) -> dict[str, str]:
    """Write every file; a text in `kept` that already says the same stays byte for byte."""
    files = {}
    for section in SECTIONS:
        value = getattr(config, section.key)
        old = kept.get(section.file)
        if old is None and kept and value == ():
            continue  # texts of an older version need no file that holds nothing
        same = old is not None and section_of(section, old) == (value, [])
        files[section.file] = old if same and old is not None else section_text(section, value)
    for name, text in config.flows.items():
        files[flow_file(name)] = text
    return files | {file: text for file, text in kept.items() if _tests_of(file, config)}


def section_text(section: Section, value: Part | tuple[Part, ...]) -> str:
    """Write one file from what it holds."""
    body = yaml.dump(
        [_plain(part) for part in value] if isinstance(value, tuple) else _plain(value),
        Dumper=yaml.SafeDumper,
        allow_unicode=True,
        sort_keys=False,
        default_flow_style=None,
        width=100,
    )
    return f"# {section.head}\n{body}"


def _plain(part: Part) -> Any:
    return _short(part.model_dump(mode="json", by_alias=True))


def _short(value: Any) -> Any:
    """Write a name that is the same in both languages as one text; keep the rest."""
    if isinstance(value, dict):
        if set(value) == {"zh", "en"} and value["zh"] == value["en"]:
            return value["zh"]
        return {key: _short(inner) for key, inner in value.items()}
    return [_short(inner) for inner in value] if isinstance(value, list) else value


def _tests_of(file: str, config: Config) -> bool:
    flow = flow_name(file.removesuffix(TESTS) + ".yaml") if file.endswith(TESTS) else ""
    return flow in config.flows
