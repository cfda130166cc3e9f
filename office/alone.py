"""One writer of a counted series at a time, also on PostgreSQL (SQLite writes are alone anyway)."""

from zlib import crc32

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection


async def alone(connection: AsyncConnection, series: str) -> None:
    """Hold the series until this transaction ends."""
    if connection.dialect.name == "postgresql":
        key = crc32(f"yingda.{series}".encode())
        await connection.execute(select(func.pg_advisory_xact_lock(key)))
