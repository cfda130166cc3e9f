"""Everything kept of one person in one zip: rows, facts, sound, what was sent out, who looked."""

import json
import os
import zipfile
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any

from sqlalchemy import or_, select

from cdr.rows import Call, SegmentRow
from crm.rows import CustomerPhone
from domain.errors import Fault, Refused, Unavailable, YingdaError
from domain.events import to_data
from domain.places import OUTBOX
from office.rows import Audit
from outside.deliveries import Deliveries
from recording.cli import shelf_of
from recording.rows import Message, MessageWork, Recording
from store.journal_reader import JournalReader
from survey.rows import SurveyAnswer
from switchboard.installation import Installation
from switchboard.person import calls_of, lists_of, noted_export, nothing_of

SLICE = 500
"""Calls of one question to the database."""
_BY_CALL: tuple[tuple[str, Any], ...] = (
    ("calls", Call.__table__),
    ("segments", SegmentRow.__table__),
    ("recordings", Recording.__table__),
    ("messages", Message.__table__),
    ("message_work", MessageWork.__table__),
    ("surveys", SurveyAnswer.__table__),
)
README = """个人信息副本 · A copy of what is kept of one person

calls, segments      话单与各环节 · calls and their stretches (times UTC ms)
facts                流水中的事实 · the facts in the journal
recordings, sound/   录音与留言 · recordings and messages
messages             留言与处理 · messages and what was done about them
surveys              满意度评价 · ratings
customers            客户系统里的编号 · the customer number of the CRM
webhooks             发给别的系统的推送 · what was sent to other systems
lists                所在名单 · the firm's own lists with the number
access               谁看过、听过、改过 · who looked, listened or changed
"""


async def export(around: Installation, key: str, file: Path, by: str) -> dict[str, int]:
    """Write the zip, readable by its owner only; gives how much of each kind is in it."""
    calls = await calls_of(around, key)
    kinds = await _rows(around, calls, key)
    kinds["facts"] = _facts(around, calls)
    kinds["webhooks"] = _webhooks(around, calls)
    kinds["lists"] = [{"list": name} for name in lists_of(around.plan().config, key)]
    if not any(kinds.values()):
        raise nothing_of(key)
    sounds = _written(around, file, kinds)
    await noted_export(around, key, by, len(calls))
    return {kind: len(rows) for kind, rows in kinds.items()} | {"sound": sounds}


async def _rows(around: Installation, calls: Sequence[str], key: str) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {name: [] for name, _ in _BY_CALL}
    phone, audit = CustomerPhone.__table__, Audit.__table__
    async with around.database.read() as connection:
        for start in range(0, len(calls), SLICE):
            some = calls[start : start + SLICE]
            for name, table in _BY_CALL:
                query = select(table).where(table.c.call.in_(some))
                found[name] += map(dict, (await connection.execute(query)).mappings())
        query = select(phone).where(phone.c.number == key)
        found["customers"] = list(map(dict, (await connection.execute(query)).mappings()))
        named = or_(audit.c.object.in_([key, *calls[-SLICE:]]), audit.c.detail.contains(key))
        query = select(audit.c.at, audit.c.who, audit.c.what, audit.c.object).where(named)
        found["access"] = list(map(dict, (await connection.execute(query)).mappings()))
    return found


def _facts(around: Installation, calls: Sequence[str]) -> list[Any]:
    reader = JournalReader(around.journal)
    try:
        return [
            {"seq": each.seq, "utc_ms": each.utc_ms, "kind": each.kind, **to_data(each.event)}
            for call in calls
            for each in reader.read_call(call)
        ]
    finally:
        reader.close()


def _webhooks(around: Installation, calls: Sequence[str]) -> list[Any]:
    file = around.data / OUTBOX
    if not file.is_file():
        return []
    outbox = Deliveries(file)
    try:
        starts = range(0, len(calls), SLICE)
        return [asdict(each) for at in starts for each in outbox.of_calls(calls[at : at + SLICE])]
    finally:
        outbox.close()


def _written(around: Installation, file: Path, kinds: dict[str, list[Any]]) -> int:
    if file.exists():
        raise Refused(Fault(str(file), 0, "", "已有同名文件 · there is a file of this name"))
    part = file.with_name(f"{file.name}.part")
    try:
        handle = os.open(part, os.O_CREAT | os.O_TRUNC | os.O_RDWR, 0o600)
        with (
            os.fdopen(handle, "w+b") as raw,
            zipfile.ZipFile(raw, "w", zipfile.ZIP_DEFLATED) as packed,
        ):
            packed.writestr("README.txt", README)
            for kind, rows in kinds.items():
                text = json.dumps(rows, ensure_ascii=False, indent=1, default=str)
                packed.writestr(f"{kind}.json", text)
            sounds = _sounds(around, packed, kinds["recordings"])
        part.replace(file)
    except OSError as error:
        raise Unavailable(f"{file} cannot be written: {error.strerror}") from error
    finally:
        part.unlink(missing_ok=True)
    return sounds


def _sounds(around: Installation, packed: zipfile.ZipFile, rows: Sequence[Any]) -> int:
    """Put in every sound that can still be heard, unlocked."""
    shelf, done = shelf_of(around.settings), 0
    for row in rows:
        if row["state"] != "kept":
            continue
        with suppress(YingdaError, OSError):
            sound = b"".join(shelf.pieces(row["file"]))
            packed.writestr(f"sound/{Path(row['file']).name}", sound)
            done += 1
    return done
