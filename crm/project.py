"""Lookup facts → rows, idempotent by number: the newest fact wins."""

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncConnection

from crm.rows import CustomerPhone
from domain.events import CallArrived, CustomerLookedUp, DialAsked, Record

_TABLE: Any = CustomerPhone.__table__


class CustomerProjection:
    """Rows `customer_phone`; `records_of` gives all records of a call, for the number."""

    name = "crm.customers"

    def __init__(self, records_of: Callable[[str], Sequence[Record]]) -> None:
        self._records_of = records_of

    async def apply(self, connection: AsyncConnection, records: Sequence[Record]) -> None:
        """Write the rows that these records make."""
        for record in records:
            event = record.event
            if isinstance(event, CustomerLookedUp) and event.customer:
                number = _caller(self._records_of(event.call))
                if number:
                    await _put(connection, record, number, event.customer)


def _caller(records: Sequence[Record]) -> str:
    for record in records:
        if isinstance(record.event, CallArrived):
            return record.event.caller[:32]
        if isinstance(record.event, DialAsked):
            return record.event.to[:32]
    return ""


async def _put(connection: AsyncConnection, record: Record, number: str, customer: str) -> None:
    row = {"number": number, "customer": customer, "at": record.utc_ms, "seq": record.seq}
    older = (_TABLE.c.number == number) & (_TABLE.c.seq <= record.seq)
    newer = await connection.scalar(
        _TABLE.select().where((_TABLE.c.number == number) & (_TABLE.c.seq > record.seq))
    )
    if newer is None:
        await connection.execute(delete(_TABLE).where(older))
        await connection.execute(_TABLE.insert().values(**row))
