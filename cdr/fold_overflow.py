"""The stretches of a call that its group sent on, or that was put through outside.

A queue that was left so has the result `overflowed`. Who comes back from a voicemail or a callback
that came to nothing queues again in the same group.
"""

from collections.abc import Callable
from typing import Any

from cdr.pieces import Work
from domain import events as ev

OVERFLOWED, OUTSIDE, ANSWERED = "overflowed", "outside", "answered"


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


def _outside_dialled(work: Work, event: ev.OutsideDialled, now: int) -> None:
    if work.over is None:
        work.leave(now, OVERFLOWED if work.inside("queue") else "")
        work.enter(now, OUTSIDE).node = event.number


def _outside_answered(work: Work, event: ev.OutsideAnswered, now: int) -> None:
    """Cut the stretch in two: ringing, and the talk with the number outside."""
    rang = work.leave(now, ANSWERED) if work.inside(OUTSIDE) else None
    if rang is not None:
        rang.rang = rang.started
        talk = work.enter(now, OUTSIDE)
        talk.node, talk.result, work.first_hangup = rang.node, ANSWERED, ""


def _outside_ended(work: Work, event: ev.OutsideEnded, now: int) -> None:
    if work.inside(OUTSIDE):
        work.leave(now, event.why)


RULES: dict[type[Any], Callable[[Work, Any, int], None]] = {
    ev.CallOverflowed: _overflowed,
    ev.HoldReached: _hold_reached,
    ev.OutsideDialled: _outside_dialled,
    ev.OutsideAnswered: _outside_answered,
    ev.OutsideEnded: _outside_ended,
}
