"""A recorded journal through the core again: is every decision the one that was written down?

An engine that starts rebuilds its floor from the journal before it; so does the replay. The text
of a why-trace is not compared, only what was decided.
"""

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from acd.decide import decide, recall
from acd.floor import Floor
from acd.recorded import Day
from acd.strategies import Strategy
from domain import events as ev
from domain.ids import Instant

LOOK_BACK_MS = 48 * 3600 * 1000
"""How far an engine that starts reads back, as `switchboard.engine` does."""
PRIVATE = ("caller", "caller_raw", "caller_name", "called", "to", "digits", "note")
Strategies = Mapping[str, Strategy]


@dataclass(frozen=True, slots=True)
class Difference:
    """The first record that the core would not have written, and what it decides instead."""

    seq: int
    recorded: str
    decided: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a replay found; `offers` and `decisions` are those that were identical."""

    records: int
    decisions: int
    offers: int
    first: Difference | None

    @property
    def identical(self) -> bool:
        """Tell whether every recorded decision was made again."""
        return self.first is None


class Replay:
    """Walks over the records of a day, one engine after another."""

    def __init__(self, day: Day, strategies: Strategies) -> None:
        self.day = day
        self.decisions = self.offers = 0
        self._strategies = dict(strategies)
        self._floor = Floor(strategies=self._strategies)
        self._floor.configure(list(day.current.groups), list(day.current.agents))
        self._due: deque[ev.Event] = deque()
        # journals from before the time to wait was told have none of these
        self._quotes = any(isinstance(record.event, ev.WaitQuoted) for record in day.records)
        self._cause = 0

    def run(self) -> Verdict:
        """Replay until the end, or the first difference."""
        for place, record in enumerate(self.day.records):
            first = self._take(place, record)
            if first is not None:
                return self._verdict(place, first)
        return self._verdict(len(self.day.records), self._missing(self._cause, "the journal's end"))

    def _verdict(self, records: int, first: Difference | None) -> Verdict:
        return Verdict(records, self.decisions, self.offers, first)

    def _take(self, place: int, record: ev.Record) -> Difference | None:
        if isinstance(record.event, ev.DERIVED):
            return self._compare(record)
        if self._due:
            return self._missing(record.seq, told(record.event))
        if isinstance(record.event, ev.EngineStarted):
            self._restart(place, record)
        if isinstance(record.event, ev.ConfigPublished):
            self._configure(record.event.version)
        self._cause = record.seq
        facts = decide(self._floor, record.event, Instant(record.mono)).facts
        known = (fact for fact in facts if self._quotes or not isinstance(fact, ev.WaitQuoted))
        self._due.extend(known)
        return None

    def _missing(self, seq: int, recorded: str) -> Difference | None:
        return Difference(seq, recorded, told(self._due[0])) if self._due else None

    def _compare(self, record: ev.Record) -> Difference | None:
        decided = self._due.popleft() if self._due else None
        if decided is None or _plain(decided) != _plain(record.event):
            said = told(decided) if decided else "nothing"
            return Difference(record.seq, told(record.event), said)
        self.decisions += 1
        self.offers += isinstance(decided, ev.OfferMade)
        return None

    def _restart(self, place: int, start: ev.Record) -> None:
        """Be the engine that starts here: a new floor out of what was written before."""
        self._floor = Floor(strategies=self._strategies)
        self._configure(getattr(start.event, "config", 0))
        self._floor.recalling = True
        for record in self.day.records[:place]:
            if record.utc_ms >= start.utc_ms - LOOK_BACK_MS:
                ago = (start.utc_ms - record.utc_ms) / 1000
                recall(self._floor, record.event, Instant(start.mono - ago))
        self._floor.recalling = False

    def _configure(self, version: int) -> None:
        rules = self.day.rules(version)
        self._floor.configure(list(rules.groups), list(rules.agents))


def replayed(day: Day, strategies: Strategies) -> Verdict:
    """Run a recorded day through the core."""
    return Replay(day, strategies).run()


def told(event: Any) -> str:
    """Say an event in short: its kind and what it holds; no caller's number is among it."""
    held = (f"{key}={value}" for key, value in ev.to_data(event).items() if key not in PRIVATE)
    return " ".join((type(event).__name__, *held))


def _plain(event: Any) -> Any:
    """Leave out what is told only: the reasons of an offer, the seconds a restart rounds."""
    if isinstance(event, ev.PlaceKept):
        return replace(event, since_s=0.0)
    return replace(event, why="") if isinstance(event, ev.OfferMade) else event
