"""One line of the journal file: how a record is packed, sealed with a CRC, and opened again."""

import json
import zlib
from dataclasses import dataclass

from domain.events import KINDS, Record, from_data, to_data

VERSION = 1
Row = tuple[int, int, int, float, int, str, str, str]
"""seq, version, crc, mono, utc_ms, call, kind, data."""


@dataclass(frozen=True, slots=True)
class BadRecord:
    """A record that cannot be trusted, and why."""

    seq: int
    why: str


@dataclass(frozen=True, slots=True)
class UnknownKind:
    """A record that a newer version wrote."""

    seq: int
    kind: str


def pack(record: Record) -> Row:
    """Lay a record out as a row of the file."""
    data = _text(to_data(record.event))
    head = (float(record.mono), record.utc_ms, record.call, record.kind, data)
    return (record.seq, VERSION, seal(record.seq, VERSION, *head), *head)


def unpack(row: Row) -> Record | BadRecord | UnknownKind:
    """Open a row; what fails its seal is never believed."""
    seq, version, crc, mono, utc_ms, call, kind, data = row
    try:
        if seal(seq, version, mono, utc_ms, call, kind, data) != crc:
            return BadRecord(seq, "the checksum does not fit")
        if kind not in KINDS:
            return UnknownKind(seq, kind)
        return Record(seq, mono, utc_ms, from_data(kind, json.loads(data)))
    except (TypeError, ValueError, AttributeError) as error:
        return BadRecord(seq, f"unreadable: {error}")


def seal(seq: int, version: int, *rest: object) -> int:
    """Compute the CRC32 over every column but itself."""
    return zlib.crc32("\x1f".join(map(str, (seq, version, *rest))).encode())


_JSON = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), default=str)


def _text(data: dict[str, object]) -> str:
    text = _JSON.encode(data)
    try:
        text.encode()
    except UnicodeEncodeError:  # half a surrogate pair from some display name: not UTF-8
        return json.dumps(data, separators=(",", ":"), default=str)
    return text
