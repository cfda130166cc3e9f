"""Somebody else's Asterisk as its files tell it: what has which name, what is set where.

Files are read as Asterisk reads them, `#include` and `#tryinclude` followed; ours are left out.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pbx.conf import Line, bare

DEFAULT_DIRECTORIES = {
    "astmoddir": "/usr/lib/asterisk/modules",
    "astdatadir": "/var/lib/asterisk",
    "astrundir": "/var/run/asterisk",
}
"""Where a stock Asterisk looks when asterisk.conf does not say (asterisk.conf.sample)."""
_BLOCK = re.compile(r"^\s*;--(?!-).*?--;[^\n]*$", re.M | re.S)
_HEAD = re.compile(r"\[([^]]+)\](?:\((.*)\))?")
_TAKES_IN = re.compile(r"#(include|tryinclude|exec)\s+[\"<]?([^\">]+)")
_MOST_DEEP = 10
"""Files that take in each other in a ring end here (Asterisk has a limit too)."""


@dataclass(frozen=True, slots=True)
class Head:
    """A section's first line: `upon` is what stands in brackets, as `!` or a template."""

    file: str
    number: int
    name: str
    upon: str


@dataclass(frozen=True, slots=True)
class Conf:
    """One of its files with all that it takes in; `blind` are lines behind which we cannot look."""

    heads: tuple[Head, ...]
    lines: tuple[Line, ...]
    blind: tuple[str, ...]

    def value(self, section: str, key: str, default: str = "") -> str:
        """Give what is set last, as Asterisk does."""
        found = [at.value for at in self.lines if (at.section, at.key.lower()) == (section, key)]
        return found[-1] if found else default

    def values(self, key: str) -> Iterator[Line]:
        """Give every line with this key, whatever its section."""
        return (at for at in self.lines if at.key.lower() == key)


@dataclass(frozen=True, slots=True)
class Foreign:
    """The folder of its files; `ours` is the folder that is not to be looked into."""

    etc: Path
    ours: Path

    def conf(self, name: str) -> Conf:
        """Read one file; an empty one when it is not there. Raises OSError and ValueError."""
        heads: list[Head] = []
        lines: list[Line] = []
        blind: list[str] = []
        section = upon = ""
        for file, number, text in self._texts(self.etc / name, blind, 0):
            if head := _HEAD.match(text):
                section, upon = head[1], head[2] or ""
                heads.append(Head(file, number, section, upon))
            elif "=" in text:
                key, _, value = text.partition("=")
                told = value.removeprefix(">").strip()
                lines.append(Line(file, number, section, upon, key.strip(), told))
        return Conf(tuple(heads), tuple(lines), tuple(blind))

    def _texts(self, file: Path, blind: list[str], deep: int) -> Iterator[tuple[str, int, str]]:
        if not file.is_file() or deep > _MOST_DEEP or file.is_relative_to(self.ours):
            return
        text = _BLOCK.sub(_as_many_lines, file.read_text("utf-8", "replace"))
        for number, line in bare(text):
            found = _TAKES_IN.match(line)
            if found is None:
                yield str(file), number, line
            elif found[1] == "exec":
                blind.append(f"{file}:{number}: {line}")
            else:
                for taken in self._taken(found[2].strip()):
                    yield from self._texts(taken, blind, deep + 1)

    def _taken(self, pattern: str) -> list[Path]:
        """Find what is taken in: absolute, or below the folder of the files."""
        path = Path(pattern)
        root = Path("/") if path.is_absolute() else self.etc
        return sorted(root.glob(str(path.relative_to("/") if path.is_absolute() else path)))

    def directory(self, name: str) -> Path:
        """Give one of its folders, as asterisk.conf says or a stock one has it."""
        told = self.conf("asterisk.conf").value("directories", name)
        if told or name != "astmoddir":
            return Path(told or DEFAULT_DIRECTORIES[name])
        found = sorted(Path("/usr/lib").glob("*/asterisk/modules"))
        return found[0] if found else Path(DEFAULT_DIRECTORIES[name])


def _as_many_lines(found: re.Match[str]) -> str:
    return "\n" * found[0].count("\n")
