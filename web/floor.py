"""The web's picture of the floor, pure: snapshot and deltas in, what one person may see out."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from web.masking import masked

Row = dict[str, Any]
KEYS = {"groups": "id", "agents": "number", "calls": "call"}
"""The lists of a board and what tells their rows apart."""

LEADERS = ("incidents", "trunks", "switches")
"""What only who leads the floor is told, each a list that is always told whole."""


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose rows one person sees: everybody's (`groups` None) or those of a part.

    `staff` are agents who are seen wherever they work; `leads`: told of the own hotlines' switches.
    """

    groups: frozenset[str] | None
    agent: str = ""
    hotlines: frozenset[str] = frozenset()
    staff: frozenset[str] = frozenset()
    leads: bool = False

    def sees(self, kind: str, row: Mapping[str, Any]) -> bool:
        """Tell whether this row of groups, agents or calls is in sight."""
        if self.groups is None:
            return True
        if kind == "groups":
            return row["id"] in self.groups
        if kind == "agents":
            return self._names(row["number"]) or not self.groups.isdisjoint(row["groups"])
        if row.get("hotline") in self.hotlines:
            return True
        return self._names(row.get("agent")) or row.get("group") in self.groups

    def _names(self, agent: str | None) -> bool:
        return bool(agent) and (agent == self.agent or agent in self.staff)

    @property
    def shared(self) -> "Scope":
        """Give the part of it that others may have too: all but the own number."""
        return replace(self, agent="")


class Floor:
    """Groups, agents and calls as the engine last told them."""

    def __init__(self) -> None:
        self.pbx: Row = {"up": False, "since": 0}
        self.of_leaders: dict[str, list[Row]] = {name: [] for name in LEADERS}
        self.told = 0
        self.seq = 0
        self._rows: dict[str, dict[str, Row]] = {kind: {} for kind in KEYS}

    def take(self, message: Mapping[str, Any]) -> None:
        """Take over a snapshot or a delta; other events change nothing here."""
        data = message.get("data") or {}
        if message["ev"] == "board.snapshot":
            self._rows = {kind: {} for kind in KEYS}
        elif message["ev"] != "board.delta":
            return
        for kind, key in KEYS.items():
            self._rows[kind].update({row[key]: row for row in data.get(kind) or ()})
        for call in data.get("gone") or ():
            self._rows["calls"].pop(call, None)
        self.pbx = data.get("pbx") or self.pbx
        self.of_leaders |= {name: data[name] for name in LEADERS if name in data}
        self.told, self.seq = message.get("ts", 0), message.get("seq", 0)

    def agent(self, number: str) -> Row | None:
        """Give an agent's row, None while the engine has not told of one."""
        return self._rows["agents"].get(number)

    def call(self, call: str) -> Row | None:
        """Give a live call, with the number as it is: for the server's own use."""
        return self._rows["calls"].get(call)

    def whole(self) -> Row:
        """Give the whole board, numbers as they are: cut it with `part` before it leaves."""
        rows: Row = {kind: list(self._rows[kind].values()) for kind in KEYS}
        return rows | {"pbx": self.pbx} | self.of_leaders


def part(data: Mapping[str, Any], scope: Scope) -> Row:
    """Cut a board or a delta down to what a person may see, numbers masked."""
    seen: Row = {
        kind: [row for row in data.get(kind) or () if scope.sees(kind, row)] for kind in KEYS
    }
    seen["calls"] = [masked(row) for row in seen["calls"]]
    for name in ("gone", "pbx"):
        if data.get(name):
            seen[name] = data[name]
    if scope.groups is None:
        seen |= {name: data[name] for name in LEADERS if name in data}
    elif scope.leads and "switches" in data:
        near = {"", *scope.hotlines}
        seen["switches"] = [row for row in data["switches"] if row["hotline"] in near]
    return seen
