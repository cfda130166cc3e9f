"""A flow's YAML as plain data and the line of every part. Plain scalars stay text.

So `1`, `yes` and `no` mean what they say. Refused: keys written twice and anchors (an alias bomb
costs memory).
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import yaml

from domain.errors import Fault
from ivr.texts import say

Path = tuple[str, ...]
"""Keys and list places from the top of a file."""

_NULL = {"", "~", "null"}
_DEEPEST = 12
_LONGEST = 262_144


@dataclass(slots=True)
class Reading:
    """What a file says, where each part stands, and what cannot be read."""

    file: str
    data: Any = None
    lines: dict[Path, int] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    advice: list[Fault] = field(default_factory=list)

    def blame(self, path: Path, code: str, **words: object) -> None:
        """Note a fault at this path, or at the nearest part around it that is written down."""
        self.faults.append(self._found(path, code, words))

    def advise(self, path: Path, code: str, **words: object) -> None:
        """Note what should be better and hinders nothing."""
        self.advice.append(self._found(path, code, words))

    def _found(self, path: Path, code: str, words: dict[str, object]) -> Fault:
        known = path
        while known and known not in self.lines:
            known = known[:-1]
        return Fault(self.file, self.lines.get(known, 1), ".".join(path), say(code, **words))


def read(file: str, text: str) -> Reading:
    """Read one YAML text; never raises, whatever is in it."""
    reading = Reading(file)
    if len(text) > _LONGEST:
        reading.blame((), "too_long", most=_LONGEST)
        return reading
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except RecursionError:
        reading.blame((), "too_deep")
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        reading.lines[()] = mark.line + 1 if mark else 1
        problem = getattr(error, "problem", None) or "unreadable characters"
        reading.blame((), "not_yaml", problem=problem)
    else:
        reading.lines[()] = 1
        if node is not None:
            reading.data = _plain(node, (), reading, set())
    return reading


def _plain(node: yaml.Node, path: Path, reading: Reading, seen: set[int]) -> Any:
    reading.lines.setdefault(path, node.start_mark.line + 1)
    if id(node) in seen or len(path) > _DEEPEST:
        reading.blame(path, "too_deep")
        return None
    seen.add(id(node))
    if isinstance(node, yaml.MappingNode):
        return {
            key: _plain(value, (*path, key), reading, seen)
            for key, value in _entries(node, path, reading)
        }
    if isinstance(node, yaml.SequenceNode):
        return [
            _plain(item, (*path, str(place)), reading, seen)
            for place, item in enumerate(node.value)
        ]
    plain = isinstance(node, yaml.ScalarNode) and node.style is None
    return None if plain and node.value in _NULL else node.value


def _entries(
    node: yaml.MappingNode, path: Path, reading: Reading
) -> Iterator[tuple[str, yaml.Node]]:
    known: set[str] = set()
    for key_node, value in node.value:
        key = key_node.value if isinstance(key_node, yaml.ScalarNode) else ""
        if not key or key in known:
            reading.lines[(*path, "\0")] = key_node.start_mark.line + 1
            reading.blame((*path, "\0"), "twice" if key else "odd_key")
            fault = reading.faults.pop()
            name = ".".join((*path, key)) if key else ".".join(path)
            reading.faults.append(Fault(fault.file, fault.line, name, fault.text))
            continue
        known.add(key)
        reading.lines[(*path, key)] = key_node.start_mark.line + 1
        yield key, value
