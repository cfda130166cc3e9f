"""Rows of who was asked to rate: one row a call, however the facts come in batches."""

from pathlib import Path

import pytest
from sqlalchemy import select

from domain import events as ev
from domain.events import Record
from domain.ids import AgentId, CallId
from store.base import Base
from store.database import Database
from store.migrations.make import load_rows
from store.upgrade import upgrade
from survey import SurveyProjection
from survey.rows import SurveyAnswer

pytestmark = pytest.mark.db
load_rows(Path(__file__).parents[2])
ANN = AgentId("8001")
FACTS: tuple[ev.Event, ...] = (
    ev.SurveyInvited(CallId("a"), ANN),
    ev.SurveySkipped(CallId("b"), ANN, "switched_off"),
    ev.SurveyInvited(CallId("c"), ANN),
    ev.SurveyAnswered(CallId("a"), ANN, 5),
    ev.SurveySkipped(CallId("c"), ANN, "caller_hung_up"),
    ev.SurveySkipped(CallId("a"), ANN, "error"),
)
TOLD = [Record(n, 0.0, n, event) for n, event in enumerate(FACTS, 1)]
ROWS = [
    ("a", "answered", "", 5, True, 4),
    ("b", "skipped", "switched_off", None, False, 2),
    ("c", "skipped", "caller_hung_up", None, True, 5),
]


@pytest.mark.parametrize("size", [1, 2, 6])
async def test_batches_of_any_size_make_the_same_rows(database: Database, size: int) -> None:
    await upgrade(database, Base.metadata)
    projection = SurveyProjection()
    batches = [TOLD[first : first + size] for first in range(0, len(TOLD), size)]
    for batch in (*batches, TOLD[2:4], TOLD):
        async with database.write() as connection:
            await projection.apply(connection, batch)
    found = SurveyAnswer.__table__.c
    columns = (found.call, found.state, found.reason, found.score, found.invited, found.seq)
    async with database.read() as connection:
        rows = (await connection.execute(select(*columns).order_by(found.call))).all()
    assert [tuple(row) for row in rows] == ROWS
