"""Recording facts → rows, idempotent by call and kind: the newest fact wins."""

from collections.abc import Sequence
from pathlib import PurePosixPath
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.events import (
    MessageKept,
    MessageLeft,
    Record,
    RecordingFailed,
    RecordingKept,
    SoundDropped,
    to_data,
)
from recording.rows import Recording

_TABLE: Any = Recording.__table__
DROPPED = "dropped"


def row_of(record: Record) -> dict[str, Any] | None:
    """Give the row that a fact makes, None when it is not about audio."""
    row = {"at": record.utc_ms, "seq": record.seq, "call": record.call}
    match record.event:
        case RecordingKept() as kept:
            return row | to_data(kept) | {"kind": "talk", "state": "kept", "reason": ""}
        case RecordingFailed(_, reason):
            return row | {"kind": "talk", "state": "failed", "reason": reason[:200]}
        case MessageLeft(_, _, file, seconds):
            file = str(PurePosixPath(file).with_suffix(".mp3"))  # `finish_message` makes it
            return row | {"kind": "message", "state": "kept", "file": file, "seconds": seconds}
        case MessageKept() as kept:
            return row | to_data(kept) | {"kind": "message", "state": "kept"}
        case _:
            return None


class RecordingProjection:
    """Rows `recording`."""

    name = "recording.files"

    async def apply(self, connection: AsyncConnection, records: Sequence[Record]) -> None:
        """Write the rows that these records make."""
        for record in records:
            if isinstance(record.event, SoundDropped):
                await connection.execute(_dropped(record, record.event))
                continue
            row = row_of(record)
            if row is None:
                continue
            same = (_TABLE.c.call == row["call"]) & (_TABLE.c.kind == row["kind"])
            had = await connection.scalar(select(_TABLE.c.seq).where(same))
            if had is not None and had > row["seq"]:
                continue  # told again: what is known since then stays
            await connection.execute(delete(_TABLE).where(same))
            await connection.execute(_TABLE.insert().values(**row))


def _dropped(record: Record, event: SoundDropped) -> Any:
    """Keep the row: that there was a recording, and what became of it."""
    same = (_TABLE.c.call == event.call) & (_TABLE.c.kind == event.kind)
    gone = {"state": DROPPED, "reason": event.why, "file": "", "peaks": "", "seq": record.seq}
    return _TABLE.update().where(same & (_TABLE.c.seq < record.seq)).values(**gone)
