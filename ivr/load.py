"""Flow text → checked `Flow`, or every fault at once with file, line, key and mend."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ValidationError

from domain.errors import Fault, Refused
from ivr.demand import demand
from ivr.lint import Known, lint
from ivr.model import Flow, Node, Straight
from ivr.nodes import MenuNode
from ivr.text import Path, Reading, read

_TOP = ("flow", "title", "start", "values", "straight", "nodes")
_NAME = re.compile(r"[a-z][a-z0-9_-]{0,47}")
_TYPES = {
    "missing": "missing",
    "extra_forbidden": "unknown_key",
    "literal_error": "not_one_of",
    "string_pattern_mismatch": "bad_key",
    "too_short": "too_few",
    "string_type": "not_text",
    "tuple_type": "not_list",
    "dict_type": "not_mapping",
    "model_type": "not_mapping",
    "int_parsing": "not_number",
    "int_type": "not_number",
    "float_parsing": "not_number",
    "float_type": "not_number",
    "bool_parsing": "not_true_false",
    "bool_type": "not_true_false",
    "greater_than_equal": "out_of_range",
    "less_than_equal": "out_of_range",
}
"""Which of our sentences says what pydantic found."""


@dataclass(frozen=True, slots=True)
class Review:
    """What the check found: the flow if it has a form, faults that refuse it, and advice."""

    flow: Flow | None
    faults: tuple[Fault, ...]
    advice: tuple[Fault, ...]


def check(name: str, text: str, known: Known, file: str = "") -> list[Fault]:
    """List every fault of a flow; `name` is its file's name without .yaml."""
    return list(review(name, text, known, file).faults)


def load(name: str, text: str, known: Known, file: str = "") -> Flow:
    """Give the checked flow; raises `Refused` with every fault."""
    found = review(name, text, known, file)
    if found.flow is None or found.faults:
        raise Refused(*found.faults)
    return found.flow


def review(name: str, text: str, known: Known, file: str = "") -> Review:
    """Look at a flow: faults and advice, each with its line; never raises."""
    return look(name, read(file or f"flows/{name}.yaml", text), known)


def look(name: str, reading: Reading, known: Known) -> Review:
    """Look at a flow whose text was read already."""
    flow = None if reading.faults and reading.data is None else _flow(name, known, reading)
    if flow:
        lint(flow, known, reading)
        if known.house is not None:
            demand(flow, known, reading)
    return Review(flow, _in_order(reading.faults), _in_order(reading.advice))


def shape(name: str, text: str, kinds: Mapping[str, type[Node]]) -> Flow | None:
    """Read a flow as it is written, right or wrong; None when it has no form."""
    return _flow(name, Known(kinds=kinds), read(name, text))


def _in_order(faults: list[Fault]) -> tuple[Fault, ...]:
    return tuple(sorted(faults, key=lambda fault: fault.line))


def _flow(name: str, known: Known, reading: Reading) -> Flow | None:
    data = reading.data
    if not data or not isinstance(data, dict):
        reading.blame((), "not_mapping" if data else "empty")
        return None
    _top(name, data, reading)
    before = len(reading.faults)
    written = _mapping(data, "nodes", reading)
    nodes = {key: _node(key, node, known, reading) for key, node in written.items()}
    whole = {key: node for key, node in nodes.items() if node is not None}
    values = {key: str(value or "") for key, value in _mapping(data, "values", reading).items()}
    start = data.get("start")
    if len(reading.faults) > before or not isinstance(start, str) or not whole:
        return None
    straight = _straight(data, reading)
    if len(reading.faults) > before:
        return None
    title = str(data.get("title") or "")
    return Flow(name, start, _with_person(whole, straight), values, title, straight)


def _straight(data: dict[str, Any], reading: Reading) -> Straight | None:
    part = data.get("straight")
    if part is None:
        return None
    if not isinstance(part, dict):
        reading.blame(("straight",), "not_mapping")
        return None
    try:
        return Straight.model_validate(part)
    except ValidationError as error:
        for problem in error.errors():
            _translate(("straight",), problem, Straight, reading)
        return None


def _with_person(nodes: dict[str, Node], straight: Straight | None) -> dict[str, Node]:
    """Let the key of `straight` lead to the person from every menu that leaves it free."""
    key = straight.key if straight else ""
    if not straight or not key:
        return nodes
    return {name: _reaching(node, key, straight.to) for name, node in nodes.items()}


def _reaching(node: Node, key: str, to: str) -> Node:
    if not isinstance(node, MenuNode) or key in (*node.keys, node.repeat, node.back):
        return node
    return node.model_copy(update={"keys": {**node.keys, key: to}})


def _top(name: str, data: dict[str, Any], reading: Reading) -> None:
    for key in data:
        if key not in _TOP:
            reading.blame((key,), "unknown_key", may=", ".join(_TOP))
    for key in ("flow", "start", "nodes"):
        if not data.get(key):
            reading.blame((key,), "missing", key=key)
    if isinstance(data.get("start"), dict | list):
        reading.blame(("start",), "not_text")
    if data.get("flow") not in (None, name):
        reading.blame(("flow",), "wrong_name", name=name)


def _mapping(data: dict[str, Any], key: str, reading: Reading) -> dict[str, Any]:
    part = data.get(key)
    if part is not None and not isinstance(part, dict):
        reading.blame((key,), "not_mapping")
        return {}
    for name in part or {}:
        if not _NAME.fullmatch(name):
            reading.blame((key, name), "bad_name")
    return part or {}


def _node(name: str, data: Any, known: Known, reading: Reading) -> Node | None:
    path = ("nodes", name)
    if not isinstance(data, dict):
        reading.blame(path, "not_mapping")
        return None
    kind = data.get("kind")
    if not isinstance(kind, str):
        reading.blame((*path, "kind"), "missing", key="kind")
        return None
    if kind not in known.kinds:
        reading.blame((*path, "kind"), "unknown_kind", kind=kind, may=", ".join(known.kinds))
        return None
    try:
        return known.kinds[kind].model_validate(data)
    except ValidationError as error:
        for problem in error.errors():
            _translate(path, problem, known.kinds[kind], reading)
        return None


def _translate(path: Path, problem: Any, kind: type[BaseModel], reading: Reading) -> None:
    """Put pydantic's finding into our words, at its line."""
    place = tuple(str(part) for part in problem["loc"] if part != "[key]")
    words = problem.get("ctx", {})
    code = _TYPES.get(problem["type"], "bad_value")
    if code == "missing":
        reading.blame((*path, *place), code, key=place[-1])
        return
    reading.blame(
        (*path, *_written(place, reading, path)),
        code,
        may=", ".join(field.alias or name for name, field in kind.model_fields.items()),
        expected=words.get("expected", ""),
        limit=f"≥ {words['ge']}" if "ge" in words else f"≤ {words.get('le', '')}",
        problem=problem["msg"].removeprefix("Value error, "),
    )


def _written(place: Path, reading: Reading, path: Path) -> Path:
    """Cut off what pydantic adds to a place (the branches of a union) and nobody wrote."""
    while len(place) > 1 and (*path, *place) not in reading.lines:
        place = place[:-1]
    return place
