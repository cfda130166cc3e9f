"""When a record of the journal happened, on the monotonic clock of now.

Within one boot of the machine that clock never stood still and was never set: a record's own
reading counts, whatever people or NTP did to the wall clock since. Before it, UTC must do.
"""

from collections.abc import Callable, Sequence

from domain import events as ev
from domain.clock import Clock


def instants(records: Sequence[ev.Record], clock: Clock, boot: str) -> Callable[[ev.Record], float]:
    """Give what tells a record's instant; never one that is still to come."""
    now, utc_ms = float(clock.mono()), clock.utc_ms()
    first = _first_of(records, boot)

    def instant(record: ev.Record) -> float:
        if record.seq >= first:
            return min(now, record.mono)
        return min(now, now - (utc_ms - record.utc_ms) / 1000)

    return instant


def next_epoch(records: Sequence[ev.Record], wanted: int) -> int:
    """Give an engine's number: above all before it, also where the clock was set back."""
    before = [each.event.epoch for each in records if isinstance(each.event, ev.EngineStarted)]
    return max(wanted, max(before, default=0) + 1)


def _first_of(records: Sequence[ev.Record], boot: str) -> int:
    """Find the record from which on all were written in this boot; behind the last if none was."""
    first = records[-1].seq + 1 if records else 0
    for record in reversed(records):
        if isinstance(record.event, ev.EngineStarted):
            if not boot or record.event.boot != boot:
                break
            first = record.seq
    return first
