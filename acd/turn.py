"""One event being decided: the floor, the instant, and what came of it."""

from acd.floor import Floor
from domain import commands as do, events as ev
from domain.ids import Instant


class Turn:
    """One event being decided, and what it led to: own facts, commands for the PBX, timers."""

    __slots__ = ("commands", "facts", "floor", "now", "timers")

    def __init__(self, floor: Floor, now: Instant) -> None:
        self.floor = floor
        self.now = now
        self.facts: list[ev.Event] = []
        self.commands: list[do.PbxCommand] = []
        self.timers: list[do.WakeAt] = []

    def wake(self, after_s: float, event: ev.Event) -> None:
        """Ask to be told an event later."""
        self.timers.append(do.WakeAt(Instant(self.now + after_s), event))
