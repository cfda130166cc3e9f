"""What the pages are told after a turn: cards at once, the board a moment later, gathered.

An event for an agent's page never overtakes the agents and calls that go with it: they leave before
it. The groups, which take a look at each of their people, always gather.
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
        self._owed = False

    def note(self, records: list[ev.Record]) -> None:
        """Take in what one turn made durable."""
        told = [each for record in records for each in self._showing.events(record)]
        self._gathered += records
        if not self._owed:
            self._owed = True
            self._later(GATHER_S, self.now)
        # a call that is refused at once must have been seen by whoever looks for it
        if told or any(isinstance(record.event, ev.CallArrived) for record in records):
            self._send(groups=False)
        for name, agent, data in told:
            self._tell(name, data, agent)

    def now(self) -> None:
        """Tell at once what has gathered: somebody is about to look."""
        if self._owed:
            self._owed = False
            self._send(groups=True)

    def _send(self, *, groups: bool) -> None:
        records, self._gathered = self._gathered, []
        self._tell("board.delta", self._board.delta(records, groups=groups), "")
