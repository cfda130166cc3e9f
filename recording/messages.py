"""Voicemail as rows, one per call: in which box, who left it, and what people did about it."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, delete, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.events import CallArrived, MessageLeft, Record, SoundDropped
from recording.rows import Message, MessageWork
from store.database import Database

_TABLE: Any = Message.__table__
_WORK: Any = MessageWork.__table__
STATES = ("new", "heard", "called", "done")
"""What was done about a message: nobody listened, listened, called back, settled."""


class MessageProjection:
    """Rows `message`; `records_of` gives all records of a call, for its hotline and number."""

    name = "recording.messages"

    def __init__(self, records_of: Callable[[str], Sequence[Record]]) -> None:
        self._records_of = records_of

    async def apply(self, connection: AsyncConnection, records: Sequence[Record]) -> None:
        """Write the rows that these records make; the same record makes the same row again."""
        for record in records:
            match record.event:
                case MessageLeft() as left:
                    row = _row(record, left, self._records_of(record.call))
                    await connection.execute(delete(_TABLE).where(_TABLE.c.call == row["call"]))
                    await connection.execute(_TABLE.insert().values(**row))
                case SoundDropped(call, "message"):
                    await connection.execute(delete(_TABLE).where(_TABLE.c.call == call))
                    await connection.execute(delete(_WORK).where(_WORK.c.call == call))


def _row(record: Record, left: MessageLeft, past: Sequence[Record]) -> dict[str, Any]:
    arrived = next((each.event for each in past if isinstance(each.event, CallArrived)), None)
    return {
        "call": left.call,
        "box": left.box[:40],
        "hotline": arrived.hotline[:32] if arrived else "",
        "caller": arrived.caller[:40] if arrived else "",
        "withheld": arrived.withheld if arrived else False,
        "seconds": left.seconds,
        "at": record.utc_ms,
    }


@dataclass(frozen=True, slots=True)
class Left:
    """A message and its state; `by` and `marked` say who did the last thing and when (UTC ms)."""

    call: str
    box: str
    hotline: str
    caller: str
    withheld: bool
    seconds: float
    at: int
    state: str
    note: str
    by: str
    marked: int


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which messages: of these boxes (None = all), one box, still open, older than a moment."""

    boxes: Collection[str] | None = None
    box: str = ""
    open_only: bool = False
    before: int = 0
    limit: int = 50


_STATE = func.coalesce(_WORK.c.state, "new")
_COLUMNS = (
    *(_TABLE.c[name] for name in ("call", "box", "hotline", "caller", "withheld", "seconds", "at")),
    _STATE,
    func.coalesce(_WORK.c.note, ""),
    func.coalesce(_WORK.c.by, ""),
    func.coalesce(_WORK.c.at, 0),
)
_JOINED = _TABLE.outerjoin(_WORK, _WORK.c.call == _TABLE.c.call)


async def messages(db: Database, wanted: Wanted) -> list[Left]:
    """List messages, the newest first."""
    query = select(*_COLUMNS).select_from(_JOINED).where(and_(True, *_where(wanted)))
    query = query.order_by(_TABLE.c.at.desc(), _TABLE.c.call.desc()).limit(wanted.limit)
    async with db.read() as connection:
        return [Left(*row) for row in await connection.execute(query)]


async def message(db: Database, call: str) -> Left | None:
    """Find the message of a call."""
    query = select(*_COLUMNS).select_from(_JOINED).where(_TABLE.c.call == call)
    async with db.read() as connection:
        row = (await connection.execute(query)).first()
    return Left(*row) if row else None


async def unheard(db: Database, boxes: Collection[str] | None) -> int:
    """Count what nobody has listened to yet."""
    rule = and_(_STATE == "new", *_where(Wanted(boxes)))
    query = select(func.count()).select_from(_JOINED).where(rule)
    async with db.read() as connection:
        return int(await connection.scalar(query) or 0)


async def mark(connection: AsyncConnection, call: str, work: tuple[str, str, str, int]) -> None:
    """Say what was done about a message: state, note, by whom, when."""
    state, note, by, at = work
    await connection.execute(delete(_WORK).where(_WORK.c.call == call))
    row = {"call": call, "state": state, "note": note, "by": by, "at": at}
    await connection.execute(_WORK.insert().values(**row))


def _where(wanted: Wanted) -> list[Any]:
    rules: list[Any] = []
    if wanted.boxes is not None:
        rules.append(_TABLE.c.box.in_(sorted(wanted.boxes)))
    if wanted.box:
        rules.append(_TABLE.c.box == wanted.box)
    if wanted.open_only:
        rules.append(or_(_WORK.c.state.is_(None), _WORK.c.state != "done"))
    if wanted.before:
        rules.append(_TABLE.c.at < wanted.before)
    return rules
