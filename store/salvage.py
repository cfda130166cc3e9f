"""What is left of a damaged journal, read page by page, past whatever SQLite no longer believes.

Every record carries a seal of its own, so that no page, index or header need be trusted: each
leaf page of the file and of its write-ahead log is looked through, and a cell whose seal fits is
a record (file format: sqlite.org/fileformat2.html §1.6, §2.1 and §4.1).
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from domain.events import Record
from store.journal_record import Row, UnknownKind, unpack

PAGE = 4096
"""SQLite's own choice, which we leave."""
LOG_HEAD, FRAME_HEAD = 32, 24
LEAF, OTHER_PAGES = 13, (2, 5, 10)
"""The first byte of a page with records, and of those that only lead to others."""
LOCAL_MOST = PAGE - 35
LOCAL_LEAST = (PAGE - 12) * 32 // 255 - 23
LONGEST = 1 << 20
"""No record is as long: a length beyond it is damage."""
_INTEGERS = {1: 1, 2: 2, 3: 3, 4: 4, 5: 6, 6: 8}


@dataclass(frozen=True, slots=True)
class Found:
    """The rows whose seal fits, by their number, and the highest number that was written."""

    rows: dict[int, Row]
    last: int


def salvage(file: Path, log: Path) -> Found:
    """Look through a journal's file and its log, neither of which is changed."""
    with file.open("rb") as data:
        pages = _Pages(data, pages_of(log), file.stat().st_size // PAGE)
        rows: dict[int, Row] = {}
        for number in pages.numbers():
            for row in _rows(pages, number):
                rows[row[0]] = row
    return Found(rows, max(rows, default=0))


def frames(log: Path) -> Iterator[tuple[int, bool, int]]:
    """List the frames of the log's present round: page, whether it ends a commit, place in file."""
    if not log.exists() or log.stat().st_size < LOG_HEAD + FRAME_HEAD:
        return
    with log.open("rb") as data:
        head = data.read(LOG_HEAD + FRAME_HEAD)
        salt = head[16:24] if _believed(head[:LOG_HEAD]) else head[LOG_HEAD + 8 : LOG_HEAD + 16]
        place = LOG_HEAD
        end = log.stat().st_size - FRAME_HEAD - PAGE  # a frame that is not whole was never told
        while place <= end:
            frame = _at(data, place, FRAME_HEAD)
            if frame[8:16] == salt:
                page, size = struct.unpack(">II", frame[:8])
                yield page, size != 0, place + FRAME_HEAD
            place += FRAME_HEAD + PAGE


def promised(log: Path) -> int:
    """Count the log's frames up to its last commit, whether their sums fit or not."""
    ends = [(place - LOG_HEAD) // (FRAME_HEAD + PAGE) + 1 for _, ends, place in frames(log) if ends]
    return max(ends, default=0)


def pages_of(log: Path) -> dict[int, list[bytes]]:
    """Give every form of each page that stands in the log, the newest last."""
    found: dict[int, list[bytes]] = {}
    places = list(frames(log))
    if places:
        with log.open("rb") as data:
            for page, _, place in places:
                found.setdefault(page, []).append(_at(data, place, PAGE))
    return found


def _believed(head: bytes) -> bool:
    """Tell whether the sum over the log's own header fits; its words are in the writer's order."""
    order = ">" if head[3] & 1 else "<"
    first = second = 0
    for one, two in struct.iter_unpack(f"{order}II", head[:24]):
        first = (first + one + second) & 0xFFFFFFFF
        second = (second + two + first) & 0xFFFFFFFF
    return struct.unpack(">II", head[24:32]) == (first, second)


def _at(data: Any, place: int, length: int) -> bytes:
    data.seek(place)
    return bytes(data.read(length))


@dataclass(frozen=True, slots=True)
class _Pages:
    """The pages of a file and all their newer forms in its log: any one may be the damaged one."""

    data: Any
    newer: dict[int, list[bytes]]
    count: int

    def numbers(self) -> Iterator[int]:
        yield from range(1, self.count + 1)
        yield from sorted(number for number in self.newer if not 1 <= number <= self.count)

    def forms(self, number: int) -> list[bytes]:
        """Give a page as it was and is, the newest last."""
        own = [_at(self.data, (number - 1) * PAGE, PAGE)] if 1 <= number <= self.count else []
        return [page for page in own + self.newer.get(number, []) if len(page) == PAGE]


def _rows(pages: _Pages, number: int) -> Iterator[Row]:
    for page in pages.forms(number):
        if page[0] not in OTHER_PAGES:
            yield from _cells(pages, page)


def _cells(pages: _Pages, page: bytes) -> Iterator[Row]:
    """Follow the page's pointers; past its own count of them where one leads nowhere."""
    count, good, lowest = int.from_bytes(page[3:5]), 0, PAGE
    for place in range(8, PAGE - 1, 2):
        if place >= lowest or (good == count and page[0] == LEAF):
            break  # behind the last pointer the cells begin
        start = int.from_bytes(page[place : place + 2])
        row = _row(pages, page, start) if 8 < start < PAGE - 4 else None
        if row is not None:
            good, lowest = good + 1, min(lowest, start)
            yield row


def _row(pages: _Pages, page: bytes, start: int) -> Row | None:
    """Open the cell at a place; None for anything that is no record of ours."""
    try:
        length, place = _varint(page, start)
        seq, place = _varint(page, place)
        if not 0 < length < LONGEST:
            return None
        row = _columns(seq, _payload(pages, page, place, length))
        good = row is not None and isinstance(unpack(row), Record | UnknownKind)
    except (IndexError, TypeError, ValueError, struct.error):
        return None
    return row if good else None


def _payload(pages: _Pages, page: bytes, place: int, length: int) -> bytes:
    if length <= LOCAL_MOST:
        return page[place : place + length]
    here = LOCAL_LEAST + (length - LOCAL_LEAST) % (PAGE - 4)
    here = here if here <= LOCAL_MOST else LOCAL_LEAST
    parts, left = [page[place : place + here]], length - here
    following = int.from_bytes(page[place + here : place + here + 4])
    while left > 0 and (forms := pages.forms(following)):
        more = forms[-1]
        parts.append(more[4 : 4 + left])
        left -= PAGE - 4
        following = int.from_bytes(more[:4])
    return b"".join(parts)


def _columns(seq: int, payload: bytes) -> Row | None:
    head, place = _varint(payload, 0)
    types = []
    while place < head:
        kind, place = _varint(payload, place)
        types.append(kind)
    if len(types) != 8:
        return None
    values = []
    for kind in types:
        value, place = _value(kind, payload, place)
        values.append(value)
    _, version, crc, mono, utc_ms, call, name, data = values
    return (seq, version, crc, float(mono), utc_ms, call, name, data)


def _value(kind: int, payload: bytes, place: int) -> tuple[Any, int]:
    if kind in (0, 8, 9):
        return (None, 0, 1)[max(0, kind - 7)], place
    if kind == 7:
        return struct.unpack_from(">d", payload, place)[0], place + 8
    length = _INTEGERS.get(kind) or (kind - 12) // 2
    raw = payload[place : place + length]
    if kind in _INTEGERS:
        return int.from_bytes(raw, signed=True), place + length
    return raw.decode(), place + length


def _varint(data: bytes, place: int) -> tuple[int, int]:
    value = 0
    for step in range(8):
        byte = data[place + step]
        value = value << 7 | byte & 0x7F
        if byte < 0x80:
            return value, place + step + 1
    return value << 8 | data[place + 8], place + 9
