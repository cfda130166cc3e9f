"""Where each kind of report takes its sums from: SQL over calls, segments and agents' spans."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, literal, select

from cdr.rows import Call, FlowStep, SegmentRow
from cdr.steps import LEFT
from domain.clock import DAY_MS
from reports.metrics import UNREACHED
from reports.reach import within
from reports.report import Filters

CALL: Any = Call.__table__.alias("c")
SEGMENT: Any = SegmentRow.__table__
STEP: Any = FlowStep.__table__.alias("s")
Sum = ColumnElement[Any]
Time = tuple[int, int]
BANDS = (5, 10, 20, 30, 60, 120)
"""Borders of the waits in the report of abandoned callers, seconds."""
BAND_NAMES = ("0–5", "5–10", "10–20", "20–30", "30–60", "60–120", "120+")
ENDS = ("answered", "abandoned", "abandoned_ring", "fallback", "lost")
OUTCOMES = (
    "answered",
    "closed",
    "nobody",
    "contained",
    "blocked",
    "abandoned_ivr",
    "voicemail",
    "overflowed",
    "outside",
    "callback",
    "abandoned_queue",
    "abandoned_ring",
    "fallback",
    "lost",
)


@dataclass(frozen=True, slots=True)
class Source:
    """A cohort: rows of a join whose `at` lies in the time asked for, and what to add up."""

    tables: Any
    at: Any
    where: tuple[Any, ...]
    dimensions: dict[str, Any]
    sums: Mapping[str, Sum] = field(default_factory=dict)


def count_if(condition: Any) -> Sum:
    """Count the rows that fit."""
    return func.sum(case((condition, 1), else_=0))


def sum_if(condition: Any, value: Any) -> Sum:
    """Add a value up over the rows that fit."""
    return func.sum(case((condition, value), else_=0))


def _total(value: Any) -> Sum:
    return func.sum(func.coalesce(value, 0))


def _work(time: Time) -> Any:
    """Per answered offer: its talk, hold and wrap-up, and whether the agent hung up first."""
    s = SEGMENT.alias("w")
    names = {kind: sum_if(s.c.kind == kind, s.c.ms) for kind in ("talk", "hold", "wrap")}
    agent_first = func.max(case((and_(s.c.kind == "talk", s.c.by == "agent"), 1), else_=0))
    return (
        select(
            s.c.call,
            s.c.offer,
            *(column.label(name) for name, column in names.items()),
            agent_first.label("agent_first"),
        )
        .where(s.c.kind.in_(names), s.c.offer.is_not(None))
        # what comes of an entry begins after it, and within a day: keeps the scan short
        .where(s.c.started >= time[0], s.c.started < time[1] + DAY_MS)
        .group_by(s.c.call, s.c.offer)
        .subquery("work")
    )


def _filtered(f: Filters, hotline: Any, group: Any, agent: Any) -> tuple[Any, ...]:
    wanted = ((hotline, f.hotline), (group, f.group), (agent, f.agent))
    exact = tuple(column == value for column, value in wanted if value)
    return (*exact, *within(f.reach, hotline, group, agent))


def _of_segment(s: Any) -> dict[str, Any]:
    return {
        "hotline": CALL.c.hotline,
        "group": s.c.group,
        "agent": s.c.agent,
        "brand": CALL.c.brand,
        "intent": CALL.c.intent,
    }


def _target_ms(group: Any, f: Filters) -> Any:
    """Give the service level target of a row's group, ms."""
    whens = [(group == name, round(s * 1000)) for name, s in f.levels.items()]
    return (
        case(*whens, else_=round(f.level_s * 1000)) if whens else literal(round(f.level_s * 1000))
    )


def queue(f: Filters, time: Time) -> Source:
    """Queue entries, with the work that came of them."""
    q, work = SEGMENT.alias("q"), _work(time)
    result, wait = q.c.result, q.c.ms
    answered, gone = result == "answered", result.in_(("abandoned", "abandoned_ring"))
    in_time = wait <= _target_ms(q.c.group, f)
    open_ = q.c.ended.is_(None)
    sums = {
        "entered": func.count(),
        "answered": count_if(answered),
        "abandoned": count_if(gone),
        "abandoned_ring": count_if(result == "abandoned_ring"),
        "short_abandon": count_if(and_(gone, wait <= round(f.short_s * 1000))),
        "fallback": count_if(result == "fallback"),
        "lost": count_if(result == "lost"),
        "waiting": count_if(open_),
        "returned": count_if(and_(~open_, result.not_in(ENDS))),
        "within": count_if(and_(answered, in_time)),
        "abandoned_within": count_if(and_(gone, in_time)),
        "wait_answered_ms": sum_if(answered, wait),
        "wait_abandoned_ms": sum_if(gone, wait),
        "wait_all_ms": func.sum(wait),
        "max_wait_ms": func.max(wait),
        "talk_ms": _total(work.c.talk),
        "hold_ms": _total(work.c.hold),
        "wrap_ms": _total(work.c.wrap),
    }
    tables = q.join(CALL, CALL.c.call == q.c.call).outerjoin(
        work, and_(work.c.call == q.c.call, work.c.offer == q.c.offer)
    )
    where = (q.c.kind == "queue", *_filtered(f, CALL.c.hotline, q.c.group, q.c.agent))
    return Source(tables, q.c.started, where, _of_segment(q), sums)


def hotline(f: Filters, time: Time) -> Source:
    """Calls in, by their arrival; what agents dial is none of a hotline's traffic."""
    c = CALL.c
    where = (c.direction == "in", *_filtered(f, c.hotline, c.group, c.agent))
    answered = c.outcome == "answered"
    sums = {
        "calls_in": func.count(),
        **{name: count_if(c.outcome == name) for name in OUTCOMES},
        "open": count_if(c.outcome.is_(None)),
        "human_request": count_if(c.entered.is_not(None)),
        "ivr_ms": func.sum(c.ivr_ms),
        "reach_ms": sum_if(answered, c.answered - c.started),
        "talk_ms": sum_if(answered, c.talk_ms),
        "hold_ms": sum_if(answered, c.hold_ms),
        "wrap_ms": sum_if(answered, c.wrap_ms),
    }
    names = ("hotline", "group", "agent", "brand", "intent")
    dimensions = {name: c[name] for name in names}
    return Source(CALL, c.started, where, dimensions, sums)


def offers(f: Filters, time: Time) -> Source:
    """Offers to agents, with the work that came of them."""
    o, work = SEGMENT.alias("o"), _work(time)
    result = o.c.result
    sums = {
        "offers": func.count(),
        "answered": count_if(result == "answered"),
        "rona": count_if(result.in_(("no_answer", "busy", "unreachable"))),
        "declined": count_if(result == "declined"),
        "caller_left": count_if(result == "caller_left"),
        "cancelled": count_if(result == "cancelled"),
        "elsewhere": count_if(result == "elsewhere"),
        "own_offers": count_if(result != "elsewhere"),
        "ringing_now": count_if(o.c.ended.is_(None)),
        "rung": count_if(o.c.ring_ms.is_not(None)),
        "ring_ms": _total(o.c.ring_ms),
        "talk_ms": _total(work.c.talk),
        "hold_ms": _total(work.c.hold),
        "wrap_ms": _total(work.c.wrap),
        "agent_first": _total(work.c.agent_first),
    }
    tables = o.join(CALL, CALL.c.call == o.c.call).outerjoin(
        work, and_(work.c.call == o.c.call, work.c.offer == o.c.offer)
    )
    where = (o.c.kind == "offer", *_filtered(f, CALL.c.hotline, o.c.group, o.c.agent))
    return Source(tables, o.c.started, where, _of_segment(o), sums)


def out(f: Filters, time: Time) -> Source:
    """Calls out, by who dialled; the talk is that of the whole call."""
    d, c = SEGMENT.alias("d"), CALL.c
    missed, known = (
        c.outcome == "not_reached",
        [w for _, _, words in UNREACHED.values() for w in words],
    )
    sums = {
        "dialled": func.count(),
        "reached": count_if(c.outcome == "answered"),
        **{
            name: count_if(and_(missed, c.reason.in_(words)))
            for name, (_, _, words) in UNREACHED.items()
        },
        "other": count_if(and_(missed, c.reason.not_in(known))),
        "lost": count_if(c.outcome == "lost"),
        "open": count_if(c.outcome.is_(None)),
        "dial_ms": _total(d.c.ms),
        "talk_ms": sum_if(c.outcome == "answered", c.talk_ms),
    }
    where = (d.c.kind == "dial", *_filtered(f, c.hotline, c.group, d.c.agent))
    dimensions = {**_of_segment(d), "group": c.group, "reason": c.reason}
    return Source(d.join(CALL, c.call == d.c.call), d.c.started, where, dimensions, sums)


def abandon(f: Filters, time: Time) -> Source:
    """Queue entries that the caller gave up, by how long they had waited."""
    q = SEGMENT.alias("q")
    bands = zip(BANDS, BAND_NAMES, strict=False)
    band = case(*((q.c.ms <= s * 1000, name) for s, name in bands), else_=BAND_NAMES[-1])
    where = (
        q.c.kind == "queue",
        q.c.result.in_(("abandoned", "abandoned_ring")),
        *_filtered(f, CALL.c.hotline, q.c.group, q.c.agent),
    )
    sums = {
        "abandoned": func.count(),
        "abandoned_ring": count_if(q.c.result == "abandoned_ring"),
        "wait_abandoned_ms": func.sum(q.c.ms),
    }
    dimensions = {**_of_segment(q), "band": band}
    return Source(q.join(CALL, CALL.c.call == q.c.call), q.c.started, where, dimensions, sums)


def survey(f: Filters, time: Time) -> Source:
    """Invitations to rate, and what came of them."""
    s = SEGMENT.alias("s")
    rated, score = s.c.result == "answered", CALL.c.score
    sums = {
        "invited": func.count(),
        "rated": count_if(rated),
        "satisfied": count_if(and_(rated, score >= 4)),
        "score": sum_if(rated, score),
        **{f"score_{n}": count_if(and_(rated, score == n)) for n in range(1, 6)},
    }
    where = (s.c.kind == "survey", *_filtered(f, CALL.c.hotline, CALL.c.group, s.c.agent))
    dimensions = {**_of_segment(s), "group": CALL.c.group}
    return Source(s.join(CALL, CALL.c.call == s.c.call), s.c.started, where, dimensions, sums)


def summary(f: Filters, time: Time) -> Source:
    """Answered calls by what the agent filed; "" is not filed."""
    c = CALL.c
    where = (c.outcome == "answered", *_filtered(f, c.hotline, c.group, c.agent))
    names = ("hotline", "group", "agent", "brand", "intent")
    dimensions = {name: c[name] for name in names}
    dimensions |= {"category": c.summary_category, "result": c.summary_result}
    sums = {"calls": func.count(), "talk_ms": func.sum(c.talk_ms)}
    return Source(CALL, c.started, where, dimensions, sums)


def ivr(f: Filters, time: Time) -> Source:
    """Passes at the nodes of flows; a visit is a fresh one."""
    s, c = STEP.c, CALL.c
    sums = {
        "visits": count_if(s.fresh),
        "stay_ms": func.sum(s.ms),
        "keyed": count_if(s["keys"] > 0),
        "silent": count_if(s.silent),
        "left_here": count_if(s.result == LEFT),
    }
    where = _filtered(f, c.hotline, c.group, c.agent)
    dimensions = {"flow": s.flow, "node": s.node, "edge": s.edge, "hotline": c.hotline}
    dimensions |= {"version": c.flow_version, "arm": c.arm}
    return Source(STEP.join(CALL, c.call == s.call), s.at, where, dimensions, sums)


def flow(f: Filters, time: Time) -> Source:
    """Calls in by the flow that took them, its version and the arm of a trial."""
    c = CALL.c
    person = c.entered.is_not(None)
    names = ("closed", "contained", "voicemail", "abandoned_ivr", "answered")
    sums = {
        "calls_in": func.count(),
        **{name: count_if(c.outcome == name) for name in names},
        "open": count_if(c.outcome.is_(None)),
        "human_request": count_if(person),
        "ivr_ms": func.sum(c.ivr_ms),
        "to_person_ms": sum_if(person, c.entered - c.started),
        "keys": sum_if(person, c.pressed),
    }
    where = (c.direction == "in", *_filtered(f, c.hotline, c.group, c.agent))
    dimensions = {"flow": c.flow, "version": c.flow_version, "arm": c.arm, "hotline": c.hotline}
    return Source(CALL, c.started, where, dimensions, sums)


Make = Callable[[Filters, Time], Source]
KINDS: dict[str, tuple[Make, tuple[str, ...], str]] = {
    "hotline": (hotline, ("hotline",), ""),
    "group": (queue, ("group",), ""),
    "agent": (offers, ("agent",), ""),
    "interval": (queue, (), "half_hour"),
    "out": (out, ("agent",), ""),
    "abandon": (abandon, ("band",), ""),
    "survey": (survey, ("agent",), ""),
    "summary": (summary, ("category", "result"), ""),
    "ivr": (ivr, ("flow", "node"), ""),
    "flow": (flow, ("flow", "version", "arm"), ""),
}
"""Per kind: its source, what a row is about, and what it is cut by when nobody says."""
