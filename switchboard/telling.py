"""What the pages are told after a turn: cards at once, the board a moment later, gathered.

An event for an agent's page never overtakes the state of the floor that goes with it: what has
gathered leaves before it.
"""

from collections.abc import Callable
from typing import Any

from domain import events as ev
from switchboard.board import Board
from switchboard.loop import Later
from switchboard.showing import Showing

GATHER_S = 0.05
"""So long the board's news gather: twenty pictures a second are more than anybody sees."""
Tell = Callable[[str, dict[str, Any], str], None]
"""An event's name, its data, and the agent it is for ("" = everybody)."""


class Pages:
    """Stands between the loop and the door."""

    def __init__(self, board: Board, showing: Showing, tell: Tell, later: Later) -> None:
        self._board = board
        self._showing = showing
        self._tell = tell
        self._later = later
        self._gathered: list[ev.Record] = []

    def note(self, records: list[ev.Record]) -> None:
        """Take in what one turn made durable."""
        told = [each for record in records for each in self._showing.events(record)]
        if not self._gathered and not told:
            self._later(GATHER_S, self.now)
        self._gathered += records
        if told:
            self.now()
        for name, agent, data in told:
            self._tell(name, data, agent)

    def now(self) -> None:
        """Tell at once what has gathered: somebody is about to look."""
        records, self._gathered = self._gathered, []
        if records:
            self._tell("board.delta", self._board.delta(records), "")
