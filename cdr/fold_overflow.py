"""The stretches of a call that its group sent on: the rules of `fold` for overflow.

A queue that was left so has the result `overflowed`. Who comes back from a voicemail or a callback
that came to nothing queues again in the same group.
"""

from collections.abc import Callable
from typing import Any

from cdr.pieces import Work
from domain import events as ev

OVERFLOWED = "overflowed"


def _overflowed(work: Work, event: ev.CallOverflowed, now: int) -> None:
    if work.over is None and work.inside("queue"):
        work.leave(now, OVERFLOWED)
        if event.to_kind == "group":
            work.enter(now, "queue", event.to)


def _hold_reached(work: Work, event: ev.HoldReached, now: int) -> None:
    work.end_away(now)
    queue = work.last("queue")
    if work.over is None and work.phase is None and queue and queue.result == OVERFLOWED:
        work.enter(now, "queue", queue.group)


RULES: dict[type[Any], Callable[[Work, Any, int], None]] = {
    ev.CallOverflowed: _overflowed,
    ev.HoldReached: _hold_reached,
}
