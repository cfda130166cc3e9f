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


def _asked_back(work: Work, event: ev.CallbackAsked, now: int) -> None:
    work.facts["linked"] = event.callback


def _queued_back(work: Work, event: ev.CallbackQueued, now: int) -> None:
    if "hotline" in work.facts:
        return
    work.facts |= {"hotline": event.hotline, "caller": event.number, "direction": "out"}
    work.facts["linked"] = event.origin
    work.enter(now, "callback", event.group)


def _ended_back(work: Work, event: ev.CallbackEnded, now: int) -> None:
    """What came of it stands in the record of the call that asked for it."""
    work.facts["reason"] = event.why


def _left_back(work: Work, event: ev.CallbackLeft, now: int) -> None:
    if work.over is None:
        work.over = now
        work.facts["reason"], work.first_hangup = event.why, "system"
        work.leave(now, event.why)


def _taken_up(work: Work, event: ev.DialBegan, now: int) -> None:
    if work.inside("callback"):
        work.end_offer(now, ANSWERED)


RULES: dict[type[Any], Callable[[Work, Any, int], None]] = {
    ev.CallOverflowed: _overflowed,
    ev.HoldReached: _hold_reached,
    ev.CallbackAsked: _asked_back,
    ev.CallbackQueued: _queued_back,
    ev.CallbackEnded: _ended_back,
    ev.CallbackLeft: _left_back,
    ev.DialBegan: _taken_up,
    ev.OutsideDialled: _outside_dialled,
    ev.OutsideAnswered: _outside_answered,
    ev.OutsideEnded: _outside_ended,
}
