"""Survey facts → rows, idempotent: a later fact of the same call replaces the earlier one."""

from collections.abc import Sequence
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
        """Write the rows that these records make."""
        for record in records:
            row = row_of(record)
            if row is not None:
                await _put(connection, row)


async def _put(connection: AsyncConnection, row: dict[str, Any]) -> None:
    same = _TABLE.c.call == row["call"]
    before = (await connection.execute(select(_TABLE).where(same))).mappings().first()
    if before is not None:
        if before["seq"] > row["seq"]:
            return
        row["invited"] = row["invited"] or before["invited"]
        if before["state"] == "answered" and row["state"] != "answered":
            return
    await connection.execute(delete(_TABLE).where(same))
    await connection.execute(_TABLE.insert().values(**row))
