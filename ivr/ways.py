"""The ways through a flow with its sub-flows unfolded, and the nearest person from anywhere. Pure.

A spot is one node at one place: a node of a sub-flow stands once for each node that calls it.
What a way costs are keys and the seconds that a caller listens or waits.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from heapq import heappop, heappush
from math import inf

from ivr.house import Seconds
from ivr.model import Edge, Flow, Node, fill

Spot = tuple[str, ...]
"""Names of nodes from the flow down: ("orders", "ask") is `ask` in the sub-flow of `orders`."""

DEEPEST = 5
MOST_SPOTS = 3000
"""Sub-flows deeper in one another, or beyond so many nodes, are passed over."""


@dataclass(frozen=True, slots=True)
class Way:
    """One branch from a spot to the next, with its price. `closed`: nobody is there behind it."""

    label: str
    to: Spot
    keys: int
    seconds: float
    closed: bool = False


@dataclass(slots=True)
class Ways:
    """A flow unfolded: the node of each spot, its ways on, and the spots that lead out of sight."""

    start: Spot
    nodes: dict[Spot, Node] = field(default_factory=dict)
    on: dict[Spot, tuple[Way, ...]] = field(default_factory=dict)
    unseen: set[Spot] = field(default_factory=set)


def unfold(flow: Flow, flows: Mapping[str, Flow], seconds: Seconds) -> Ways:
    """Unfold a flow; a sub-flow that is not among `flows` is passed over in no time."""
    ways = Ways((flow.start,))
    _lay(ways, flow, flows, seconds, (), None)
    return ways


def _lay(
    ways: Ways,
    flow: Flow,
    flows: Mapping[str, Flow],
    seconds: Seconds,
    above: Spot,
    back: Spot | None,
) -> None:
    for name, node in flow.nodes.items():
        spot = (*above, name)
        ways.nodes[spot] = node
        if node.kind == "return":
            _leave(ways, spot, back)
            continue
        below = flows.get(getattr(node, "flow", "")) if node.kind == "flow" else None
        fits = len(spot) <= DEEPEST and len(ways.nodes) < MOST_SPOTS
        if below is not None and fits and below.start in below.nodes:
            after = (*above, getattr(node, "next", ""))
            _lay(ways, below, flows, seconds, spot, after)
            ways.on[spot] = (Way("flow", (*spot, below.start), 0, 0.0),)
            continue
        ways.on[spot] = tuple(_priced(node, flow, seconds, above))
        if any(edge.to and edge.to not in flow.nodes for edge in node.edges()):
            ways.unseen.add(spot)


def _leave(ways: Ways, spot: Spot, back: Spot | None) -> None:
    """A `return` goes on in the flow above; of a flow by itself nobody sees where."""
    ways.on[spot] = (Way("return", back, 0, 0.0),) if back else ()
    if back is None:
        ways.unseen.add(spot)


def _priced(node: Node, flow: Flow, seconds: Seconds, above: Spot) -> Iterator[Way]:
    for edge in node.edges():
        if edge.to in flow.nodes:
            keys, length = price(node, edge, lambda name: _longest(name, flow, seconds))
            gone = (node.kind, edge.label) in _NOBODY
            yield Way(edge.label, (*above, edge.to), keys, length, gone)


_NOBODY = {("hours", "closed"), ("staffed", "no")}
"""Behind these branches there is nobody to be reached, whatever the menu says."""


def price(node: Node, edge: Edge, seconds: Seconds) -> tuple[int, float]:
    """Tell the keys and seconds that a caller spends here before leaving by this branch."""
    said = spoken(node, seconds)
    if edge.key:
        return 1, said
    if not asks(node):
        return 0, said
    typed = int(getattr(node, "least", 0) or 0)
    if typed and edge.label == "next":
        return typed, said
    waited = float(getattr(node, "timeout_s", 0) or getattr(node, "first_s", 0))
    again = sum(seconds(use.name) for use in node.names() if use.field[0] == "no_input")
    tries = int(getattr(node, "tries", 1))
    return 0, tries * (said + waited) + (tries - 1) * again


def asks(node: Node) -> bool:
    """Tell whether the caller may press keys here."""
    return any(edge.key for edge in node.edges()) or hasattr(node, "tries")


def spoken(node: Node, seconds: Seconds) -> float:
    """Add up what is said here before the caller can do anything, seconds."""
    return sum(
        seconds(use.name)
        for use in node.names()
        if use.kind == "prompt" and use.field[0] in ("prompts", "parts")
    )


def _longest(name: str, flow: Flow, seconds: Seconds) -> float:
    """Take the longest of the prompts that a name with values may mean."""
    return seconds(fill(name, flow.values))


@dataclass(frozen=True, slots=True)
class Near:
    """The nearest person from each spot: seconds by how many keys may be pressed."""

    by_keys: tuple[Mapping[Spot, float], ...]

    def seconds(self, spot: Spot, keys: int) -> float:
        """Tell the least seconds with at most so many keys; infinite when there is no way."""
        return self.by_keys[min(keys, len(self.by_keys) - 1)].get(spot, inf)


def nearest(ways: Ways, most_keys: int) -> Near:
    """Find the nearest person from every spot with 0, 1, … `most_keys` keys."""
    back: dict[Spot, list[tuple[Spot, Way]]] = {}
    for spot, on in ways.on.items():
        for way in on:
            back.setdefault(way.to, []).append((spot, way))
    layers: list[dict[Spot, float]] = []
    goals = {spot for spot, node in ways.nodes.items() if node.is_person()} | ways.unseen
    for keys in range(most_keys + 1):
        layers.append(_layer(goals, back, layers, keys))
    return Near(tuple(layers))


def _layer(
    goals: Collection[Spot],
    back: Mapping[Spot, list[tuple[Spot, Way]]],
    layers: list[dict[Spot, float]],
    keys: int,
) -> dict[Spot, float]:
    """Dijkstra from the persons backwards; a way that costs keys comes from a layer below."""
    best: dict[Spot, float] = {}
    heap = [(0.0, spot) for spot in goals]
    for used, below in enumerate(layers):
        heap += [
            (seconds + way.seconds, spot)
            for to, seconds in below.items()
            for spot, way in back.get(to, ())
            if way.keys == keys - used
        ]
    heap.sort()
    while heap:
        seconds, spot = heappop(heap)
        if spot in best:
            continue
        best[spot] = seconds
        for before, way in back.get(spot, ()):
            if not way.keys and before not in best:
                heappush(heap, (seconds + way.seconds, before))
    fewer = layers[-1] if layers else {}
    return {
        spot: min(best.get(spot, inf), fewer.get(spot, inf)) for spot in best.keys() | fewer.keys()
    }


def open_spots(ways: Ways) -> set[Spot]:
    """List the spots that a caller reaches while somebody is there."""
    found: set[Spot] = set()
    todo = [ways.start] if ways.start in ways.nodes else []
    while todo:
        spot = todo.pop()
        if spot not in found:
            found.add(spot)
            todo += [way.to for way in ways.on.get(spot, ()) if not way.closed]
    return found
