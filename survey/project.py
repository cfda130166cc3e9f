"""Survey facts → rows, idempotent: a later fact of the same call replaces the earlier one."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.events import Record, SurveyAnswered, SurveyInvited, SurveySkipped
from survey.rows import SurveyAnswer

_TABLE: Any = SurveyAnswer.__table__


def row_of(record: Record) -> dict[str, Any] | None:
    """Give the row that a fact makes, None when it is not about a survey."""
    row = {"call": record.call, "at": record.utc_ms, "seq": record.seq, "invited": True}
    row |= {"reason": "", "score": None}
    match record.event:
        case SurveyInvited(_, agent):
            return row | {"agent": agent, "state": "invited"}
        case SurveyAnswered(_, agent, score):
            return row | {"agent": agent, "state": "answered", "score": score}
        case SurveySkipped(_, agent, reason):
            return row | {"agent": agent, "state": "skipped", "reason": reason, "invited": False}
        case _:
            return None


class SurveyProjection:
    """Rows `survey_answer`."""

    name = "survey.answers"

    async def apply(self, connection: AsyncConnection, records: Sequence[Record]) -> None:
        """Write the rows that these records make: one look, one change for all of them."""
        told = [row for record in records if (row := row_of(record)) is not None]
        if not told:
            return
        same = _TABLE.c.call.in_(list({row["call"] for row in told}))
        known = {
            row["call"]: dict(row)
            for row in (await connection.execute(select(_TABLE).where(same))).mappings()
        }
        changed: dict[str, dict[str, Any]] = {}
        for row in told:
            call = row["call"]
            if news := _after(known.get(call), row):
                known[call] = changed[call] = news
        if changed:
            await connection.execute(delete(_TABLE).where(_TABLE.c.call.in_(list(changed))))
            await connection.execute(_TABLE.insert(), list(changed.values()))


def _after(before: Mapping[str, Any] | None, row: dict[str, Any]) -> dict[str, Any] | None:
    """Give the row that a call has after one more fact, None where it stays as it is."""
    if before is None:
        return row
    answered = before["state"] == "answered" and row["state"] != "answered"
    if answered or before["seq"] > row["seq"]:
        return None
    return row | {"invited": row["invited"] or before["invited"]}
