"""Reading the settings' text: each value checked by the table, each fault with its line. Pure."""

import re
import tomllib
from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any

from domain.errors import Fault, Refused
from domain.settings_rules import Key, Value
from domain.settings_schema import RENAMED


class SettingsError(Refused):
    """The installation settings cannot be used; `faults` names each file, line and key."""

    code = "settings"


class Reader:
    """Collects faults, each with the line on which its key stands."""

    def __init__(self, text: str, file: str) -> None:
        """`file` is the name under which faults are reported."""
        self.lines = text.splitlines()
        self.text = text
        self.file = file
        self.faults: list[Fault] = []

    def document(self) -> dict[str, Any]:
        """The text as TOML; a text that is none is the only fault told."""
        try:
            return tomllib.loads(self.text)
        except tomllib.TOMLDecodeError as problem:
            found = re.search(r"at line (\d+)", str(problem))
            line = int(found.group(1)) if found else len(self.lines)
            raise SettingsError(
                Fault(self.file, line, "", f"not valid TOML: {problem}")
            ) from problem

    def line_of(self, section: str, key: str, number: int = 0) -> int:
        """The line of a key, else of its section's head (the number-th one), else 0."""
        head = re.compile(rf"\s*\[\[?\s*{re.escape(section)}\s*\]\]?")
        seen, here = -1, 0
        for index, line in enumerate(self.lines, 1):
            if section and re.match(r"\s*\[", line):
                seen += bool(head.match(line))
                if head.match(line) and seen == number:
                    here = index
            inside = not section or (here and seen == number)
            if inside and key and re.match(rf"\s*\[*\s*[\"']?{re.escape(key)}[\"']?\s*[=\]]", line):
                return index
        return here

    def fault(self, section: str, key: str, text: str, number: int = 0) -> None:
        """Note what is wrong with a key of the number-th section of that name."""
        name = ".".join(part for part in (section, key) if part)
        self.faults.append(Fault(self.file, self.line_of(section, key, number), name, text))

    def unknown(self, section: str, key: str, known: tuple[str, ...], number: int = 0) -> None:
        """Note a key that there is not, with the one that may have been meant."""
        if (section, key) in RENAMED:
            self.fault(section, key, RENAMED[section, key], number)
            return
        near = get_close_matches(key, known, 1)
        guess = f", did you mean {near[0]!r}?" if near else f"; known are {', '.join(known)}"
        self.fault(section, key, f"unknown setting{guess}", number)

    def table(
        self,
        section: str,
        keys: dict[str, Key],
        given: object,
        env: Mapping[str, str],
        number: int = 0,
    ) -> dict[str, Value]:
        """The values of one section, defaults filled in; faults are collected."""
        if not isinstance(given, dict):
            self.fault(section, "", f"must be a section: [{section}]", number)
            given = {}
        for key in given:
            if key not in keys:
                self.unknown(section, key, tuple(keys), number)
        for key in env:
            if (section, key) in RENAMED:
                self._fault_of_variable(section, key, RENAMED[section, key])
        return {name: self._value(section, key, given, env, number) for name, key in keys.items()}

    def _value(
        self, section: str, key: Key, given: dict[str, Any], env: Mapping[str, str], number: int
    ) -> Value:
        if key.name in env:
            value, problem = key.from_text(env[key.name])
            if problem:
                self._fault_of_variable(section, key.name, problem)
            return value
        if key.name not in given:
            if key.needed:
                self.fault(section, key.name, "is missing", number)
            return key.default
        value, problem = key.check(given[key.name])
        if problem:
            self.fault(section, key.name, problem, number)
        return value

    def _fault_of_variable(self, section: str, key: str, problem: str) -> None:
        variable = f"YINGDA_{section}_{key}".upper()
        self.faults.append(Fault("environment", 0, variable, problem))
