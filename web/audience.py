"""Everybody who may see the same groups: what they are sent is cut, masked and written once.

A line stands apart while something is in its sight that is in nobody else's: the own row, or the
own call, of a group that is not one of the own.
"""

import json
from collections.abc import Mapping
from typing import Any, Protocol

from web.floor import KEYS, LEADERS, Floor, Row, Scope, part

SNAPSHOT = "board.snapshot"


class Watcher(Protocol):
    """An open page, as far as boards go; `own` are calls that only this page sees."""

    scope: Scope
    own: set[str]

    def say(self, ev: str, ts: int, text: str) -> None: ...


class Audience:
    """The pages of all who see the same part."""

    def __init__(self, scope: Scope) -> None:
        self.pages: set[Any] = set()
        self._scope = scope
        self._shown: set[str] = set()
        self._whole: tuple[tuple[int, int], str, set[str]] = (-1, -1), "", set()

    def start(self, page: Watcher, ts: int, floor: Floor) -> None:
        """Show a page the whole board as it is now; its text is good for the next page too."""
        now = floor.seq, floor.told
        if self._whole[0] != now or not self.pages:
            data = floor.whole()
            seen, shown = _told(data, self._scope, set())
            self._whole = now, _json(seen), self._apart(data)
            # those who are here already are still to be told what is gone
            self._shown = self._shown | shown if self.pages else shown
        self.pages.add(page)
        if page.scope.agent in self._whole[2]:
            self._own(page, (SNAPSHOT, ts), floor.whole(), set())
        else:
            page.own = set()
            page.say(SNAPSHOT, ts, self._whole[1])

    def tell(self, ev: str, ts: int, data: Mapping[str, Any]) -> None:
        """Send a board or a delta, as far as it concerns these groups."""
        before = set() if ev == SNAPSHOT else self._shown
        seen, self._shown = _told(data, self._scope, before)
        text = _json(seen) if _is_news(ev, seen) else ""
        apart = self._apart(data)
        for page in tuple(self.pages):
            if page.own or page.scope.agent in apart:
                self._own(page, (ev, ts), data, before)
            elif text:
                page.say(ev, ts, text)

    def _own(
        self, page: Watcher, when: tuple[str, int], data: Mapping[str, Any], before: set[str]
    ) -> None:
        held = set() if when[0] == SNAPSHOT else page.own
        seen, shown = _told(data, page.scope, before | held)
        page.own = shown - self._shown
        if _is_news(when[0], seen):
            page.say(*when, _json(seen))

    def _apart(self, data: Mapping[str, Any]) -> set[str]:
        """Name the agents who see a row of this that the others do not."""
        if self._scope.groups is None:
            return set()
        names = (("agents", "number"), ("calls", "agent"))
        rows = ((kind, name, row) for kind, name in names for row in data.get(kind) or ())
        found = {row.get(name) for kind, name, row in rows if not self._scope.sees(kind, row)}
        return {name for name in found if name}


class Gathered:
    """Deltas that wait to go out together: of each row the newest."""

    def __init__(self) -> None:
        self._clear()

    def _clear(self) -> None:
        self._rows: dict[str, dict[str, Row]] = {kind: {} for kind in KEYS}
        self._gone: set[str] = set()
        self._rest: Row = {}

    def add(self, data: Mapping[str, Any]) -> None:
        """Put one more delta on top."""
        for kind, key in KEYS.items():
            self._rows[kind].update({row[key]: row for row in data.get(kind) or ()})
        self._gone -= self._rows["calls"].keys()
        for call in data.get("gone") or ():
            self._rows["calls"].pop(call, None)
            self._gone.add(call)
        self._rest |= {name: data[name] for name in ("pbx", *LEADERS) if name in data}

    def __bool__(self) -> bool:
        return any(self._rows.values()) or bool(self._gone or self._rest)

    def take(self) -> Row:
        """Give all of it as one delta, and begin anew."""
        rows: Row = {kind: list(self._rows[kind].values()) for kind in KEYS}
        delta = rows | {"gone": sorted(self._gone)} | self._rest
        self._clear()
        return delta


def _told(data: Mapping[str, Any], scope: Scope, before: set[str]) -> tuple[Row, set[str]]:
    """Give what a scope is sent, and which calls it shows afterwards."""
    seen = part(data, scope)
    shown = {row["call"] for row in seen["calls"]}
    left = {row["call"] for row in data.get("calls") or ()} - shown
    gone = before & (left | set(data.get("gone") or ()))
    seen["gone"] = sorted(gone)
    return seen, (before | shown) - gone


def _is_news(ev: str, seen: Row) -> bool:
    # an empty list for leaders is news too: the last incident, or switch, is over
    return ev == SNAPSHOT or any(seen.values()) or not seen.keys().isdisjoint(LEADERS)


def _json(data: Row) -> str:
    return json.dumps(data, ensure_ascii=False)
