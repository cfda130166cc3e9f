"""What a page's form of a node needs to know: the fields of its kind, and what each one names.

Pure. A kind is asked with made-up answers in its fields: what comes back as the end of a branch
names a node, what comes back among its names is a prompt, a group, a calendar and so on. So own
kinds of others have forms without a word said about them here.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import TypeAdapter

from ivr.model import Edge, Name, Node
from ivr.picture import WAYS

_MARK = "mark-"
NODE = "node"
"""The role of a field that leads to a node."""


@dataclass(frozen=True, slots=True)
class Form:
    """A kind of node: its JSON Schema, and field → what it names (node, prompt, group …)."""

    kind: str
    schema: Mapping[str, Any]
    roles: Mapping[str, str]


def form_of(kind: str, made: type[Node]) -> Form:
    """Describe the form of a kind."""
    return Form(kind, TypeAdapter(made).json_schema(), _roles(made))


def _roles(made: type[Node]) -> dict[str, str]:
    schema = TypeAdapter(made).json_schema()
    asked = {
        name: _probe(name, part) for name, part in schema.get("properties", {}).items() if name
    }
    probe = made.model_construct(**{name: each for name, each in asked.items() if each is not None})
    roles = _inner_roles(schema)
    for name in _asked(probe):
        roles.update(_found(name.kind, name.name))
    for edge in _ways(probe):
        roles.update(_found(NODE, edge.to))
    return roles


def _probe(name: str, part: Mapping[str, Any]) -> Any:
    kind = part.get("type")
    if kind == "string" and "const" not in part and "enum" not in part:
        return _MARK + name
    if kind == "array" and part.get("items", {}).get("type") == "string":
        return (_MARK + name,)
    if kind == "object":
        return {"1": _MARK + name}
    return () if kind == "array" else None


def _inner_roles(schema: Mapping[str, Any]) -> dict[str, str]:
    """Go by the names of fields in lists of parts, as `cases.to`: they cannot be asked."""
    roles = {}
    for name, part in schema.get("properties", {}).items():
        reference = part.get("items", {}).get("$ref", "") if part.get("type") == "array" else ""
        inner = schema.get("$defs", {}).get(reference.rpartition("/")[2], {})
        for key in inner.get("properties", {}):
            if key in WAYS or key == "prompt":
                roles[f"{name}.{key}"] = NODE if key in WAYS else "prompt"
    return roles


def _asked(probe: Node) -> tuple[Name, ...]:
    try:
        return probe.names()
    except Exception:  # somebody else's kind that cannot be asked like this
        return ()


def _ways(probe: Node) -> tuple[Edge, ...]:
    try:
        return probe.edges()
    except Exception:  # as above
        return ()


def _found(role: str, text: str) -> dict[str, str]:
    return {text.removeprefix(_MARK): role} if text.startswith(_MARK) else {}
