"""How many calls each trunk carries, the most at once today, and how many were refused. Pure.

Counted from the journal's records, so that the engine knows it again after a start. A leg that
another trunk carries for a mobile seat is Asterisk's to count (`GROUP`), not ours.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Any, Protocol

from domain import events as ev
from switchboard.incidents import LINE_KINDS
from switchboard.tallies import midnight

ENDPOINT = "trunk-"
"""A trunk's endpoint is named so and then as in the settings."""


class Line(Protocol):
    """What is read of a trunk's settings."""

    @property
    def name(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def channels(self) -> int: ...


@dataclass(slots=True)
class LinesToday:
    """Calls by trunk; the peak and the refusals begin anew at midnight in China."""

    carried: dict[str, str] = field(default_factory=dict)
    talking: set[str] = field(default_factory=set)
    peaks: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    refused: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    day: int = 0

    def count(self, record: ev.Record) -> None:
        """Take in one record."""
        self._turn_day(record.utc_ms)
        match record.event:
            case ev.CallArrived(call=call, trunk=trunk):
                self._carries(call, trunk)
            case ev.FarRang(call, trunk):
                self._carries(call, trunk)
            case ev.FarAnswered(call, trunk):
                self._carries(call, trunk)
                self.talking.add(call)
            case ev.DialEnded(call) if call in self.talking:
                pass  # the deadline of its dialling, which nobody waits for any more
            case ev.RouteFailed(call) | ev.DialEnded(call) | ev.CallEnded(call) | ev.CallLost(call):
                self.carried.pop(call, None)
                self.talking.discard(call)
            case ev.CallRefused(trunk):
                self.refused[_name(trunk)] += 1

    def _turn_day(self, utc_ms: int) -> None:
        day = midnight(utc_ms)
        if day == self.day:
            return
        self.day = day
        self.refused.clear()
        self.peaks.clear()
        for name in set(self.carried.values()):
            self.peaks[name] = self.in_use(name)

    def _carries(self, call: str, trunk: str) -> None:
        if not trunk.startswith(ENDPOINT):
            return
        name = _name(trunk)
        self.carried[call] = name
        self.peaks[name] = max(self.peaks[name], self.in_use(name))

    def in_use(self, name: str) -> int:
        """Count the calls that a trunk carries now."""
        return sum(each == name for each in self.carried.values())

    def rows(
        self, lines: Iterable[Line], incidents: Iterable[dict[str, Any]]
    ) -> list[dict[str, Any]]:
        """Lay out every trunk of the settings; `channels` 0 = no limit."""
        open_now = {(row["kind"], _name(row["about"])) for row in incidents}
        return [self._row(line, open_now) for line in lines]

    def _row(self, line: Line, open_now: Collection[tuple[str, str]]) -> dict[str, Any]:
        down = any((kind, line.name) in open_now for kind in LINE_KINDS)
        return {
            "name": line.name,
            "in_use": self.in_use(line.name),
            "peak": self.peaks.get(line.name, 0),
            "channels": line.channels,
            "registered": None if line.kind != "registration" else not down,
            "refused_today": self.refused.get(line.name, 0),
        }


def _name(trunk: str) -> str:
    return trunk.removeprefix(ENDPOINT)
