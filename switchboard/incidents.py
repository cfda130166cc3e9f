"""What is wrong now and should be mended by a person: opened once, told everywhere, closed again.

Facts come from the loop (an unknown called number, a refused call), from the tracer through the
door, from registrations and from audio. Some end when told, some after a quiet time.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from domain import events as ev
from domain.clock import Clock
from domain.ports import Tell
from tracing import FAULTS, mask_numbers, said

log = logging.getLogger("yingda.incidents")

QUIET_S: dict[str, float] = {
    "called_unknown": 3600,
    "address_unknown": 1800,
    "trunk_full": 600,
    "caller_id_refused": 900,
    "dialled_unknown": 900,
    "no_common_codec": 900,
    "called_strange": 900,
    "session_timer": 900,
    "prack": 900,
    "private_address": 900,
    "trunk_failing": 900,
    "trunk_silent": 900,
    "turn": 300,
    "healed": 600,
    "journal_damaged": 24 * 3600,
    "clock_stepped": 3600,
    "needs_dropped": 3600,
}
"""Seconds without a further sight after which one of these is over; the others are told over."""
DOWN = "trunk_down"
"""A trunk that is not registered, before the tracer has said why."""
LINE_KINDS = (DOWN, "trunk_unregistered", "trunk_silent", "trunk_rejected")
"""What is over when the trunk has registered."""
CALL_KINDS = (
    "trunk_silent",
    "trunk_failing",
    "caller_id_refused",
    "dialled_unknown",
    "session_timer",
    "prack",
)
"""What is over when a call out over the trunk was answered."""
MOST_OPEN = 200
"""Strangers may send what they like: the list stays finite."""

Key = tuple[str, str]


@dataclass(slots=True)
class Open:
    """An incident that is not over: since when (UTC ms), what was seen, last seen (monotonic)."""

    since: int
    detail: str
    seen: float


class Incidents:
    """The open incidents, by kind and what they are about."""

    def __init__(self, tell: Tell, clock: Clock, ports: str = "") -> None:
        self.open: dict[Key, Open] = {}
        self._tell = tell
        self._clock = clock
        self._ports = ports
        self._asked: set[Key] = set()

    def see(self, kind: str, about: str, detail: str = "") -> None:
        """Tell the loop of an incident, unless it is open already."""
        key = (kind, about)
        if key in self.open:
            self.open[key].seen = self._clock.mono()
        elif kind in FAULTS and key not in self._asked and len(self.open) < MOST_OPEN:
            self._asked.add(key)
            self._tell(ev.IncidentSeen(kind, about[:128], mask_numbers(detail[:200])))

    def over(self, kind: str, about: str) -> None:
        """Tell the loop that one is over, if it is open."""
        if (kind, about) in self.open:
            self._tell(ev.IncidentOver(kind, about))

    def registered(self, trunk: str) -> None:
        """Close what a registration mends."""
        for kind in LINE_KINDS:
            self.over(kind, trunk)

    def _carried(self, trunk: str) -> None:
        for kind in CALL_KINDS:
            self.over(kind, trunk)

    def lines_down(self) -> frozenset[str]:
        """Name the trunks that fail now, for calls out: they are tried last."""
        kinds = (*LINE_KINDS, "trunk_failing")
        return frozenset(about for kind, about in self.open if kind in kinds)

    def note(self, record: ev.Record) -> None:
        """Listener: keep the list as the journal says, and see incidents in other facts."""
        if self.recall(record):
            self._log(record.event)
        else:
            self._of_lines(record.event)
            self._of_the_house(record.event)

    def _of_lines(self, event: ev.Event) -> None:
        match event:
            case ev.CalledNumberUnknown(_, called, trunk):
                self.see("called_unknown", called, trunk)
            case ev.CallRefused(trunk, cause):
                self.see("trunk_full", trunk.removeprefix("trunk-"), f"Q.850 {cause}")
            case ev.FarAnswered(_, trunk):
                self._carried(trunk.removeprefix("trunk-"))
            case ev.CallEnded(call) | ev.CallLost(call):
                self.over("one_way", call)

    def _of_the_house(self, event: ev.Event) -> None:
        match event:
            case ev.NeedsDropped(_, group, needs):
                self.see("needs_dropped", group, needs)
            case ev.StateHealed(call, what, about):
                self.see("healed", what, call or about)
            case ev.ClockStepped(seconds):
                self.see("clock_stepped", "clock", f"{seconds:+.0f}")

    def recall(self, record: ev.Record) -> bool:
        """Take in one record about incidents; True if it was one. Nothing is told."""
        match record.event:
            case ev.IncidentSeen(kind, about, detail):
                self._asked.discard((kind, about))
                self.open[(kind, about)] = Open(record.utc_ms, detail, self._clock.mono())
            case ev.IncidentOver(kind, about):
                self.open.pop((kind, about), None)
            case _:
                return False
        return True

    def watch_journal(self, mended: ev.JournalMended | None) -> Callable[[bool], None]:
        """See what was mended at the start; gives what hears whether the reserve is there."""
        if mended is not None:
            counts = f"{mended.kept} + {mended.lost}"
            self.see("journal_damaged", f"journal/{mended.folder}", counts)
        act = {True: self.over, False: self.see}
        return lambda there: act[there]("journal_reserve", "journal")

    def rows_late(self, why: str) -> None:
        """Say that rows cannot be written, or with no reason that they are again."""
        if why:
            self.see("rows_late", "database", why)
        else:
            self.over("rows_late", "database")

    def _log(self, event: ev.Event) -> None:
        match event:
            case ev.IncidentSeen(kind, about, detail):
                words = said(kind, about, detail, self._ports)
                log.warning("%s: %s → %s", kind, words.en, words.mend_en)
            case ev.IncidentOver(kind, about):
                log.warning("%s: %s is over", kind, about)

    def sweep(self, live_calls: set[str]) -> None:
        """Close what was quiet for long, and audio of calls that are gone."""
        now = self._clock.mono()
        for (kind, about), incident in list(self.open.items()):
            quiet = QUIET_S.get(kind)
            if quiet is not None and now - incident.seen > quiet:
                self.over(kind, about)
            if kind == "one_way" and about not in live_calls:
                self.over(kind, about)

    def rows(self) -> list[dict[str, Any]]:
        """Lay out the open incidents for the board, oldest first."""
        return [
            _row(kind, about, incident, self._ports)
            for (kind, about), incident in sorted(
                self.open.items(), key=lambda item: (item[1].since, item[0])
            )
        ]


def _row(kind: str, about: str, incident: Open, ports: str) -> dict[str, Any]:
    words = said(kind, about, incident.detail, ports)
    return {
        "kind": kind,
        "about": about,
        "since": incident.since,
        "zh": words.zh,
        "en": words.en,
        "mend_zh": words.mend_zh,
        "mend_en": words.mend_en,
    }
