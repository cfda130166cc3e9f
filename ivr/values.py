"""Finds values of a flow that are used while still empty, or that nobody declared. Pure."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from ivr.model import Flow, Node
from ivr.text import Path, Reading

_USED = re.compile(r"\{([a-z][a-z0-9_.-]*)\}")
_SPOKEN = ("parts", "url", "headers", "body", "intent", "agent", "needs")
"""Fields whose texts are filled with values; `prompts` are checked as names."""
_THERE = ("caller",)
"""Needs no declaring: the number that calls."""


def empty_values(flow: Flow, flows: Mapping[str, Flow], reading: Reading) -> None:
    """Note uses of values: undeclared or never set is a fault, maybe unset is advice."""
    given = {name: _gives(node, flows) for name, node in flow.nodes.items()}
    ever = {value for labels in given.values() for values in labels.values() for value in values}
    is_part = any(node.kind == "return" for node in flow.nodes.values())
    filled = {name for name, value in flow.values.items() if value}
    unsure = {} if not flow.values else _unset(flow, given, filled)
    for path, value in _uses(flow):
        if value not in flow.values:
            if "." not in value:
                reading.blame(path, "no_value", name=value)
        elif value not in ever | filled:
            if not is_part:  # the flow that calls a part may set it
                reading.blame(path, "never_set", name=value)
        elif value in unsure.get(path[1], {}):
            reading.advise(path, "maybe_unset", name=value, at=unsure[path[1]][value])


def _uses(flow: Flow) -> Iterator[tuple[Path, str]]:
    for name, node in flow.nodes.items():
        data = node.model_dump(exclude_none=True, by_alias=True)
        for field in _SPOKEN:
            yield from _in(("nodes", name, field), data.get(field))


def _in(path: Path, tree: Any) -> Iterator[tuple[Path, str]]:
    if isinstance(tree, str):
        yield from ((path, found) for found in _USED.findall(tree) if found not in _THERE)
    elif isinstance(tree, Mapping):
        for key, value in tree.items():
            yield from _in((*path, str(key)), value)
    elif isinstance(tree, list | tuple):
        for place, value in enumerate(tree):
            yield from _in((*path, str(place)), value)


def _gives(node: Node, flows: Mapping[str, Flow]) -> dict[str, frozenset[str]]:
    """Tell which values are surely set after each branch of a node."""
    match node.kind:
        case "set":
            return {"next": frozenset({str(getattr(node, "name", ""))})}
        case "collect":
            return {"next": frozenset({str(getattr(node, "into", ""))})}
        case "http":
            return {"found": frozenset(getattr(node, "take_values", {}))}
        case "flow":
            return {"next": _all_given(str(getattr(node, "flow", "")), flows, frozenset())}
    return {}


def _all_given(name: str, flows: Mapping[str, Flow], above: frozenset[str]) -> frozenset[str]:
    """List what a sub-flow may set; it is trusted to do so."""
    flow = flows.get(name)
    if flow is None or name in above:
        return frozenset()
    own = (
        values
        for node in flow.nodes.values()
        if node.kind != "flow"
        for values in _gives(node, flows).values()
    )
    below = (
        _all_given(str(getattr(node, "flow", "")), flows, above | {name})
        for node in flow.nodes.values()
        if node.kind == "flow"
    )
    return frozenset(flow.values).union(*own, *below)


def _unset(
    flow: Flow, given: Mapping[str, Mapping[str, frozenset[str]]], filled: set[str]
) -> dict[str, dict[str, str]]:
    """By node, the values that some way to it leaves empty, with the node it comes from."""
    empty = {value for value in flow.values if value not in filled}
    starts = [flow.start, *((flow.straight.to,) if flow.straight else ())]
    found: dict[str, dict[str, str]] = {name: {} for name in flow.nodes}
    todo = [(start, "start", value) for start in starts for value in empty]
    while todo:
        name, before, value = todo.pop()
        if name not in found or value in found[name]:
            continue
        found[name][value] = before
        todo += [
            (edge.to, name, value)
            for edge in flow.nodes[name].edges()
            if edge.to and value not in given[name].get(edge.label, frozenset())
        ]
    return found
