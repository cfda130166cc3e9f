"""How many agents each half hour would take, from a recorded time: Erlang A (or C) by group."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from math import inf

from acd.recorded import Day, Past, Story, patience_s, story_of
from acd.staffing import Load, needed, outlook

SLOT_MS = 1_800_000
DAY_MS = 48 * SLOT_MS
FEW = 5
"""Fewer answered calls than this do not tell a handling time of their own."""


@dataclass(frozen=True, slots=True)
class Target:
    """What is wanted: such a share (0 to 1) answered within so many seconds."""

    share: float
    seconds: float


@dataclass(frozen=True, slots=True)
class Need:
    """One half hour of one group; `there` is how many were ready on average, `zone` local time."""

    group: str
    slot: int
    calls: float
    aht_s: float
    patience_s: float | None
    agents: int
    service_level: float
    p_abandon: float
    there: float
    service_level_there: float | None

    @property
    def at(self) -> str:
        """Say when the half hour begins, local time."""
        return f"{self.slot // 2:02d}:{self.slot % 2 * 30:02d}"


def needs(day: Day, target: Target, offset_ms: int) -> list[Need]:
    """Work out every half hour of the day in which somebody called; several days are averaged."""
    story = story_of(day.records)
    calls = story.done()
    days = len({(past.entered + offset_ms) // DAY_MS for past in calls})
    slots: dict[tuple[str, int], list[Past]] = defaultdict(list)
    groups: dict[str, list[Past]] = defaultdict(list)
    for past in calls:
        slots[past.group, (past.entered + offset_ms) % DAY_MS // SLOT_MS].append(past)
        groups[past.group].append(past)
    staffed = _staffed(day, story, offset_ms)
    return [
        _need(key, mine, groups[key[0]], (days, staffed.get(key, 0) / SLOT_MS / days, target))
        for key, mine in sorted(slots.items())
    ]


def _need(
    key: tuple[str, int],
    mine: Sequence[Past],
    group: Sequence[Past],
    about: tuple[int, float, Target],
) -> Need:
    days, there, target = about
    aht_s = handling_s(mine if sum(bool(past.answered) for past in mine) >= FEW else group)
    patience = patience_s(group)
    load = Load(2 * len(mine) / days, aht_s, patience)
    found = needed(load, target.seconds, target.share)
    now = outlook(round(there), load, target.seconds) if round(there) else None
    return Need(
        key[0],
        key[1],
        len(mine) / days,
        aht_s,
        patience,
        found.agents,
        found.service_level,
        found.p_abandon,
        there,
        now.service_level if now and now.mean_wait_s < inf else None,
    )


def handling_s(calls: Sequence[Past]) -> float:
    """Give the mean handling time of those answered: ringing, talk, hold and wrap-up."""
    work = [past.busy_ms + past.wrap_ms for past in calls if past.answered]
    return max(1.0, sum(work) / len(work) / 1000) if work else 180.0


def _staffed(day: Day, story: Story, offset_ms: int) -> dict[tuple[str, int], int]:
    """Add up ready milliseconds of each group's agents, cut at the half hours."""
    found: dict[tuple[str, int], int] = defaultdict(int)
    cards = {card.number: card for card in day.current.agents}
    for number, spans in story.shifts.items():
        groups = cards[number].groups if number in cards else ()
        for start, end in spans:
            for slot, part in _cut(start + offset_ms, end + offset_ms):
                for group in groups:
                    found[group, slot] += part
    return found


def _cut(start: int, end: int) -> list[tuple[int, int]]:
    parts = []
    while start < end:
        border = min(end, (start // SLOT_MS + 1) * SLOT_MS)
        parts.append((start % DAY_MS // SLOT_MS, border - start))
        start = border
    return parts
