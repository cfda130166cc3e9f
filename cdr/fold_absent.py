"""What happened in the dialplan's own queue while no engine heard, put into a call's record. Pure.

The dialplan's word goes before what an engine concluded on its return: that a call was lost, or
that a talk began when it was found. What an engine saw with its own eyes stays.
"""

from collections.abc import Callable
from typing import Any

from cdr.pieces import Piece, Work
from domain import events as ev


def _told(work: Work, event: ev.FallbackTold, now: int) -> None:
    first = work.pieces[0].started if work.pieces else now
    before = bool(event.took_ms) and event.fell_ms < first
    talk = next((piece for piece in work.pieces if piece.kind == "talk"), None)
    if before and talk is not None and talk.agent == event.agent and not event.alone:
        _earlier(work, event, talk)
        return
    if event.alone or before:
        _anew(work, event)
    elif not event.took_ms and not _unserved(work):
        work.left = event.left_ms or None
        _ended_by(work, event.fell_ms)
        return
    _settle(work, event)


def _anew(work: Work, event: ev.FallbackTold) -> None:
    """Forget what followed from meeting the call only when it was over."""
    work.pieces.clear()
    work.rings.clear()
    work.phase = work.hold = work.away = work.over = None
    work.flow_outcome = ""
    work.began = event.came_ms
    work.enter(event.came_ms, "queue", event.group)


def _earlier(work: Work, event: ev.FallbackTold, talk: Piece) -> None:
    """Let a talk that was found begin when it did; what an engine saw from then on stays."""
    found = [piece for piece in work.pieces if piece.started <= talk.started]
    kept = [piece for piece in work.pieces if piece is talk or piece not in found]
    took, group = max(event.came_ms, event.took_ms), event.group or talk.group
    queue = Piece("queue", event.came_ms, took, group, event.agent, result="answered")
    fell = Piece("fallback", min(event.fell_ms, took), took)
    queue.offer, talk.started, work.began = talk.offer, took, event.came_ms
    work.pieces = [queue, fell, *kept]


def _ended_by(work: Work, fell: int) -> None:
    """Let a talk whose end an engine learned of at its return be over when the caller fell back."""
    talks = (piece for piece in work.pieces if piece.kind == "talk")
    talk = next((piece for piece in talks if piece.started < fell < (piece.ended or 0)), None)
    if talk is None:
        return
    told, talk.ended = talk.ended or fell, fell
    for piece in work.pieces:
        if piece.kind in ("queue", "fallback") and piece.started == told:
            piece.started = fell
        elif piece.kind == "hold" and piece.ended == told:
            over = max(piece.started, fell)
            talk.inside -= told - over
            piece.ended = over


def _unserved(work: Work) -> bool:
    return work.last("talk") is None and (work.lost or work.inside("queue"))


def _settle(work: Work, event: ev.FallbackTold) -> None:
    queue = _line(work, event)
    fell = max(queue.started, event.fell_ms)
    took = max(fell, event.took_ms)
    left = max(took, event.left_ms or event.over_ms)
    if work.over is not None and not work.lost:
        left = max(took, work.over)  # an engine saw the end
    work.end_offer(took, "cancelled")
    _away(work, fell, took if event.took_ms else left)
    if event.took_ms:
        _served(work, event, queue, (took, left))
    else:
        queue.ended, queue.result = left, "fallback"
    work.phase = work.hold = work.away = None
    work.over, work.lost = left, not event.left_ms


def _line(work: Work, event: ev.FallbackTold) -> Piece:
    """Give the wait in which the caller fell back; a talk before it was over by then."""
    queue, fell = work.last("queue"), event.fell_ms
    talks = (piece for piece in reversed(work.pieces) if piece.kind == "talk")
    talk = next((piece for piece in talks if piece.started < fell), None)
    if talk is None:
        return queue or work.enter(fell, "queue", event.group)
    if talk is work.phase:
        work.end_hold(fell)
    talk.ended = min(talk.ended or fell, fell)
    if queue is None or queue.started < talk.started:
        queue = Piece("queue", fell, group=event.group or talk.group)
        work.pieces.append(queue)
    queue.started = min(queue.started, fell)  # an engine found the caller later
    return queue


def _away(work: Work, fell: int, until: int) -> None:
    """Let the newest stretch of fallback be this one."""
    away = work.last("fallback")
    if away is None or (away.ended is not None and away.ended < fell):
        away = Piece("fallback", fell)
        work.pieces.append(away)
    away.started, away.ended = fell, until


def _served(work: Work, event: ev.FallbackTold, queue: Piece, between: tuple[int, int]) -> None:
    took, left = between
    queue.ended, queue.result, queue.agent = took, "answered", event.agent
    talk = work.last("talk")
    if talk is None or talk.agent != event.agent or talk.started < event.fell_ms:
        talk = Piece("talk", took, group=queue.group, agent=event.agent)
        work.pieces.append(talk)
    over = min(left, event.over_ms or left)
    talk.started = took
    talk.ended = max(took, over if talk.ended is None else talk.ended)
    talk.by = talk.by or ("agent" if event.over_ms else "caller")
    if queue.offer is None:
        queue.offer = talk.offer


RULES: dict[type[Any], Callable[[Work, Any, int], None]] = {ev.FallbackTold: _told}
