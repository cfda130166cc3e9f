"""YAML text → plain data and the line of every key; the model decides the types.

Plain scalars stay text, so that `4008000001`, `18:00`, `2026-10-01` and `no` mean what they say;
a key without a value counts as not written. Refused with their line: a key written twice, anchors
(an alias bomb costs memory), odd keys.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import yaml

from domain.errors import Fault
from office.texts import both

Path = tuple[str | int, ...]
"""Where something stands: keys and list places from the top of a file."""

_NULL = {"", "~", "null", "Null", "NULL"}
_DEEPEST = 20


@dataclass(slots=True)
class Reading:
    """What a file says, where each part stands, and what cannot be read."""

    file: str
    data: Any = None
    lines: dict[Path, int] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)

    def line(self, path: Path) -> int:
        """Find the line of a path, or of the nearest thing around it; 1 at least."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)

    def fault(self, path: Path, text: str) -> Fault:
        """Make a fault that points at this path."""
        return Fault(self.file, self.line(path), dotted(path), text)


def dotted(path: Path) -> str:
    """Write a path as people read it.

    >>> dotted((0, "groups", 1))
    '[0].groups[1]'
    """
    parts = (f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)
    return "".join(parts).removeprefix(".")


def parse(file: str, text: str) -> Reading:
    """Read one YAML text; never raises, whatever is in it."""
    reading = Reading(file)
    # never the C loader: libyaml 0.2.5 overflows the C stack on deep nesting and takes us down
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except RecursionError:
        reading.faults.append(reading.fault((), both("嵌套过深", "is nested too deeply")))
    except yaml.YAMLError as error:
        reading.faults.append(_broken(file, error))
    else:
        if node is not None:
            reading.data = _plain(node, (), reading, set())
    return reading


def _broken(file: str, error: yaml.YAMLError) -> Fault:
    mark = getattr(error, "problem_mark", None)
    problem = getattr(error, "problem", None) or "unreadable characters"
    return Fault(
        file,
        mark.line + 1 if mark else 1,
        "",
        both("不是正确的 YAML", f"is not valid YAML: {problem}"),
    )


def _plain(node: yaml.Node, path: Path, reading: Reading, seen: set[int]) -> Any:
    reading.lines.setdefault(path, node.start_mark.line + 1)
    if id(node) in seen or len(path) > _DEEPEST:
        reading.faults.append(
            reading.fault(path, both("不支持锚点引用或过深的嵌套", "anchors or deep nesting"))
        )
        return None
    seen.add(id(node))
    if isinstance(node, yaml.MappingNode):
        values = {
            key: _plain(value, (*path, key), reading, seen)
            for key, value in _entries(node, path, reading)
        }
        return {key: value for key, value in values.items() if value is not None}
    if isinstance(node, yaml.SequenceNode):
        return [
            _plain(item, (*path, place), reading, seen) for place, item in enumerate(node.value)
        ]
    plain = isinstance(node, yaml.ScalarNode) and node.style is None
    return None if plain and node.value in _NULL else node.value


def _entries(
    node: yaml.MappingNode, path: Path, reading: Reading
) -> Iterator[tuple[str, yaml.Node]]:
    known: set[str] = set()
    for key_node, value in node.value:
        line = key_node.start_mark.line + 1
        key = key_node.value if isinstance(key_node, yaml.ScalarNode) else ""
        if not key:
            text = both("名称应为文字", "is not a plain key")
            reading.faults.append(Fault(reading.file, line, dotted(path), text))
        elif key in known:
            text = both("重复出现", "stands twice")
            reading.faults.append(Fault(reading.file, line, dotted((*path, key)), text))
        else:
            known.add(key)
            reading.lines[(*path, key)] = line
            yield key, value
