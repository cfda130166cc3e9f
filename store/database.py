"""The SQL database: one writer at a time, readers beside it, SQLite and PostgreSQL alike.

SQLite gets WAL, a write engine with one connection that begins IMMEDIATE (a deferred begin
loses read-then-write transactions to "database is locked") and a read engine of its own.
"""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, event, make_url
from sqlalchemy.exc import (
    ArgumentError,
    DBAPIError,
    InterfaceError,
    OperationalError,
    TimeoutError as PoolTimeout,
)
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from domain.errors import Fault, Refused, Unavailable

_DRIVERS = {
    "sqlite": "sqlite+aiosqlite",
    "sqlite+aiosqlite": "sqlite+aiosqlite",
    "postgres": "postgresql+asyncpg",
    "postgresql": "postgresql+asyncpg",
    "postgresql+asyncpg": "postgresql+asyncpg",
}
AWAY = ("08", "53", "55P03", "57", "58")
"""PostgreSQL's states of a server that cannot: connection, resources, lock, operator, system."""
_WRITE_PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=NORMAL",
    "PRAGMA busy_timeout=5000",
    "PRAGMA foreign_keys=ON",
    "PRAGMA secure_delete=ON",
)
_READ_PRAGMAS = (
    "PRAGMA busy_timeout=5000",
    "PRAGMA query_only=ON",
    # a report that sorts on the disk would hold up the journal's commits, which calls wait for
    "PRAGMA temp_store=MEMORY",
)


_MOVE_PRAGMAS = ("PRAGMA busy_timeout=5000", "PRAGMA foreign_keys=OFF")


@dataclass(frozen=True, slots=True)
class Database:
    """An open database. `write` is one transaction, `read` sees one consistent moment."""

    url: URL
    writer: AsyncEngine
    reader: AsyncEngine

    @property
    def dialect(self) -> str:
        """Name the kind: sqlite or postgresql."""
        return self.writer.dialect.name

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncConnection]:
        """Open a transaction: kept if the body ends well, undone if it raises."""
        async with _connected(self.writer) as connection, connection.begin():
            yield connection

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        """Open a look at the rows; nothing can be changed through it on SQLite."""
        async with _connected(self.reader) as connection:
            yield connection

    @asynccontextmanager
    async def moving(self) -> AsyncIterator[AsyncConnection]:
        """Open a transaction for migrations: SQLite copies tables, so foreign keys must rest."""
        if self.dialect != "sqlite":
            async with self.write() as connection:
                yield connection
            return
        engine = create_async_engine(self.url, pool_size=1, max_overflow=0)
        _prepare(engine, _MOVE_PRAGMAS, "BEGIN IMMEDIATE")
        try:
            async with Database(self.url, engine, engine).write() as connection:
                yield connection
        finally:
            await engine.dispose()

    async def close(self) -> None:
        """Let go of every connection."""
        await self.reader.dispose()
        await self.writer.dispose()


@asynccontextmanager
async def _connected(engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
    """Lend a connection; what the server or the way to it is guilty of is `Unavailable`."""
    connection = await _started(engine)
    try:
        yield connection
    except DBAPIError as error:
        if _is_away(error):
            raise Unavailable(f"the database failed: {error.orig}") from error
        raise
    finally:
        await connection.close()


async def _started(engine: AsyncEngine) -> AsyncConnection:
    try:
        return await engine.connect()
    except (DBAPIError, PoolTimeout, OSError) as error:
        raise Unavailable(f"the database does not answer: {error}") from error


def _is_away(error: DBAPIError) -> bool:
    """Tell an error of the server or the way to it from one of the statement."""
    state = str(getattr(error.orig, "sqlstate", None) or "")
    sort = isinstance(error, (OperationalError, InterfaceError)) or error.connection_invalidated
    return sort or state.startswith(AWAY)


def open_database(url: str) -> Database:
    """Open `sqlite:///path` or `postgresql://user@host/name`; connects at the first use."""
    parsed = _url(url)
    if parsed.get_backend_name() == "sqlite":
        return _sqlite(parsed)
    engine = create_async_engine(parsed, pool_size=5, max_overflow=5, pool_pre_ping=True)
    return Database(parsed, engine, engine)


def _url(url: str) -> URL:
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise Refused(Fault("", 0, "database", f"not a database URL: {url!r}")) from error
    if parsed.drivername not in _DRIVERS:
        text = f"this kind is not known: {parsed.drivername}; use sqlite or postgresql"
        raise Refused(Fault("", 0, "database", text))
    return parsed.set(drivername=_DRIVERS[parsed.drivername])


def _sqlite(url: URL) -> Database:
    if not url.database or url.database == ":memory:":
        raise Refused(Fault("", 0, "database", "SQLite needs a file, two engines share it"))
    Path(url.database).parent.mkdir(parents=True, exist_ok=True)
    writer = create_async_engine(url, pool_size=1, max_overflow=0, pool_timeout=30)
    reader = create_async_engine(url, pool_size=4, max_overflow=4)
    _prepare(writer, _WRITE_PRAGMAS, "BEGIN IMMEDIATE")
    _prepare(reader, _READ_PRAGMAS, "BEGIN")
    return Database(url, writer, reader)


def _prepare(engine: AsyncEngine, pragmas: tuple[str, ...], begin: str) -> None:
    event.listen(engine.sync_engine, "connect", _on_connect(pragmas))
    event.listen(engine.sync_engine, "begin", _on_begin(begin))


def _on_connect(pragmas: tuple[str, ...]) -> Callable[[Any, Any], None]:
    def prepare(connection: Any, _record: Any) -> None:
        # the driver must not begin by itself: it would begin DEFERRED
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in pragmas:
            cursor.execute(pragma)
        cursor.close()

    return prepare


def _on_begin(statement: str) -> Callable[[Connection], None]:
    def begin(connection: Connection) -> None:
        connection.exec_driver_sql(statement)

    return begin
