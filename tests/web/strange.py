"""Requests that nobody meant: made from the description of the interface, by a seed."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any
from urllib.parse import quote

HOSTILE: tuple[str, ...] = (
    "",
    "0",
    "-1",
    "9" * 40,
    "'; DROP TABLE user; --",
    "' OR 1=1 --",
    "../../../../etc/passwd",
    "..%2f..%2fsecrets.json",
    "%00",
    "a\0b",
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "=HYPERLINK(1)",
    "${jndi:ldap://x}",
    "{{7*7}}",
    "a\r\nSet-Cookie: x=1",
    "张" * 300,
    "\u202e\u2066abc",
    "\ud83d\ude00".encode("utf-16", "surrogatepass").decode("utf-16"),
    "x" * 5000,
    "today",
    "2026-11-22",
    "2026-02-30T25:61",
    "NaN",
    "1e400",
    "nil",
)
ODD: tuple[Any, ...] = (None, True, -1, 0, 2**63, 1e308, [], {}, [[[[]]]], "", {"a": {"b": 1}})


@dataclass(frozen=True, slots=True)
class Strange:
    """One request; `told` names it in a failure."""

    method: str
    path: str
    query: dict[str, str]
    body: Any

    @property
    def told(self) -> str:
        """Say it short enough to read."""
        return f"{self.method} {self.path[:200]} {self.query!r:.300} {self.body!r:.600}"


Known = Mapping[str, Sequence[str]]


def requests(
    document: Mapping[str, Any], seed: int, leave: frozenset[str], known: Known | None = None
) -> Iterator[Strange]:
    """Make one request for each operation of the description, but those in `leave`.

    `known` are values of a path's parts that are really there: half of the requests name one.
    """
    chance, shapes = Random(seed), document["components"]["schemas"]
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            if f"{method.upper()} {path}" in leave:
                continue
            there = _there(chance, path, known or {})
            yield _request(chance, shapes, method.upper(), there, operation)


def _there(chance: Random, path: str, known: Known) -> str:
    """Put what is really there in the place of a path's parts, now and then."""
    for name, values in known.items():
        if "{" + name + "}" in path and chance.random() < 0.5:
            path = path.replace("{" + name + "}", quote(chance.choice(values), safe=""))
    return path


def _request(
    chance: Random, shapes: Mapping[str, Any], method: str, path: str, operation: Mapping[str, Any]
) -> Strange:
    query: dict[str, str] = {}
    for parameter in operation.get("parameters", ()):
        text = chance.choice(HOSTILE)
        if parameter["in"] == "path":
            path = path.replace("{" + parameter["name"] + "}", quote(text or "x", safe=""))
        elif chance.random() < 0.7:
            made = _value(chance, shapes, parameter.get("schema", {}), 0)
            query[parameter["name"]] = text if chance.random() < 0.5 else str(made)
    content = operation.get("requestBody", {}).get("content", {}).get("application/json")
    body = _value(chance, shapes, content["schema"], 0) if content else None
    return Strange(method, path, query, body)


def _value(chance: Random, shapes: Mapping[str, Any], shape: Mapping[str, Any], deep: int) -> Any:
    """Make a value of a schema; now and then one that does not fit."""
    if chance.random() < 0.06 or deep > 6:
        return chance.choice((*ODD, *HOSTILE))
    if "$ref" in shape:
        return _value(chance, shapes, shapes[shape["$ref"].rpartition("/")[2]], deep)
    for key in ("anyOf", "oneOf", "allOf"):
        if key in shape:
            return _value(chance, shapes, chance.choice(shape[key]), deep)
    if "const" in shape or "enum" in shape:
        return chance.choice([shape.get("const")] if "const" in shape else shape["enum"])
    return _plain(chance, shapes, shape, deep)


def _plain(chance: Random, shapes: Mapping[str, Any], shape: Mapping[str, Any], deep: int) -> Any:
    match shape.get("type"):
        case "object":
            return _object(chance, shapes, shape, deep)
        case "array":
            inner = shape.get("items", {})
            return [_value(chance, shapes, inner, deep + 1) for _ in range(chance.randrange(4))]
        case "integer" | "number":
            return chance.choice((0, 1, 30, -5, 10**6, shape.get("minimum", 2), 2**40))
        case "boolean":
            return chance.random() < 0.5
        case "null":
            return None
        case _:
            return chance.choice((*HOSTILE, "8001", "presale", "4008000001", "13800138000"))


def _object(chance: Random, shapes: Mapping[str, Any], shape: Mapping[str, Any], deep: int) -> Any:
    made = {
        name: _value(chance, shapes, inner, deep + 1)
        for name, inner in shape.get("properties", {}).items()
        if name in shape.get("required", ()) or chance.random() < 0.7
    }
    more = shape.get("additionalProperties")
    if isinstance(more, dict):
        made[chance.choice(HOSTILE)] = _value(chance, shapes, more, deep + 1)
    if chance.random() < 0.05:
        made[chance.choice(HOSTILE)] = 1
    return made
