"""What is kept of a call: the notice that was heard, its recording, and what was dropped later."""

from collections.abc import Callable, Sequence
from typing import Any

from cdr.pieces import Work
from domain import events as ev
from domain.events import Record

LATER = (ev.SoundDropped, ev.CallErased)
"""Facts of long after a call: they are no part of its time."""


def _heard(work: Work, event: ev.NoticeHeard, now: int) -> None:
    facts: dict[str, Any] = work.facts
    said = f"{event.prompt}@{event.version}" if event.version else event.prompt
    facts["notice"] = f"{facts.get('notice', '')} {said}".strip()
    facts["notice_ms"] = facts.get("notice_ms", 0) + round(event.seconds * 1000)
    facts["notice_cut"] = facts.get("notice_cut", False) or not event.whole


def _kept(work: Work, event: ev.RecordingKept, now: int) -> None:
    work.facts["has_recording"] = True


def later(work: Work, told: Sequence[Record]) -> None:
    """Take out what was dropped: a call without its sound has none."""
    for record in told:
        match record.event:
            case ev.SoundDropped(_, "talk"):
                work.facts["has_recording"] = False
            case ev.SoundDropped(_, "message"):
                work.facts["has_message"] = False


RULES: dict[type[Any], Callable[[Work, Any, int], None]] = {
    ev.NoticeHeard: _heard,
    ev.RecordingKept: _kept,
}
