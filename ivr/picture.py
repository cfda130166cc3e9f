"""A flow's text as a picture: boxes and arrows, also of what is not right yet. Pure.

What a kind itself says of its branches counts; of a node that is unknown or has faults, whatever
names another node in a place where nodes are named.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic import ValidationError

from domain.errors import Refused
from ivr.model import Edge, Node
from ivr.rewrite import drop, put, rename
from ivr.text import Path, read

WAYS = frozenset(
    ("next", "otherwise", "open", "closed", "yes", "no", "to", "keys", "found", "missing", "failed")
)
"""Fields that lead to a node, for nodes that cannot speak for themselves."""
_FIRST = ("prompts", "parts")
"""Fields with what a caller hears first; other prompts of a node answer a mistake or an end."""


@dataclass(frozen=True, slots=True)
class Arrow:
    """One branch: `to` is "" when it stays or ends; `meaning` is what a key stands for."""

    node: str
    label: str
    to: str
    key: bool = False
    meaning: str = ""
    path: Path = ()


@dataclass(frozen=True, slots=True)
class Box:
    """One node: its line, what is written in it, the prompts heard first; `whole` = well-formed."""

    name: str
    kind: str
    line: int
    fields: Mapping[str, Any]
    whole: bool
    person: bool
    prompts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Picture:
    """A flow as it is drawn; `values` and `straight` as written."""

    title: str = ""
    start: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)
    straight: Any = None
    boxes: tuple[Box, ...] = ()
    arrows: tuple[Arrow, ...] = ()


def picture(text: str, kinds: Mapping[str, type[Node]]) -> Picture:
    """Draw a text; what cannot be read at all gives an empty picture."""
    reading = read("", text)
    data = reading.data if isinstance(reading.data, dict) else {}
    written = data.get("nodes")
    written = written if isinstance(written, dict) else {}
    boxes: list[Box] = []
    arrows: list[Arrow] = []
    for name, raw in written.items():
        fields = raw if isinstance(raw, dict) else {}
        node = _node(fields, kinds)
        line = reading.lines.get(("nodes", name), 1)
        boxes.append(_box(name, fields, node, line))
        arrows += _arrows(name, fields, node, written)
    return Picture(
        _word(data.get("title")),
        _word(data.get("start")),
        _mapping(data.get("values")),
        data.get("straight"),
        tuple(boxes),
        tuple(arrows),
    )


def rename_node(text: str, old: str, new: str, kinds: Mapping[str, type[Node]]) -> str:
    """Give a node another name, wherever the flow leads to it."""
    for path in _places(text, old, kinds):
        text = put(text, path, new)
    return rename(text, ("nodes", old), new)


def drop_node(text: str, name: str) -> str:
    """Take a node away; branches that led to it stay and become faults."""
    return drop(text, ("nodes", name))


def _places(text: str, name: str, kinds: Mapping[str, type[Node]]) -> list[Path]:
    """List where a flow names this node."""
    data = read("", text).data
    drawn = picture(text, kinds)
    found = {arrow.path: None for arrow in drawn.arrows if arrow.to == name}
    tops = {key: data.get(key) for key in ("start", "straight")} if isinstance(data, dict) else {}
    for path, value in _leaves(tops, ()):
        if value == name and path[-1] in ("start", "to"):
            found[path] = None
    return list(found)


def _node(fields: Mapping[str, Any], kinds: Mapping[str, type[Node]]) -> Node | None:
    kind = fields.get("kind")
    if not isinstance(kind, str) or kind not in kinds:
        return None
    try:
        return kinds[kind].model_validate(fields)
    except (ValidationError, Refused, ValueError):
        return None


def _box(name: str, fields: Mapping[str, Any], node: Node | None, line: int) -> Box:
    names = node.names() if node else ()
    spoken = [used for used in names if used.kind == "prompt"]
    first = [used for used in spoken if used.field[0] in _FIRST]
    prompts = tuple(used.name for used in first or spoken)
    loose = () if node else tuple(_texts(fields.get("prompts")))
    person = node.is_person() if node else False
    kind = _word(fields.get("kind"))
    return Box(name, kind, line, fields, node is not None, person, prompts or loose)


def _arrows(
    name: str, fields: Mapping[str, Any], node: Node | None, all_nodes: Mapping[str, Any]
) -> Iterator[Arrow]:
    labels = _mapping(fields.get("labels"))
    for edge in node.edges() if node else _guessed(fields, all_nodes):
        path = ("nodes", name, *(edge.field or (edge.label,)))
        meaning = _word(labels.get(edge.label)) if edge.key else ""
        yield Arrow(name, edge.label, edge.to, edge.key, meaning, path)


def _guessed(fields: Mapping[str, Any], all_nodes: Mapping[str, Any]) -> Iterator[Edge]:
    for path, value in _leaves(fields, ()):
        if WAYS.isdisjoint(path) or not isinstance(value, str):
            continue
        if value in all_nodes or path[-1] in WAYS:
            yield Edge(".".join(path[-1:]), value, "keys" in path, path)


def _leaves(value: Any, path: Path) -> Iterator[tuple[Path, Any]]:
    if isinstance(value, list):
        value = {str(place): each for place, each in enumerate(value)}
    if not isinstance(value, Mapping):
        yield path, value
        return
    for key, inner in value.items():
        yield from _leaves(inner, (*path, key))


def _texts(value: Any) -> Iterator[str]:
    for _, each in _leaves(value, ()):
        if isinstance(each, str):
            yield each


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _word(value: Any) -> str:
    return value if isinstance(value, str) else ""
