"""The JSON Schema of flow files, made from the classes of the nodes, for editors.

It describes the form only: names that lead nowhere and ways that never end are for `flow lint`.
"""

import json
from collections.abc import Mapping
from typing import Any

from ivr.kinds import KINDS
from ivr.model import Node, Straight

DIALECT = "https://json-schema.org/draft/2020-12/schema"
NAME = "^[a-z][a-z0-9_-]{0,47}$"


def schema(kinds: Mapping[str, type[Node]] | None = None) -> dict[str, Any]:
    """Give the schema; `kinds` are those of other packages."""
    parts: dict[str, Any] = {}
    for word, kind in {**KINDS, **(kinds or {})}.items():
        parts[f"node_{word}"] = _lifted(kind.model_json_schema(), parts, word)
    parts["straight"] = _lifted(Straight.model_json_schema(), parts, "")
    return {
        "$schema": DIALECT,
        "title": "Yingda flow · 应答热线流程",
        "type": "object",
        "additionalProperties": False,
        "required": ["flow", "start", "nodes"],
        "properties": {
            "flow": {"type": "string", "pattern": NAME, "description": "the file's name"},
            "title": _text("what people call it · 流程的标题"),
            "start": _text("the first node · 从哪个节点开始"),
            "values": {
                "type": "object",
                "propertyNames": {"pattern": NAME},
                "additionalProperties": {"type": ["string", "number", "boolean", "null"]},
            },
            "straight": {"$ref": "#/$defs/straight"},
            "nodes": {
                "type": "object",
                "minProperties": 1,
                "propertyNames": {"pattern": NAME},
                "additionalProperties": {"$ref": "#/$defs/node"},
            },
        },
        "$defs": {"node": _any_node(parts), **parts},
    }


def schema_text(kinds: Mapping[str, type[Node]] | None = None) -> str:
    """Give the schema as the file that is published."""
    return json.dumps(schema(kinds), ensure_ascii=False, indent=1) + "\n"


def _text(words: str) -> dict[str, Any]:
    return {"type": ["string", "number"], "description": words}


def _any_node(parts: Mapping[str, Any]) -> dict[str, Any]:
    """Choose by `kind`, so that an editor complains about one kind and not about all."""
    words = [name.removeprefix("node_") for name in parts if name.startswith("node_")]
    choices = [
        {
            "if": {"properties": {"kind": {"const": word}}},
            "then": {"$ref": f"#/$defs/node_{word}"},
        }
        for word in words
    ]
    return {
        "type": "object",
        "required": ["kind"],
        "properties": {"kind": {"enum": words}},
        "allOf": choices,
    }


def _lifted(made: dict[str, Any], parts: dict[str, Any], word: str) -> dict[str, Any]:
    """Move a class's own parts under the one `$defs`, and say what YAML writes as it is written."""
    for name, part in made.pop("$defs", {}).items():
        parts[f"{word}_{name}"] = _as_written(part, word)
    written: dict[str, Any] = _as_written(made, word)
    return written


def _as_written(part: Any, word: str) -> Any:
    if isinstance(part, list):
        return [_as_written(each, word) for each in part]
    if not isinstance(part, dict):
        return part
    out = {
        key: _as_written(value, word)
        for key, value in part.items()
        if not (key == "title" and isinstance(value, str))
    }
    if "$ref" in out:
        name = out["$ref"].rsplit("/", 1)[-1]
        out["$ref"] = f"#/$defs/{word}_{name}"
    if out.get("type") == "string" and "enum" not in out and "const" not in out:
        out["type"] = ["string", "number"]  # `agent: 8001` and `to: 110` need no quotes here
    words = out.get("type") == "array" and out.get("items", {}).get("type") == ["string", "number"]
    if words and "prefixItems" not in out:
        return {"anyOf": [{"type": "string"}, out]}  # one name alone needs no list
    return out
