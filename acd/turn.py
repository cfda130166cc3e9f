"""One event being decided: the floor, the instant, and what came of it."""

from dataclasses import dataclass, field

from acd.floor import Floor
from domain import commands as do, events as ev
from domain.ids import Instant


@dataclass(slots=True)
class Outcome:
    """What a decision led to: facts of our own, commands for the PBX, timers."""

    facts: list[ev.Event] = field(default_factory=list)
    commands: list[do.PbxCommand] = field(default_factory=list)
    timers: list[do.WakeAt] = field(default_factory=list)


@dataclass(slots=True)
class Turn:
    """One event being decided: the floor, the instant, and the outcome as it grows."""

    floor: Floor
    now: Instant
    out: Outcome = field(default_factory=Outcome)

    def wake(self, after_s: float, event: ev.Event) -> None:
        """Ask to be told an event later."""
        self.out.timers.append(do.WakeAt(Instant(self.now + after_s), event))
