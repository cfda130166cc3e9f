"""Samples in, what to tell whom out: the alarms' pure core. `(state, sample, now) -> commands`.

Times are UTC ms, because open incidents survive a restart; a clock that jumps back only makes an
alarm later. While an incident is open nothing is said again, and one that comes and goes must
stay well for longer each time, so that flapping is one incident and not a hundred messages.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from zlib import crc32

from domain.errors import NotFound
from office.alarms import Alarm
from office.texts import both
from watch.measures import MEASURES
from watch.resting import rests_until

HOUR_MS = 3_600_000
LONGEST_CALM_MS = 900_000
"""However often something flapped: well for so long, and it is over."""
OPENED, ESCALATED, OVER = "opened", "escalated", "over"

Key = tuple[str, str]
"""An alarm's id, and what it is about."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A metric's value for one group, trunk or disk; own words where it has some."""

    metric: str
    about: str
    value: float
    zh: str = ""
    en: str = ""
    mend_zh: str = ""
    mend_en: str = ""


@dataclass(frozen=True, slots=True)
class Sample:
    """What was seen just now. What could not be looked at is not in `known` and changes nothing."""

    known: frozenset[str]
    readings: tuple[Reading, ...] = ()


@dataclass(frozen=True, slots=True)
class Incident:
    """One alarm's trouble with one thing; times UTC ms, 0 = not yet. `since`: first seen bad."""

    id: str
    alarm: str
    metric: str
    about: str
    opened: int
    since: int
    limit: float
    value: float
    worst: float
    name_zh: str
    name_en: str
    zh: str = ""
    en: str = ""
    mend_zh: str = ""
    mend_en: str = ""
    told: tuple[str, ...] = ()
    told_at: int = 0
    escalated: int = 0
    acknowledged: int = 0
    by: str = ""
    over: int = 0

    @property
    def key(self) -> Key:
        """Name the alarm and what it is about."""
        return self.alarm, self.about


@dataclass(frozen=True, slots=True)
class Say:
    """Tell these receivers of an incident, not before `due` (their quiet hours)."""

    kind: str
    incident: Incident
    receivers: tuple[str, ...]
    due: int


@dataclass(frozen=True, slots=True)
class Keep:
    """Write the incident down as it is now."""

    incident: Incident


Command = Say | Keep


@dataclass(slots=True)
class Alarms:
    """What is suspected since when, what is open, what is well again since when, what flapped."""

    open: dict[Key, Incident] = field(default_factory=dict)
    suspects: dict[Key, int] = field(default_factory=dict)
    calm: dict[Key, int] = field(default_factory=dict)
    openings: dict[Key, list[int]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Rules:
    """The alarms in force, and every receiver that can be told."""

    alarms: Sequence[Alarm]
    receivers: Sequence[str]

    def of(self, name: str) -> Alarm | None:
        """Give the alarm of this id, none when it is gone or switched off."""
        return next((each for each in self.alarms if each.id == name and each.enabled), None)


def step(state: Alarms, rules: Rules, sample: Sample, now: int) -> list[Command]:
    """Take one sample in; gives what is to be said and written down."""
    bad = dict(_bad(rules, sample))
    told = _closed(state, rules, sample, bad, now) + _opened(state, bad, now)
    for key in list(state.open):
        alarm = rules.of(key[0])
        if alarm is not None:
            told += _told(state, alarm, rules, key, now)
    return told


def acknowledge(state: Alarms, incident: str, who: str, now: int) -> list[Command]:
    """Somebody looks after it: it is not escalated any more. NotFound when it is not open."""
    found = next((each for each in state.open.values() if each.id == incident), None)
    if found is None:
        raise NotFound(both("这条报警已经结束", "this incident is over"))
    if found.acknowledged:
        return []
    return _changed(state, replace(found, acknowledged=now, by=who))


def recall(state: Alarms, incidents: Iterable[Incident], now: int) -> None:
    """Begin with what was written down: what is open, and what opened within the last hour."""
    for each in sorted(incidents, key=lambda one: one.opened):
        if not each.over:
            state.open[each.key] = each
        if now - each.opened < HOUR_MS:
            state.openings.setdefault(each.key, []).append(each.opened)


def is_bad(alarm: Alarm, value: float) -> bool:
    """Tell whether a value is at or beyond the limit of an alarm."""
    if MEASURES[alarm.metric].below:
        return value < alarm.limit
    return value >= alarm.limit


def _bad(rules: Rules, sample: Sample) -> Iterable[tuple[Key, tuple[Alarm, Reading]]]:
    for alarm in rules.alarms:
        for reading in sample.readings if alarm.enabled else ():
            ours = reading.metric == alarm.metric and alarm.about in ("", reading.about)
            if ours and is_bad(alarm, reading.value):
                yield (alarm.id, reading.about), (alarm, reading)


def _opened(state: Alarms, bad: Mapping[Key, tuple[Alarm, Reading]], now: int) -> list[Command]:
    told: list[Command] = []
    for key, (alarm, reading) in bad.items():
        state.calm.pop(key, None)
        if key in state.open:
            _worsen(state, key, alarm, reading)
            continue
        since = min(state.suspects.setdefault(key, now), now)
        if now - since >= alarm.for_s * 1000:
            told += _open(state, alarm, reading, now)
    return told


def _worsen(state: Alarms, key: Key, alarm: Alarm, reading: Reading) -> None:
    known = state.open[key]
    pick = min if MEASURES[alarm.metric].below else max
    worst = pick(known.worst, reading.value)
    words = {name: getattr(reading, name) for name in ("zh", "en", "mend_zh", "mend_en")}
    state.open[key] = replace(known, value=reading.value, worst=worst, **words)


def _open(state: Alarms, alarm: Alarm, reading: Reading, now: int) -> list[Command]:
    openings = state.openings.setdefault((alarm.id, reading.about), [])
    openings[:] = [at for at in openings if now - at < HOUR_MS] + [now]
    made = Incident(
        f"{now}-{alarm.id}-{crc32(reading.about.encode()):08x}",
        alarm.id,
        alarm.metric,
        reading.about,
        now,
        min(state.suspects.pop((alarm.id, reading.about), now), now),
        alarm.limit,
        reading.value,
        reading.value,
        alarm.name.zh,
        alarm.name.en,
        reading.zh,
        reading.en,
        reading.mend_zh,
        reading.mend_en,
    )
    return _changed(state, made)


def _closed(
    state: Alarms, rules: Rules, sample: Sample, bad: Mapping[Key, object], now: int
) -> list[Command]:
    """Forget suspicions that were not borne out, and end what was well for long enough."""
    told: list[Command] = []
    for key in [key for key in state.suspects if key not in bad]:
        alarm = rules.of(key[0])
        if alarm is None or alarm.metric in sample.known:
            del state.suspects[key]
    for key in [key for key in state.open if key not in bad]:
        alarm = rules.of(key[0])
        if alarm is None:
            told += _end(state, key, now)
        elif alarm.metric in sample.known:
            since = min(state.calm.setdefault(key, now), now)
            if now - since >= _calm_ms(state, alarm, key, now):
                told += _end(state, key, now, alarm)
    return told


def _calm_ms(state: Alarms, alarm: Alarm, key: Key, now: int) -> int:
    """Give how long it must be well: twice as long for each time within the last hour."""
    lately = sum(now - at < HOUR_MS for at in state.openings.get(key, ()))
    usual = alarm.calm_s * 1000
    return max(usual, min(usual << min(max(lately - 1, 0), 20), LONGEST_CALM_MS))


def _end(state: Alarms, key: Key, now: int, alarm: Alarm | None = None) -> list[Command]:
    ended = replace(state.open.pop(key), over=now)
    state.calm.pop(key, None)
    told: list[Command] = [Keep(ended)]
    if ended.told and alarm is not None:
        told.append(Say(OVER, ended, ended.told, rests_until(alarm, now) or now))
    return told


def _told(state: Alarms, alarm: Alarm, rules: Rules, key: Key, now: int) -> list[Command]:
    """Tell who is to be told: at the opening, and when nobody looks after it."""
    incident = state.open[key]
    if rests_until(alarm, now):
        return []
    if not incident.told_at:
        first = _known(alarm.receivers or _everyone(alarm, rules), rules)
        if not first:
            return []
        return _say(state, OPENED, replace(incident, told=first, told_at=now), first, now)
    late = now - incident.told_at >= alarm.escalate_min * 60_000
    second = _known(alarm.escalate, rules)
    if incident.escalated or incident.acknowledged or not late or not second:
        return []
    told = tuple(dict.fromkeys((*incident.told, *second)))
    return _say(state, ESCALATED, replace(incident, told=told, escalated=now), second, now)


def _everyone(alarm: Alarm, rules: Rules) -> tuple[str, ...]:
    return tuple(name for name in rules.receivers if name not in alarm.escalate)


def _known(names: Iterable[str], rules: Rules) -> tuple[str, ...]:
    return tuple(name for name in names if name in rules.receivers)


def _say(
    state: Alarms, kind: str, incident: Incident, receivers: tuple[str, ...], now: int
) -> list[Command]:
    return [*_changed(state, incident), Say(kind, incident, receivers, now)]


def _changed(state: Alarms, incident: Incident) -> list[Command]:
    state.open[incident.key] = incident
    return [Keep(incident)]
