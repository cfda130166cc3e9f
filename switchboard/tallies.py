"""What happened today, counted as it happens, for the live board. Pure.

The reports count from SQL; the board counts from the same journal, so both agree.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from domain import events as ev

SHANGHAI = ZoneInfo("Asia/Shanghai")
QUARTER_MS = 15 * 60 * 1000
"""No day begins within a quarter of an hour, so one answer serves all of it."""


@dataclass(slots=True)
class GroupToday:
    """Queue entries of one group since midnight; `within` = answered within the target."""

    entered: int = 0
    answered: int = 0
    abandoned: int = 0
    within: int = 0


@dataclass(slots=True)
class AgentToday:
    """One agent's work since midnight; talk in seconds."""

    answered: int = 0
    missed: int = 0
    talk_s: float = 0.0


@dataclass(slots=True)
class Wait:
    """An open wait: in which group, since when (UTC ms)."""

    group: str
    since: int


def midnight(utc_ms: int) -> int:
    """Give the start of the day in China, UTC milliseconds."""
    return _midnight(utc_ms // QUARTER_MS * QUARTER_MS)


@lru_cache(maxsize=64)
def _midnight(utc_ms: int) -> int:
    day = datetime.fromtimestamp(utc_ms / 1000, SHANGHAI)
    start = day.replace(hour=0, minute=0, second=0, microsecond=0)
    return int(start.timestamp() * 1000)


@dataclass(slots=True)
class Tallies:
    """Counters per group and agent; forget at midnight."""

    targets: dict[str, float] = field(default_factory=dict)
    groups: dict[str, GroupToday] = field(default_factory=lambda: defaultdict(GroupToday))
    agents: dict[str, AgentToday] = field(default_factory=lambda: defaultdict(AgentToday))
    day: int = 0
    _waits: dict[str, Wait] = field(default_factory=dict)
    _talks: dict[str, int] = field(default_factory=dict)
    _aside: dict[str, str] = field(default_factory=dict)

    def count(self, record: ev.Record) -> None:
        """Take in one record."""
        day = midnight(record.utc_ms)
        if day != self.day:
            self.day = day
            self.groups.clear()
            self.agents.clear()
        match record.event:
            case ev.GroupChosen(call, group) | ev.AgentChosen(call, group=group):
                self._entered(call, group, record.utc_ms)
            case ev.CallTransferred(call, _, to_kind, to) | ev.CallMoved(call, to_kind, to):
                self._entered(call, to if to_kind == "group" else f"@{to}", record.utc_ms)
            case ev.OfferAnswered(call, agent):
                self._answered(call, agent, record.utc_ms)
            case ev.OfferFailed(_, agent, _, "no_answer" | "unreachable" | "busy"):
                self.agents[agent].missed += 1
            case ev.TalkEnded(call, agent):
                began = self._talks.pop(call, record.utc_ms)
                self.agents[agent].talk_s += (record.utc_ms - began) / 1000
            case ev.CallEnded(call) | ev.CallLost(call):
                self._left(call)
            case _:
                self._aside_and_back(record)

    def _aside_and_back(self, record: ev.Record) -> None:
        match record.event:
            case ev.CallOverflowed(call, _, to_kind, to):
                self._overflowed(call, to_kind, to, record.utc_ms)
            case ev.HoldReached(call) if call in self._aside:
                self._entered(call, self._aside.pop(call), record.utc_ms)
            case ev.ClockStepped(seconds):
                self._step(round(seconds * 1000))

    def _step(self, ms: int) -> None:
        """The clock was set: let what goes on have begun by the new time."""
        self._talks = {call: began + ms for call, began in self._talks.items()}
        for wait in self._waits.values():
            wait.since += ms

    def _overflowed(self, call: str, to_kind: str, to: str, utc_ms: int) -> None:
        """Count the entry of another group; who goes aside may come back."""
        wait = self._waits.pop(call, None)
        if to_kind == "group":
            self._entered(call, to, utc_ms)
        elif wait is not None:
            self._aside[call] = wait.group

    def _entered(self, call: str, group: str, utc_ms: int) -> None:
        self._waits[call] = Wait(group, utc_ms)
        self.groups[group].entered += 1

    def _answered(self, call: str, agent: str, utc_ms: int) -> None:
        self.agents[agent].answered += 1
        self._talks[call] = utc_ms
        wait = self._waits.pop(call, None)
        if wait is None:
            return
        self.groups[wait.group].answered += 1
        if utc_ms - wait.since <= self.targets.get(wait.group, 20.0) * 1000:
            self.groups[wait.group].within += 1

    def _left(self, call: str) -> None:
        self._aside.pop(call, None)
        wait = self._waits.pop(call, None)
        if wait is not None:
            self.groups[wait.group].abandoned += 1
