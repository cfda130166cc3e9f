"""From one call's facts to its record. Pure: the same facts give the same record.

| stretch  | begins with                          | ends with                                     |
|----------|--------------------------------------|-----------------------------------------------|
| ivr      | CallArrived, one per StepEntered     | GroupChosen, FlowEnded, CallFellBack, end     |
| queue    | GroupChosen, CallTransferred,        | OfferAnswered (answered), end: abandoned_ring |
|          | CallMoved (the one before: moved)    | while a phone rings, fallback while away, else|
|          |                                      | abandoned; lost by CallLost                   |
| dial     | DialAsked (rings from FarRang on)    | FarAnswered (answered), DialEnded (its why)   |
| offer    | OfferMade, inside a queue; several   | OfferAnswered (the others: elsewhere),        |
|          | at once where they ring together     | OfferFailed (its reason), end (caller_left)   |
|          | (rings from PhoneRang on)            |                                               |
| fallback | CallFellBack, inside a queue;        | HoldReached (came back), OfferMade, end       |
|          | FallbackTold, with all that it was   |                                               |
| talk     | OfferAnswered, FarAnswered           | TalkEnded, TalkOver, CallTransferred, end     |
| hold     | TalkHeld, inside a talk              | TalkRetrieved, the talk's end                 |
| voicemail| `seconds` before MessageLeft         | MessageLeft                                   |
| survey   | SurveyInvited                        | SurveyAnswered, SurveySkipped, end            |
| wrap     | WrapUpStarted, beside the call       | WrapUpEnded, also long after the end          |

The core's own facts are journalled after the facts of the same batch, so OfferFailed and TalkEnded
may follow the CallEnded that caused them: then they only name the reason. Who hung up is the first
HungUp since the last answer, else what TalkEnded says, else the system when the flow had let go,
else the caller. Outcomes stand in `outcome.py`.
"""

from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from typing import Any

from cdr import fold_absent, fold_kept, fold_out, fold_overflow
from cdr.outcome import outcome, who_ended
from cdr.pieces import Piece, Work
from cdr.record import CallRecord, Segment
from cdr.timeline import in_order, stamps
from domain import events as ev
from domain.events import Record

_ARRIVAL = (
    *("hotline", "brand", "called", "caller", "caller_raw", "caller_name", "trunk", "flow"),
    *("flow_version", "withheld", "sip_id", "arm"),
)


def fold(records: Sequence[Record]) -> CallRecord:
    """Make the record of one call from its facts, at least one, in any state of completeness."""
    told = in_order(records)
    ordered = [record for record in told if not isinstance(record.event, fold_kept.LATER)] or told
    line = stamps(ordered)
    work = Work()
    for record, now in zip(ordered, line, strict=True):
        rule = RULES.get(type(record.event))
        if rule is not None:
            rule(work, record.event, now)
    fold_kept.later(work, told)
    return replace(_record(work, ordered, line), seq=told[-1].seq)


def _record(work: Work, ordered: list[Record], line: list[int]) -> CallRecord:
    now, began = line[-1], work.began or line[0]
    end = now if work.over is None else work.over
    if work.hold is not None and work.phase is not None:
        work.phase.inside += work.hold.length(end)  # a hold that still goes on
    ring = work.ring_ms(end)
    talk, queue = work.last("talk") or work.last("dial"), work.last("queue")
    facts: dict[str, Any] = work.facts
    return CallRecord(
        call=ordered[0].call,
        seq=ordered[-1].seq,
        started=began,
        ended=work.over,
        outcome=outcome(work),
        by=who_ended(work),
        group=_group(work),
        agent=talk.agent if talk else "",
        entered=_first(work, "queue"),
        answered=_first(work, "talk"),
        ivr_ms=work.total("ivr", end),
        wait_ms=max(0, work.total("queue", end) - ring - _away(work, end)) if queue else 0,
        ring_ms=ring,
        talk_ms=work.total("talk", end),
        dial_ms=work.total("dial", end),
        pressed=work.pressed,
        hold_ms=work.total("hold", end),
        wrap_ms=work.total("wrap", now),
        total_ms=end - began,
        offers=sum(piece.kind == "offer" for piece in work.pieces),
        segments=_segments(work, now, end),
        **facts,
    )


def _segments(work: Work, now: int, end: int) -> tuple[Segment, ...]:
    ordered = sorted(work.pieces, key=lambda piece: piece.started)
    return tuple(
        piece.segment(n, now if piece.kind == "wrap" else end) for n, piece in enumerate(ordered, 1)
    )


def _group(work: Work) -> str:
    """Name the last real group; a person's own queue (`@8001`) only when there is no other."""
    names = [piece.group for piece in work.pieces if piece.kind == "queue" and piece.group]
    return next((name for name in reversed(names) if not name.startswith("@")), "") or (
        names[-1] if names else ""
    )


def _first(work: Work, kind: str) -> int | None:
    return next((piece.started for piece in work.pieces if piece.kind == kind), None)


def _away(work: Work, end: int) -> int:
    return sum(piece.length(end) for piece in work.pieces if piece.kind == "fallback")


def _arrived(work: Work, event: ev.CallArrived, now: int) -> None:
    if "hotline" in work.facts:
        return
    data = asdict(event)
    work.facts.update({name: data[name] for name in _ARRIVAL})
    if work.phase is None and work.over is None:
        work.enter(now, "ivr")


def _step_entered(work: Work, event: ev.StepEntered, now: int) -> None:
    if not work.inside("ivr") or work.phase is None:
        return
    if work.phase.node:
        work.leave(now)
        work.enter(now, "ivr")
    work.phase.node = event.node


def _key_pressed(work: Work, event: ev.KeyPressed, now: int) -> None:
    if work.inside("ivr") and work.phase is not None:
        work.pressed += len(event.digits)
        work.phase.keys = " ".join(filter(None, (work.phase.keys, event.digits or "-")))
        work.phase.result = event.meant or work.phase.result
        if event.meant:
            work.facts["intent"] = event.meant


def _flow_ended(work: Work, event: ev.FlowEnded, now: int) -> None:
    if event.outcome == "group":
        return
    if work.inside("ivr"):
        work.flow_outcome = event.outcome
        work.leave(now)
    elif work.over is not None and work.last("queue") is None:
        work.flow_outcome = event.outcome  # AGI may tell of a hang-up after AMI did


def _group_chosen(work: Work, event: ev.GroupChosen | ev.AgentChosen, now: int) -> None:
    if work.over is not None or work.inside("talk") or work.inside("queue"):
        return
    if event.intent:
        work.facts["intent"] = event.intent
    work.leave(now)
    work.enter(now, "queue", event.group)


def _fell_back(work: Work, event: ev.CallFellBack, now: int) -> None:
    if work.over is not None or work.away is not None:
        return
    if not work.inside("queue"):
        work.leave(now)
        work.enter(now, "queue")
    work.end_offer(now, "cancelled")
    work.away = Piece("fallback", now)
    work.pieces.append(work.away)


def _offer_made(work: Work, event: ev.OfferMade, now: int) -> None:
    if work.over is not None:
        return
    if not work.inside("queue") and not work.inside("callback"):
        work.leave(now)
        work.enter(now, "queue", event.group)
    work.end_away(now)
    if event.together in (0, event.offer):
        work.end_offer(now, "cancelled")
    work.first_hangup = ""
    if work.phase is not None:
        work.phase.group = event.group  # the core's word; after a fallback nobody else's is known
    piece = Piece("offer", now, group=event.group, agent=event.agent, offer=event.offer)
    work.pieces.append(piece)
    work.rings.append(piece)


def _phone_rang(work: Work, event: ev.PhoneRang, now: int) -> None:
    piece = work.ringing(event.offer)
    if piece is not None and piece.rang is None:
        piece.rang = now


def _offer_failed(work: Work, event: ev.OfferFailed, now: int) -> None:
    ringing = work.ringing(event.offer)
    if ringing is not None:
        work.end_ring(ringing, now, event.reason)
        return
    for piece in work.pieces:
        if piece.kind == "offer" and piece.offer == event.offer:
            piece.result = event.reason
            _undo_answer(work, piece)


def _undo_answer(work: Work, failed: Piece) -> None:
    """Put the caller back into the queue: the core had given up the offer before its answer."""
    talk, queue = work.phase, work.last("queue")
    if talk is None or talk.kind != "talk" or talk.offer != failed.offer or queue is None:
        return
    untrue = {"talk", "hold"}
    work.pieces = [p for p in work.pieces if p.kind not in untrue or p.started < talk.started]
    queue.ended, queue.result, queue.agent, queue.offer = None, "", "", None
    work.phase, work.hold = queue, None


def _answered(work: Work, event: ev.OfferAnswered, now: int) -> None:
    offer = work.ringing(event.offer)
    if offer is None or work.over is not None:
        return
    work.end_ring(offer, now, "answered")
    work.end_offer(now, "elsewhere")
    queue = work.leave(now, "answered")
    work.first_hangup = ""
    group = queue.group if queue else offer.group
    if queue is not None:
        queue.agent, queue.offer = event.agent, event.offer
    work.enter(now, "talk", group, event.agent).offer = event.offer


def _talk_held(work: Work, event: ev.TalkHeld, now: int) -> None:
    if work.inside("talk") and work.hold is None and work.phase is not None:
        talk = work.phase
        work.hold = Piece("hold", now, group=talk.group, agent=event.agent, offer=talk.offer)
        work.pieces.append(work.hold)


def _talk_retrieved(work: Work, event: ev.TalkRetrieved, now: int) -> None:
    work.end_hold(now)


def _talk_over(work: Work, event: ev.TalkOver, now: int) -> None:
    if work.inside("talk"):
        work.leave(now)


def _talk_ended(work: Work, event: ev.TalkEnded, now: int) -> None:
    talk = work.last("talk")
    if talk is None or talk.agent != event.agent:
        return
    if work.phase is talk:
        work.leave(now)
    talk.by = talk.by or event.by


def _transferred(work: Work, event: ev.CallTransferred, now: int) -> None:
    if work.over is not None:
        return
    talk = work.last("talk")
    work.leave(now)
    if talk is not None:
        talk.result = "transferred"
    work.enter(now, "queue", f"@{event.to}" if event.to_kind == "agent" else event.to)


def _moved(work: Work, event: ev.CallMoved, now: int) -> None:
    if work.over is None and work.inside("queue"):
        work.leave(now, "moved")
        work.enter(now, "queue", f"@{event.to}" if event.to_kind == "agent" else event.to)


def _wrap_started(work: Work, event: ev.WrapUpStarted, now: int) -> None:
    talk = next(
        (p for p in reversed(work.pieces) if (p.kind, p.agent) == ("talk", event.agent)), None
    )
    wrap = Piece("wrap", now, agent=event.agent)
    if talk is not None:
        wrap.group, wrap.offer = talk.group, talk.offer
    work.pieces.append(wrap)


def _wrap_ended(work: Work, event: ev.WrapUpEnded, now: int) -> None:
    for piece in work.pieces:
        if piece.kind == "wrap" and piece.agent == event.agent and piece.ended is None:
            piece.ended, piece.result = now, event.why


def _message_left(work: Work, event: ev.MessageLeft, now: int) -> None:
    work.facts["has_message"] = bool(event.file)
    end = now if work.over is None else work.over
    ivr = work.last("ivr")
    floor = ivr.started if ivr else end
    started = max(floor, end - round(event.seconds * 1000))
    work.pieces.append(Piece("voicemail", started, end, node=event.box))
    if ivr is not None:
        ivr.inside += max(0, min(end, ivr.ended or end) - started)


def _invited(work: Work, event: ev.SurveyInvited, now: int) -> None:
    if work.over is None and not work.inside("queue"):
        work.leave(now)
        work.enter(now, "survey", agent=event.agent)


def _rated(work: Work, event: ev.SurveyAnswered, now: int) -> None:
    work.facts["score"] = event.score
    _survey_over(work, now, "answered")


def _skipped(work: Work, event: ev.SurveySkipped, now: int) -> None:
    _survey_over(work, now, event.reason)


def _survey_over(work: Work, now: int, result: str) -> None:
    survey = work.last("survey")
    if survey is not None:
        survey.result = result
    if work.inside("survey"):
        work.leave(now)


def _hung_up(work: Work, event: ev.HungUp, now: int) -> None:
    work.first_hangup = work.first_hangup or event.leg


def _hang_up_asked(work: Work, event: ev.HangUpAsked, now: int) -> None:
    """Take the page's hang-up for the agent's: Asterisk tells no HungUp of a leg that we end."""
    work.first_hangup = work.first_hangup or "agent"


def _ended(work: Work, event: ev.CallEnded | ev.CallLost, now: int) -> None:
    if work.over is not None:
        return
    now = work.end(now)
    work.over, work.lost = now, isinstance(event, ev.CallLost)
    if isinstance(event, ev.CallEnded):
        work.facts["cause"] = event.cause
    result = ""
    if work.inside("queue"):
        result = _queue_result(work)
    elif work.inside("survey"):
        result = "caller_hung_up"
    work.end_offer(now, "caller_left")
    work.leave(now, result)


def _queue_result(work: Work) -> str:
    if work.lost:
        return "lost"
    if work.away is not None:
        return "fallback"
    ringing = any(piece.rang is not None for piece in work.rings)
    return "abandoned_ring" if ringing else "abandoned"


def _summary(work: Work, event: ev.SummarySaved, now: int) -> None:
    work.facts["summary_category"], work.facts["summary_result"] = event.category, event.result
    work.facts["summary_note"], work.facts["summary_agent"] = event.note, event.agent


def _customer(work: Work, event: ev.CustomerLookedUp, now: int) -> None:
    work.facts["customer"], work.facts["customer_status"] = event.customer, event.status


RULES: dict[type[Any], Callable[[Work, Any, int], None]] = {
    ev.CallArrived: _arrived,
    ev.StepEntered: _step_entered,
    ev.KeyPressed: _key_pressed,
    ev.FlowEnded: _flow_ended,
    ev.GroupChosen: _group_chosen,
    ev.AgentChosen: _group_chosen,
    ev.CallFellBack: _fell_back,
    ev.OfferMade: _offer_made,
    ev.PhoneRang: _phone_rang,
    ev.OfferFailed: _offer_failed,
    ev.OfferAnswered: _answered,
    ev.TalkHeld: _talk_held,
    ev.TalkRetrieved: _talk_retrieved,
    ev.TalkOver: _talk_over,
    ev.TalkEnded: _talk_ended,
    ev.CallTransferred: _transferred,
    ev.CallMoved: _moved,
    ev.WrapUpStarted: _wrap_started,
    ev.WrapUpEnded: _wrap_ended,
    ev.MessageLeft: _message_left,
    ev.SurveyInvited: _invited,
    ev.SurveyAnswered: _rated,
    ev.SurveySkipped: _skipped,
    ev.HungUp: _hung_up,
    ev.HangUpAsked: _hang_up_asked,
    ev.CallEnded: _ended,
    ev.CallLost: _ended,
    ev.SummarySaved: _summary,
    ev.CustomerLookedUp: _customer,
    **fold_absent.RULES,
    **fold_kept.RULES,
    **fold_out.RULES,
    **fold_overflow.RULES,
}
