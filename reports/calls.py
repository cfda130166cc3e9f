"""The list of calls with filters and pages, and one call in full. Numbers come unmasked."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, func, or_, select

from cdr.rows import Call, SegmentRow
from domain.errors import Fault, NotFound, Refused
from reports.reach import Reach, touched
from store.database import Database

CALL: Any = Call.__table__
SEGMENT: Any = SegmentRow.__table__
MOST = 200
"""Rows of one page at most."""
MISSED = "missed"
"""Asked for as an outcome: who wanted a person and got none, or was cut in a talk by a fault."""
UNSERVED = ("abandoned_queue", "abandoned_ring", "nobody", "fallback", "lost")


@dataclass(frozen=True, slots=True)
class CallFilters:
    """Which calls; empty means any. `number` is a caller's key or its last digits.

    `direction` is in or out, `outcome` one of the call record's or `MISSED`.
    """

    start: int | None = None
    end: int | None = None
    hotline: str = ""
    group: str = ""
    agent: str = ""
    number: str = ""
    outcome: str = ""
    direction: str = ""
    reach: Reach | None = None


@dataclass(frozen=True, slots=True)
class CallPage:
    """Calls, newest first; `next` is the cursor of the page after, None at the end."""

    rows: tuple[dict[str, Any], ...]
    next: str | None
    total: int


async def list_calls(
    db: Database, filters: CallFilters, cursor: str = "", limit: int = 50
) -> CallPage:
    """Give one page; cursors stay right while new calls arrive. Refused for a broken cursor."""
    limit = max(1, min(limit, MOST))
    where = _where(filters)
    statement = select(CALL).where(*where).order_by(CALL.c.started.desc(), CALL.c.call.desc())
    if cursor:
        started, call = _read_cursor(cursor)
        earlier = and_(CALL.c.started == started, CALL.c.call < call)
        statement = statement.where(or_(CALL.c.started < started, earlier))
    async with db.read() as connection:
        found = (await connection.execute(statement.limit(limit + 1))).mappings().all()
        counted = select(func.count()).select_from(CALL).where(*where)
        total = (await connection.execute(counted)).scalar_one()
    rows = tuple(_row(row) for row in found[:limit])
    more = len(found) > limit
    return CallPage(rows, f"{rows[-1]['started']}-{rows[-1]['call']}" if more else None, total)


async def one_call(db: Database, call: str, reach: Reach | None = None) -> dict[str, Any]:
    """Give {call, segments, summary, notice…} of one call; NotFound if there is none in reach."""
    wanted = select(CALL).where(CALL.c.call == call, *touched(reach))
    async with db.read() as connection:
        found = (await connection.execute(wanted)).mappings()
        row = found.first()
        if row is None:
            raise NotFound(f"there is no call {call}")
        parts = await connection.execute(
            select(SEGMENT).where(SEGMENT.c.call == call).order_by(SEGMENT.c.n)
        )
        segments = [_segment(part) for part in parts.mappings()]
    return {
        "call": _row(row),
        "segments": segments,
        "survey": _survey(row, segments),
        "summary": _summary(row),
        "notice": _notice(row),
    }


async def repeats(db: Database, caller: str, since_ms: int) -> tuple[int, str]:
    """Tell how often a number called since a moment, and which agent it last talked with."""
    if not caller:
        return 0, ""
    mine = (CALL.c.caller == caller, CALL.c.started >= since_ms, CALL.c.direction == "in")
    last = (
        select(CALL.c.agent)
        .where(CALL.c.caller == caller, CALL.c.agent != "")
        .order_by(CALL.c.started.desc())
        .limit(1)
    )
    async with db.read() as connection:
        count = await connection.execute(select(func.count()).select_from(CALL).where(*mine))
        agent = await connection.execute(last)
        return int(count.scalar_one()), agent.scalar() or ""


def _where(f: CallFilters) -> list[Any]:
    c = CALL.c
    exact = (
        *((c.hotline, f.hotline), (c.group, f.group), (c.agent, f.agent)),
        *((c.outcome, "" if f.outcome == MISSED else f.outcome), (c.direction, f.direction)),
    )
    where = [column == value for column, value in exact if value]
    if f.outcome == MISSED:
        cut = and_(c.outcome == "answered", c.by == "system")
        where.append(or_(c.outcome.in_(UNSERVED), cut))
    if f.start is not None:
        where.append(c.started >= f.start)
    if f.end is not None:
        where.append(c.started < f.end)
    if f.number:
        exact_or_tail = c.caller == f.number
        digits = f.number.lstrip("+")
        if digits.isdigit() and len(digits) >= 3:
            exact_or_tail = or_(exact_or_tail, c.caller.endswith(digits, autoescape=True))
        where += [exact_or_tail, c.withheld.is_(False)]  # a number that fits would tell it
    return [*where, *touched(f.reach)]


def _read_cursor(cursor: str) -> tuple[int, str]:
    started, _, call = cursor.partition("-")
    if not started.isdigit() or not call:
        raise Refused(Fault("", 0, "cursor", "not a cursor of this list"))
    return int(started), call


def _row(row: Mapping[Any, Any]) -> dict[str, Any]:
    same = ("call", "started", "ended", "hotline", "brand", "caller", "called", "outcome", "group")
    more = ("agent", "by", "cause", "intent", "score", "has_recording", "has_message", "customer")
    of_lines = ("direction", "reason", "withheld")
    data = {name: row[name] for name in (*same, *more, *of_lines)}
    for name in ("ivr", "wait", "ring", "dial", "talk", "hold", "wrap", "total"):
        data[f"{name}_s"] = round(row[f"{name}_ms"] / 1000, 1)
    return {**data, "summary_category": row["summary_category"]}


def _segment(part: Mapping[Any, Any]) -> dict[str, Any]:
    names = (
        "n",
        "kind",
        "started",
        "ended",
        "ms",
        "group",
        "agent",
        "node",
        "keys",
        "result",
        "by",
    )
    return {name: part[name] for name in names} | {"ring_ms": part["ring_ms"]}


def _survey(row: Mapping[Any, Any], segments: list[dict[str, Any]]) -> dict[str, Any] | None:
    asked = next((part for part in reversed(segments) if part["kind"] == "survey"), None)
    if asked is None:
        return None
    return {"agent": asked["agent"], "result": asked["result"], "score": row["score"]}


def _notice(row: Mapping[Any, Any]) -> dict[str, Any] | None:
    if not row["notice"]:
        return None
    prompts = row["notice"].split()
    return {"prompts": prompts, "heard_s": row["notice_ms"] / 1000, "cut": row["notice_cut"]}


def _summary(row: Mapping[Any, Any]) -> dict[str, Any] | None:
    if not row["summary_category"] and not row["summary_agent"]:
        return None
    names = ("category", "result", "note", "agent")
    return {name: row[f"summary_{name}"] for name in names}
