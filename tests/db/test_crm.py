"""Whom a number belonged to when it last called: idempotent, and older facts never win."""

from pathlib import Path

import pytest
from sqlalchemy import select

from crm import CustomerProjection
from crm.rows import CustomerPhone
from domain import events as ev
from domain.events import Record
from domain.ids import CallId
from store.base import Base
from store.database import Database
from store.migrations.make import load_rows
from store.upgrade import upgrade

pytestmark = pytest.mark.db
load_rows(Path(__file__).parents[2])


def call(seq: int, name: str, number: str, customer: str) -> list[Record]:
    arrived = ev.CallArrived(CallId(name), "400", "400", number)
    looked = ev.CustomerLookedUp(CallId(name), "found" if customer else "unknown", 1.0, customer)
    return [Record(seq, 0.0, seq, arrived), Record(seq + 1, 0.0, seq + 1, looked)]


async def test_the_newest_customer_of_a_number(database: Database) -> None:
    await upgrade(database, Base.metadata)
    told = [
        *call(1, "a", "138", "C1"),
        *call(3, "b", "139", ""),
        *call(5, "c", "138", "C2"),
        *call(7, "d", "", "C3"),
    ]
    projection = CustomerProjection(lambda name: [each for each in told if each.call == name])
    for batch in (told, told[2:], told[:2], told):
        async with database.write() as connection:
            await projection.apply(connection, batch)
    async with database.read() as connection:
        rows = (await connection.execute(select(CustomerPhone.__table__))).all()
    assert [tuple(row) for row in rows] == [("138", "C2", 6, 6)]
