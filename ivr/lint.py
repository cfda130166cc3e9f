"""What a flow must hold beyond its form: every name exists, every way ends.

Pure. Each rule takes the nodes and notes faults with their line in the reading.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from graphlib import CycleError, TopologicalSorter
from itertools import product
from typing import Any

from ivr.house import House, Seconds, silent
from ivr.kinds import KINDS
from ivr.model import Edge, Flow, Node, fill
from ivr.nodes import MenuNode, SetNode
from ivr.text import Path, Reading


@dataclass(frozen=True, slots=True)
class Known:
    """The names that a flow may use; None = do not check. `kinds` are the kinds of node.

    `flows` given as a mapping of flows lets the check follow sub-flows. `house` are the firm's
    rules, None = what is in force already is only read again; `seconds` how long prompts play;
    `undated` names calendars with the year whose public holidays nobody knows yet.
    """

    prompts: Collection[str] | None = None
    groups: Collection[str] | None = None
    calendars: Collection[str] | None = None
    flows: Collection[str] | None = None
    agents: Collection[str] | None = None
    skills: Collection[str] | None = None
    kinds: Mapping[str, type[Node]] = field(default_factory=lambda: KINDS)
    house: House | None = None
    seconds: Seconds = silent
    undated: Mapping[str, int] = field(default_factory=dict)

    def without_house(self) -> "Known":
        """Give the same names without the firm's rules."""
        return replace(self, house=None)

    def shapes(self) -> Mapping[str, Flow]:
        """Give the flows that may be followed."""
        return self.flows if isinstance(self.flows, Mapping) else {}


def lint(flow: Flow, known: Known, reading: Reading) -> None:
    """Note every fault of a well-formed flow."""
    _beginnings(flow, reading)
    for name, node in flow.nodes.items():
        _targets(name, node, flow, reading)
        _names(name, node, flow, known, reading)
        if isinstance(node, MenuNode):
            _menu(name, node, reading)
    _ways(flow, reading)


def _beginnings(flow: Flow, reading: Reading) -> None:
    straight = ("straight", "to")
    begins: list[tuple[Path, str]] = [(("start",), flow.start)]
    begins += [(straight, flow.straight.to)] if flow.straight else []
    for path, name in begins:
        if name not in flow.nodes:
            near = _near(name, flow.nodes)
            reading.blame(path, "no_node", name=name, near_name=near)


def _near(name: str, names: Iterable[str]) -> str:
    return next(iter(get_close_matches(name, list(names), 1)), "")


def _targets(name: str, node: Node, flow: Flow, reading: Reading) -> None:
    seen = set()
    for edge in node.edges():
        where = edge.field or (edge.label,)
        if not edge.to and _is_empty(node, where):
            reading.blame(("nodes", name, *where), "missing", key=where[-1])
        if edge.to and edge.to not in flow.nodes and where not in seen:
            seen.add(where)
            near = _near(edge.to, flow.nodes)
            reading.blame(("nodes", name, *where), "no_node", name=edge.to, near_name=near)


def _is_empty(node: Node, where: Path) -> bool:
    """Tell whether a node to go to is written there, and written empty."""
    part: Any = node.model_dump(by_alias=True)
    for key in where:
        if isinstance(part, list | tuple) and key.isdecimal():
            part = part[int(key)]
        else:
            part = part.get(key) if isinstance(part, dict) else None
    return bool(part == "")


def _names(name: str, node: Node, flow: Flow, known: Known, reading: Reading) -> None:
    tables: dict[str, Collection[str] | None] = {
        "prompt": known.prompts,
        "group": known.groups,
        "calendar": known.calendars,
        "value": flow.values,
        "flow": known.flows,
        "agent": known.agents,
        "skill": known.skills,
        "fact": (),
    }
    for used in node.names():
        table = tables[used.kind]
        for word in _spelled(used.name, flow) if used.kind == "prompt" else (used.name,):
            if table is not None and word not in table:
                path = ("nodes", name, *used.field)
                near = _near(word, table)
                reading.blame(path, f"no_{used.kind}", name=word, near_name=near)


def _spelled(text: str, flow: Flow) -> tuple[str, ...]:
    """Spell out a name with every value that the flow can give it."""
    can: dict[str, set[str]] = {name: {value} for name, value in flow.values.items()}
    for node in flow.nodes.values():
        if isinstance(node, SetNode) and node.name in can:
            can[node.name].add(node.value)
    used = [name for name in can if "{" + name + "}" in text]
    choices = product(*(sorted(can[name]) for name in used))
    return tuple(fill(text, dict(zip(used, choice, strict=True))) for choice in choices)


def _menu(name: str, node: MenuNode, reading: Reading) -> None:
    for key in node.labels:
        if key not in node.keys:
            reading.blame(("nodes", name, "labels", key), "label_without_key", key=key)
    for own in ("repeat", "back"):
        _own_key(name, node, own, reading)


def _own_key(name: str, node: MenuNode, field: str, reading: Reading) -> None:
    key = getattr(node, field)
    if key and (key in node.keys or (field == "back" and key == node.repeat)):
        reading.blame(("nodes", name, field), "repeat_taken", key=key)


def _ways(flow: Flow, reading: Reading) -> None:
    """Follow the branches; one to a node that is missing may have led anywhere."""
    loose = {flow.start, *(e.to for node in flow.nodes.values() for e in node.edges() if e.to)}
    reached = _reached(flow) if loose <= flow.nodes.keys() else flow.nodes.keys()
    out = _with_way_out(flow)
    for name in flow.nodes:
        path = ("nodes", name)
        if name not in reached:
            reading.blame(path, "unreachable")
        elif name not in out:
            reading.blame(path, "no_way_out")
    ring = _endless(flow)
    if ring:
        reading.blame(("nodes", ring[0]), "endless", round=" → ".join((*ring, ring[0])))


def _onward(flow: Flow, name: str) -> tuple[Edge, ...]:
    return tuple(edge for edge in flow.nodes[name].edges() if edge.to in flow.nodes)


def _reached(flow: Flow) -> set[str]:
    reached: set[str] = set()
    begins = (flow.start, *((flow.straight.to,) if flow.straight else ()))
    todo = [name for name in begins if name in flow.nodes]
    while todo:
        name = todo.pop()
        if name not in reached:
            reached.add(name)
            todo.extend(edge.to for edge in _onward(flow, name))
    return reached


def _with_way_out(flow: Flow) -> set[str]:
    """List the nodes from which an end can be reached."""
    out = {name for name in flow.nodes if _may_end(flow, name)}
    while True:
        more = {
            name
            for name in flow.nodes
            if name not in out and any(edge.to in out for edge in _onward(flow, name))
        }
        if not more:
            return out
        out |= more


def _may_end(flow: Flow, name: str) -> bool:
    """Tell whether a node has no way on, or one to a node that is missing."""
    targets = [edge.to for edge in flow.nodes[name].edges() if edge.to]
    return not targets or any(target not in flow.nodes for target in targets)


def _endless(flow: Flow) -> tuple[str, ...]:
    """Find a round that a caller walks without pressing a key; () when there is none."""
    graph = {name: [edge.to for edge in _onward(flow, name) if not edge.key] for name in flow.nodes}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return tuple(reversed(error.args[1][1:]))
    return ()
