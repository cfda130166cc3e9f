"""A recorded day out of the journal: its calls as the simulator takes them, and who was there.

The wait runs from the first choice of a group to the answer, ringing included. Ringing, talk and
hold are the agent's service time; what a caller who was answered would have borne is unknown.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from acd.floor import AgentCard, GroupRules
from acd.simulate import SimCall
from domain import events as ev
from domain.ids import AgentId, GroupId

MS = 1_000_000
"""Nanoseconds in a millisecond."""


@dataclass(frozen=True, slots=True)
class Rules:
    """What distribution works by: groups and agents of one version of the configuration."""

    groups: tuple[GroupRules, ...]
    agents: tuple[AgentCard, ...]


@dataclass(frozen=True, slots=True)
class Day:
    """Records of the journal, the rules of each version they name, and the rules now."""

    records: Sequence[ev.Record]
    versions: Mapping[int, Rules]
    current: Rules

    def rules(self, version: int) -> Rules:
        """Give a version's rules; those in force now when the version is not known any more."""
        return self.versions.get(version, self.current)


@dataclass(slots=True)
class Past:
    """One call that waited for somebody; UTC milliseconds, 0 = did not happen."""

    id: str
    group: GroupId
    priority: int
    entered: int
    offered: int = 0
    answered: int = 0
    talk_end: int = 0
    wrap_ms: int = 0
    ended: int = 0
    agent: str = ""

    @property
    def wait_ms(self) -> int:
        """Tell how long the caller waited, until the answer or the end."""
        return max(0, (self.answered or self.ended) - self.entered)

    @property
    def busy_ms(self) -> int:
        """Tell how long the agent was busy with it, without wrap-up."""
        return max(0, (self.talk_end or self.ended) - (self.offered or self.answered))


@dataclass(slots=True)
class Story:
    """The fold: calls by their id, and when each agent was ready."""

    calls: dict[str, Past] = field(default_factory=dict)
    shifts: dict[AgentId, list[tuple[int, int]]] = field(default_factory=dict)
    _ready: dict[AgentId, int] = field(default_factory=dict)
    _wraps: dict[AgentId, int] = field(default_factory=dict)
    _last: int = 0

    def take(self, record: ev.Record) -> None:
        """Take in one record."""
        self._last = max(self._last, record.utc_ms)
        event: Any = record.event
        if isinstance(event, ev.GroupChosen | ev.AgentChosen):
            past = Past(event.call, event.group, event.priority, record.utc_ms)
            self.calls.setdefault(event.call, past)
        elif record.call in self.calls:
            self._call(self.calls[record.call], event, record.utc_ms)
        self._agent(event, record.utc_ms)

    def _call(self, past: Past, event: Any, at: int) -> None:
        match event:
            case ev.OfferMade() if not past.answered:
                past.offered = at
            case ev.OfferAnswered() if not past.answered:
                past.answered, past.agent = at, event.agent
            case ev.TalkEnded():
                past.talk_end = at
            case ev.WrapUpStarted():
                self._wraps[event.agent] = at
            case ev.WrapUpEnded() if event.agent in self._wraps:
                past.wrap_ms += at - self._wraps.pop(event.agent)
            case ev.CallEnded() | ev.CallLost():
                past.ended = at

    def _agent(self, event: Any, at: int) -> None:
        match event:
            case ev.AgentReadied():
                self._ready.setdefault(event.agent, at)
            case ev.AgentPaused() | ev.AgentSignedOut() | ev.AgentAutoPaused():
                self._close(event.agent, at)

    def _close(self, agent: AgentId, at: int) -> None:
        start = self._ready.pop(agent, None)
        if start is not None:
            self.shifts.setdefault(agent, []).append((start, at))

    def finish(self) -> None:
        """End what is still open at the last record."""
        for agent in list(self._ready):
            self._close(agent, self._last + 1)

    def done(self) -> list[Past]:
        """Give the calls that came to an end, in order of entry; in-person lines left out."""
        over = [past for past in self.calls.values() if past.ended or past.talk_end]
        return sorted(
            (past for past in over if not past.group.startswith("@")),
            key=lambda past: (past.entered, past.id),
        )


def story_of(records: Iterable[ev.Record]) -> Story:
    """Fold records into calls and shifts."""
    story = Story()
    for record in records:
        story.take(record)
    story.finish()
    return story


def patience_s(calls: Iterable[Past]) -> float | None:
    """Estimate the mean patience: all time waited ÷ those who gave up (exponential, censored).

    None when nobody gave up: then nothing is known of it.
    """
    waited = lost = 0
    for past in calls:
        waited += past.wait_ms
        lost += not past.answered
    return waited / lost / 1000 if lost and waited else None


def sim_calls(calls: Sequence[Past], base_ms: int, residual: Mapping[str, int]) -> list[SimCall]:
    """Give the calls to the simulator; `residual` is how much longer the answered would wait."""
    return [
        SimCall(
            past.id,
            (past.entered - base_ms) * MS,
            past.group,
            past.priority,
            past.busy_ms * MS if past.answered else residual.get(f"{past.id} service", 0),
            past.wrap_ms * MS,
            _bears(past, residual),
        )
        for past in calls
    ]


def _bears(past: Past, residual: Mapping[str, int]) -> int | None:
    if not past.answered:
        return past.wait_ms * MS
    more = residual.get(past.id)
    return None if more is None else past.wait_ms * MS + more
