"""What was seen of the house just now → readings for the alarms. Pure.

`None` means that it could not be looked at: then nothing is known, neither good nor bad.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tracing import mask_numbers
from watch.alarm import Reading, Sample
from watch.measures import MEASURES, Measure

Row = Mapping[str, Any]
LINE_KINDS = (
    *("trunk_down", "trunk_unregistered", "trunk_silent", "trunk_rejected"),
    "trunk_failing",
)
"""Faults of a trunk that mean that it carries nothing."""
LEAST_CALLS = 20
"""Below this a service level is chance."""
LEAST_POPS = 10
WINDOWS_S = {"fell_back": 300, "recording_failed": 3600}


@dataclass(frozen=True, slots=True)
class Facts:
    """One look: the engine's link and picture, its health, the database, disks, webhooks."""

    engine: bool
    floor: Row | None = None
    health: Row | None = None
    database: bool | None = None
    disks: Mapping[str, float] | None = None
    dead_letters: int | None = None
    webhooks_waiting: int | None = None
    receivers: Mapping[str, int] = field(default_factory=dict)


@dataclass(slots=True)
class Windows:
    """How much the engine's counters grew lately; a new engine begins at nothing."""

    epoch: int = 0
    before: dict[str, int] = field(default_factory=dict)
    grown: list[tuple[int, str, int]] = field(default_factory=list)

    def take(self, health: Row, now: int) -> None:
        """Note what the engine counts now."""
        if health.get("epoch") != self.epoch:
            self.epoch, self.before = int(health.get("epoch", 0)), {}
        counts = health.get("counts") or {}
        for name in WINDOWS_S:
            more = int(counts.get(name, 0)) - self.before.get(name, 0)
            if more > 0:
                self.grown.append((now, name, more))
            self.before[name] = int(counts.get(name, 0))
        longest = max(WINDOWS_S.values()) * 1000
        self.grown = [each for each in self.grown if now - each[0] <= longest]

    def lately(self, name: str, now: int) -> int:
        """Give how much a counter grew within its window."""
        since = now - WINDOWS_S[name] * 1000
        return sum(more for at, which, more in self.grown if which == name and at >= since)


def sample_of(facts: Facts, windows: Windows, now: int) -> Sample:
    """Turn one look into what the alarms take in."""
    readings = [_plain("engine_away", "", 0 if facts.engine else 1)]
    known = {"engine_away", "receiver_down"}
    for look in (_of_floor, _of_health, _of_machine):
        seen, found = look(facts, windows, now)
        known |= seen
        readings += found
    readings += [_plain("receiver_down", name, n) for name, n in facts.receivers.items()]
    return Sample(frozenset(known), tuple(readings))


def _of_floor(facts: Facts, windows: Windows, now: int) -> tuple[set[str], list[Reading]]:
    if not facts.engine or facts.floor is None:
        return set(), []
    up = bool(facts.floor["pbx"].get("up"))
    found = [_plain("pbx_away", "", 0 if up else 1)]
    for group in facts.floor.get("groups", ()):
        found += _of_group(group, now)
    rows = facts.floor.get("incidents", ())
    found += [*_of_trunks(rows), *_of_incidents(rows)]
    waits = {"longest_wait", "waiting", "nobody_ready", "service_level"}
    return {"pbx_away", "trunk_down", "one_way", "incident", *waits}, found


def _of_group(group: Row, now: int) -> Iterator[Reading]:
    name, shown = str(group["id"]), str(group["name"])
    since, waiting = group.get("longest_since"), int(group["waiting"])
    waited = max(0, now - int(since)) / 1000 if since else 0.0
    yield _worded("longest_wait", name, round(waited), shown)
    yield _worded("waiting", name, waiting, shown)
    alone = waiting > 0 and not group["signed_in"]
    yield _worded("nobody_ready", name, 1 if alone else 0, shown)
    today = group["today"]
    done = today["answered"] + today["abandoned"]
    if done >= LEAST_CALLS:
        level = round(100 * today["within"] / done, 1)
        yield _worded("service_level", name, level, shown)


def _of_trunks(rows: Iterable[Row]) -> Iterator[Reading]:
    for row in rows:
        if row["kind"] in LINE_KINDS:
            yield _told("trunk_down", str(row["about"]), 1, row)


def _of_incidents(rows: Sequence[Row]) -> Iterator[Reading]:
    kinds: dict[str, list[Row]] = {}
    for row in rows:
        if row["kind"] not in LINE_KINDS:
            kinds.setdefault(str(row["kind"]), []).append(row)
    for kind, same in kinds.items():
        if kind == "one_way":
            yield _told("one_way", "", len(same), same[0])
        else:
            yield _told("incident", kind, len(same), same[0])


def _of_health(facts: Facts, windows: Windows, now: int) -> tuple[set[str], list[Reading]]:
    health = facts.health
    if not facts.engine or health is None:
        return set(), []
    windows.take(health, now)
    found = [
        _plain("fallback", "", windows.lately("fell_back", now)),
        _plain("recording_gap", "", windows.lately("recording_failed", now)),
        _plain("rows_behind", "", int(health.get("rows_behind", 0))),
    ]
    pops = health.get("pops") or {}
    if pops.get("n", 0) >= LEAST_POPS:
        found.append(_plain("pop_p95", "", round(pops["p95_ms"])))
    return {"fallback", "recording_gap", "rows_behind", "pop_p95"}, found


def _of_machine(facts: Facts, windows: Windows, now: int) -> tuple[set[str], list[Reading]]:
    known, found = set(), []
    if facts.database is not None:
        known.add("database_away")
        found.append(_plain("database_away", "", 0 if facts.database else 1))
    if facts.disks is not None:
        known.add("disk_free")
        found += [_plain("disk_free", name, free) for name, free in facts.disks.items()]
    if facts.dead_letters is not None:
        known.add("dead_letters")
        found.append(_plain("dead_letters", "", facts.dead_letters))
    return known, found


def _plain(metric: str, about: str, value: float) -> Reading:
    return _worded(metric, about, value, about)


def _worded(metric: str, about: str, value: float, shown: str) -> Reading:
    words = MEASURES[metric]
    zh = words.zh.format(about=shown, value=figure(words, value, "zh"))
    en = words.en.format(about=shown, value=figure(words, value, "en"))
    mends = (words.mend_zh.format(about=shown), words.mend_en.format(about=shown))
    return Reading(metric, about, value, zh, en, *mends)


def _told(metric: str, about: str, value: float, row: Row) -> Reading:
    """Use the words of the engine's own fault; numbers of callers are masked."""
    zh, en, mend_zh, mend_en = (
        mask_numbers(str(row[name])) for name in ("zh", "en", "mend_zh", "mend_en")
    )
    return Reading(metric, about, value, zh, en, mend_zh, mend_en)


def figure(words: Measure, value: float, language: str) -> str:
    """Write a value with its unit.

    >>> figure(MEASURES["longest_wait"], 90, "zh"), figure(MEASURES["disk_free"], 4.5, "en")
    ('90 秒', '4.5%')
    >>> figure(MEASURES["fallback"], 1, "en"), figure(MEASURES["engine_away"], 1, "zh")
    ('1 call', '1')
    """
    unit = words.unit_zh if language == "zh" else words.unit_en
    if value == 1 and len(unit) > 2 and unit.isascii():
        unit = unit.removesuffix("s")
    text = f"{value:.1f}".removesuffix(".0")
    return f"{text}%" if unit == "%" else f"{text} {unit}".strip()
