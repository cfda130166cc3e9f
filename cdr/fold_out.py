"""The stretches of a call out until the other side answers: the rules of `fold` for its facts."""

from collections.abc import Callable
from typing import Any

from cdr.pieces import Work
from domain import events as ev


def _dial_asked(work: Work, event: ev.DialAsked, now: int) -> None:
    if "hotline" in work.facts and not work.inside("callback"):
        return
    work.leave(now)
    work.facts |= {"hotline": event.hotline, "brand": event.brand, "caller": event.to}
    work.facts |= {"called": event.caller_id, "consent": event.consent, "direction": "out"}
    work.enter(now, "dial", agent=event.agent)


def _far_rang(work: Work, event: ev.FarRang, now: int) -> None:
    if work.inside("dial") and work.phase is not None:
        work.facts["trunk"] = event.trunk
        work.phase.rang = work.phase.rang or now


def _far_answered(work: Work, event: ev.FarAnswered, now: int) -> None:
    dial = work.leave(now, "answered") if work.inside("dial") else None
    if dial is not None:
        work.first_hangup = ""
        work.facts["trunk"] = event.trunk or work.facts.get("trunk", "")
        work.enter(now, "talk", agent=dial.agent)


def _dial_ended(work: Work, event: ev.DialEnded, now: int) -> None:
    if work.over is None and work.inside("dial"):
        work.over = now
        work.facts |= {"reason": event.why, "cause": event.cause, "sip": event.sip}
        work.first_hangup = {"far": "caller"}.get(event.by, event.by)
        work.leave(now, event.why)


RULES: dict[type[Any], Callable[[Work, Any, int], None]] = {
    ev.DialAsked: _dial_asked,
    ev.FarRang: _far_rang,
    ev.FarAnswered: _far_answered,
    ev.DialEnded: _dial_ended,
}
