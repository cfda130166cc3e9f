"""What a flow owes its callers: a person near, short menus, an early choice. Pure.

Only what the person rule finds stands in the way of publishing; the rest is advice.
"""

from dataclasses import dataclass
from functools import cached_property
from math import inf

from ivr.house import House, Seconds
from ivr.model import Flow, Node
from ivr.text import Reading
from ivr.ways import Near, Spot, Ways, asks, nearest, open_spots, spoken

ZERO = "0"
ANY = 9
"""So many keys stand for any number."""


@dataclass(frozen=True)
class Care:
    """One flow, unfolded, with the limits of its firm."""

    ways: Ways
    house: House
    seconds: Seconds
    reading: Reading

    def look(self) -> None:
        """Note all findings: faults for the person rule, advice for the rest."""
        if self.house.keys or self.house.seconds:
            self._far()
        for spot in sorted(self._open):
            node = self.ways.nodes[spot]
            if node.kind == "menu":
                self._zero(spot)
                self._length(spot, node)
        self._depth()
        self._late_choice()

    @cached_property
    def _open(self) -> set[Spot]:
        return open_spots(self.ways)

    @cached_property
    def _near(self) -> Near:
        return nearest(self.ways, self.house.keys or ANY)

    def _subjects(self) -> list[Spot]:
        """List the spots from which a caller is still asked something."""
        back: dict[Spot, list[Spot]] = {}
        for spot, on in self.ways.on.items():
            for way in on:
                if not way.closed:
                    back.setdefault(way.to, []).append(spot)
        todo = [spot for spot, node in self.ways.nodes.items() if _is_question(node)]
        found: set[Spot] = set()
        while todo:
            spot = todo.pop()
            if spot not in found:
                found.add(spot)
                todo += back.get(spot, ())
        return sorted(found & self._open)

    def _far(self) -> None:
        """Blame each node of the flow once, for the worst of its spots."""
        keys, most = self.house.keys or ANY, self.house.seconds or inf
        worst: dict[str, tuple[float, Spot]] = {}
        for spot in self._subjects():
            took = self._near.seconds(spot, keys)
            if took > most or took == inf:
                worst[spot[0]] = max(worst.get(spot[0], (0.0, spot)), (took, spot))
        for name, (took, spot) in worst.items():
            code = "far_keys" if took == inf else "far_seconds"
            words = {"keys": keys, "most": f"{most:g}", "took": f"{took:.0f}"}
            self.reading.blame(("nodes", name), code, at=" → ".join(spot), **words)

    def _zero(self, spot: Spot) -> None:
        """`0` must lead to people, on some way at least, without another question."""
        to = [way.to for way in self.ways.on[spot] if way.label == ZERO]
        if len(spot) > 1 or self._reaches_person(to):
            return
        note = self.reading.blame if self.house.zero else self.reading.advise
        note(("nodes", spot[0]), "no_zero")

    def _reaches_person(self, todo: list[Spot]) -> bool:
        seen: set[Spot] = set()
        while todo:
            spot = todo.pop()
            node = self.ways.nodes.get(spot)
            if spot in self.ways.unseen or (node is not None and node.is_person()):
                return True
            if node is not None and spot not in seen and not asks(node):
                todo += [way.to for way in self.ways.on[spot]]
            seen.add(spot)
        return False

    def _length(self, spot: Spot, node: Node) -> None:
        keys = sum(edge.key for edge in node.edges())
        said = spoken(node, self.seconds)
        if len(spot) > 1:
            return
        if 0 < self.house.menu_keys < keys:
            words = {"keys": keys, "most": self.house.menu_keys}
            self.reading.advise(("nodes", spot[0], "keys"), "many_keys", **words)
        if 0 < self.house.menu_s < said:
            words = {"took": round(said), "most": round(self.house.menu_s)}
            self.reading.advise(("nodes", spot[0], "prompts"), "long_menu", **words)

    def _depth(self) -> None:
        """Count the menus that a caller passes at least before each menu."""
        depth = self._menus_before()
        for spot, menus in sorted(depth.items()):
            if 0 < self.house.depth < menus and self.ways.nodes[spot].kind == "menu":
                words = {"deep": menus, "most": self.house.depth, "at": " → ".join(spot)}
                self.reading.advise(("nodes", spot[0]), "deep_menu", **words)

    def _menus_before(self) -> dict[Spot, int]:
        depth: dict[Spot, int] = {}
        level = {self.ways.start} & self.ways.nodes.keys()
        menus = 0
        while level:
            level = self._level(level, depth, menus)
            menus += 1
        return depth

    def _level(self, todo: set[Spot], depth: dict[Spot, int], menus: int) -> set[Spot]:
        """Walk to the next menus; give the spots behind them."""
        behind: set[Spot] = set()
        stack = sorted(todo - depth.keys())
        while stack:
            spot = stack.pop()
            if spot in depth:
                continue
            is_menu = self.ways.nodes[spot].kind == "menu"
            depth[spot] = menus + is_menu
            (behind.update if is_menu else stack.extend)(way.to for way in self.ways.on[spot])
        return behind - depth.keys()

    def _late_choice(self) -> None:
        """Add up what is heard before the first question, on the longest way."""
        took = self._heard_first()
        if 0 < self.house.choice_s < took:
            words = {"took": round(took), "most": round(self.house.choice_s)}
            self.reading.advise(("start",), "late_choice", **words)

    def _heard_first(self) -> float:
        """Go depth first without recursion; a round counts once."""
        heard: dict[Spot, float] = {}
        stack = [self.ways.start]
        while stack:
            spot = stack[-1]
            on = self._untold(spot)
            if spot not in heard:
                heard[spot] = 0.0
                stack += [to for to in on if to not in heard]
                continue
            stack.pop()
            if spot in self.ways.nodes and not asks(self.ways.nodes[spot]):
                rest = max((heard.get(to, 0.0) for to in on), default=0.0)
                heard[spot] = spoken(self.ways.nodes[spot], self.seconds) + rest
        return heard[self.ways.start]

    def _untold(self, spot: Spot) -> list[Spot]:
        """List where a caller comes from here without having been asked."""
        if spot not in self.ways.nodes or asks(self.ways.nodes[spot]):
            return []
        return [way.to for way in self.ways.on[spot] if not way.closed]


def _is_question(node: Node) -> bool:
    return asks(node) and node.kind != "survey"


def care(flow: Flow, ways: Ways, house: House, seconds: Seconds, reading: Reading) -> None:
    """Look at a flow whose names and ways are right."""
    if flow.start in flow.nodes:
        Care(ways, house, seconds, reading).look()
