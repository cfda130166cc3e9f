"""A call's own line of time: durations by the monotonic clock, anchored at its UTC start. Pure."""

from collections.abc import Sequence
from itertools import pairwise

from domain.events import Record

OTHER_BOOT_MS = 26 * 3_600_000
"""When the two clocks tell stories further apart than this, the machine was started anew: people
set a clock by an hour or a day. After a new start the steady clock mostly reads less."""


def in_order(records: Sequence[Record]) -> list[Record]:
    """Put records in journal order, each place once."""
    return [record for _, record in sorted({record.seq: record for record in records}.items())]


def stamps(records: Sequence[Record]) -> list[int]:
    """Give each record its UTC ms on a line that never runs backwards, whatever NTP did."""
    if not records:
        return []
    line = [records[0].utc_ms]
    for before, after in pairwise(records):
        line.append(line[-1] + _passed(before, after))
    return line


def _passed(before: Record, after: Record) -> int:
    by_mono = round((after.mono - before.mono) * 1000)
    by_utc = after.utc_ms - before.utc_ms
    if by_mono < 0 or abs(by_mono - by_utc) > OTHER_BOOT_MS:
        return max(0, by_utc)
    return by_mono
