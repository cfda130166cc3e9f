"""Prove that a day's figures close (metrics.md §6.1): each identity exact, or its difference.

I1 calls of a hotline = the sum of their ends · I2 queue entries = the sum of theirs · I3 offers =
the sum of theirs · I4 an agent's login = the sum of the states · I5 intervals = the day, groups =
the hotline, agents = the group, flows = the hotline · I7 the calls' survey segments = the survey's
own rows · I8 calls out = the sum of their ends · plus: call and segments tell the same durations.
"""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from sqlalchemy import case, func, select

from cdr.rows import Call, SegmentRow
from domain.clock import DAY_MS
from reports.agent_times import TIMES
from reports.days import midnight
from reports.metrics import UNREACHED
from reports.queries import run
from reports.report import Filters, Report
from store.database import Database
from survey.rows import SurveyAnswer

CALL: Any = Call.__table__
SEGMENT: Any = SegmentRow.__table__
RATING: Any = SurveyAnswer.__table__
_I1 = (
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
    "open",
)
_I2 = ("answered", "abandoned", "fallback", "lost", "returned", "waiting")
_I3 = ("answered", "rona", "declined", "caller_left", "cancelled", "elsewhere", "ringing_now")
_I4 = tuple(name for name in TIMES if name != "t_login")
_I8 = ("reached", *UNREACHED, "other", "lost", "open")
_DAY = ("calls_in", "answered", "human_request")
_ENTRIES = ("entered", "answered", "abandoned", "fallback", "lost")


@dataclass(frozen=True, slots=True)
class Check:
    """One identity for one thing: both sides, equal or not."""

    identity: str
    of: str
    left: float
    right: float

    @property
    def ok(self) -> bool:
        """Tell whether both sides are the same."""
        return self.left == self.right

    def to_data(self) -> dict[str, Any]:
        """Give the JSON form."""
        return {**asdict(self), "ok": self.ok}


async def reconcile(db: Database, day: date, now_ms: int | None = None) -> list[Check]:
    """Check every identity of one day in China."""
    start = midnight(day)
    filters = Filters(now_ms=now_ms)

    async def ask(kind: str, by: str = "") -> Report:
        return await run(db, kind, start, start + DAY_MS, by, filters)

    hotlines, groups, agents = await ask("hotline"), await ask("group"), await ask("agent")
    checks = [
        *_sums("I1", hotlines, "hotline", "calls_in", _I1),
        *_sums("I2", groups, "group", "entered", _I2),
        *_sums("I3", agents, "agent", "offers", _I3),
        *_times(agents),
        *_sums("I8", await ask("out"), "agent", "dialled", _I8),
        *_same("I5 hours = day", (await ask("hotline", "hour")).rows, hotlines, _DAY),
        *_same("I5 half hours = day", (await ask("interval")).rows, groups, _ENTRIES),
        *_same("I5 groups = hotline", (await ask("group", "hotline")).rows, groups, _ENTRIES),
        *_same("I5 flows = hotline", (await ask("flow")).rows, hotlines, _DAY),
        *_same("I5 agents = group", _answered(await ask("group", "agent")), groups, ("answered",)),
    ]
    return [*checks, *await _durations(db, start), *await _ratings(db, await ask("survey"), start)]


def _sums(
    identity: str, report: Report, about: str, whole: str, parts: Sequence[str]
) -> list[Check]:
    return [
        Check(identity, f"{about} {row[about]}", row[whole], sum(row[part] for part in parts))
        for row in report.rows
    ]


def _times(report: Report) -> list[Check]:
    # shown figures are rounded to 0.1 s each: compare in whole seconds within their rounding
    return [
        Check("I4", f"agent {row['agent']}", row["t_login"], _near(row["t_login"], row))
        for row in report.rows
    ]


def _near(login: float, row: dict[str, Any]) -> float:
    total = round(sum(row[part] for part in _I4), 1)
    return login if abs(total - login) <= 0.05 * (len(_I4) + 1) else total


def _answered(report: Report) -> list[dict[str, Any]]:
    return [row for row in report.rows if row["agent"]]


def _same(
    identity: str, rows: Iterable[dict[str, Any]], whole: Report, names: Sequence[str]
) -> list[Check]:
    parts = list(rows)
    return [
        Check(identity, name, sum(row[name] for row in parts), whole.total[name]) for name in names
    ]


async def _durations(db: Database, start: int) -> list[Check]:
    """Compare what the calls' rows and their segments say, ms."""
    today = (CALL.c.started >= start, CALL.c.started < start + DAY_MS)
    names = ("ivr", "dial", "talk", "hold", "wrap")
    of_calls = select(*(func.sum(CALL.c[f"{name}_ms"]) for name in names)).where(*today)
    parts = (
        select(*(func.sum(case((SEGMENT.c.kind == n, SEGMENT.c.ms), else_=0)) for n in names))
        .select_from(SEGMENT.join(CALL, CALL.c.call == SEGMENT.c.call))
        .where(*today)
    )
    async with db.read() as connection:
        calls = (await connection.execute(of_calls)).one()
        segments = (await connection.execute(parts)).one()
    return [
        Check("calls = segments", f"{name} ms", int(left or 0), int(right or 0))
        for name, left, right in zip(names, calls, segments, strict=True)
    ]


async def _ratings(db: Database, report: Report, start: int) -> list[Check]:
    """Compare who was invited and who rated, by two projections of their own."""
    invited = select(SEGMENT.c.call).where(
        SEGMENT.c.kind == "survey",
        SEGMENT.c.started >= start,
        SEGMENT.c.started < start + DAY_MS,
    )
    of_day = RATING.c.call.in_(invited)
    rows = select(
        func.sum(case((RATING.c.invited, 1), else_=0)),
        func.sum(case((RATING.c.state == "answered", 1), else_=0)),
    ).where(of_day)
    async with db.read() as connection:
        found = (await connection.execute(rows)).one()
    return [
        Check("I7", name, report.total[name], int(value or 0))
        for name, value in zip(("invited", "rated"), found, strict=True)
    ]
