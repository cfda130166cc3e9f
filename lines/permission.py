"""Who may be called: the firm's rules in a fixed order, each a word with its sentence. Pure.

Held before anything is dialled, against toll fraud and for the rules of calling people in China
(MIIT 2020 on call centres: consent, no calls in hours of rest, numbers used as registered).
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol
from zoneinfo import ZoneInfo

from domain.numbers import parse
from lines.dial_table import ABROAD, CLASSES, EMERGENCY, Line, class_of
from lines.refusals import REFUSALS
from lines.routes import Route, routes, shown_on


class Counted(Protocol):
    """What was dialled already today; `lines.counts.DialCounts` is one. Times in UTC ms."""

    def to_number(self, key: str, now_ms: int) -> int: ...
    def by_agent(self, agent: str, now_ms: int) -> int: ...
    def total(self, now_ms: int) -> int: ...
    def last_to(self, key: str) -> int: ...


@dataclass(frozen=True, slots=True)
class Ask:
    """Who wants to call whom, for which hotline; `consent` refers to why we may."""

    agent: str
    to: str
    hotline: str
    consent: str = ""


@dataclass(frozen=True, slots=True)
class Rules:
    """What the firm allows; `caller_ids` by hotline, `own` are our own called numbers.

    `draining`: maintenance is near, nobody is called any more.
    `quiet` are pairs of wall-clock times "21:00", "08:00" in `zone`; `allow` are classes and
    prefixes of keys; a cap of 0 lets nobody call.
    """

    enabled: bool = False
    draining: bool = False
    zone: str = "Asia/Shanghai"
    quiet: tuple[tuple[str, str], ...] = (("21:00", "08:00"),)
    per_number_daily: int = 3
    gap_min: int = 5
    agent_daily: int = 100
    daily: int = 500
    allow: tuple[str, ...] = ("mobile", "landline")
    needs_consent: bool = True
    do_not_call: frozenset[str] = frozenset()
    own: frozenset[str] = frozenset()
    caller_ids: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    lines: tuple[Line, ...] = ()


@dataclass(frozen=True, slots=True)
class Allowed:
    """The call may go out: to this key, over these ways, best first."""

    key: str
    ways: tuple[Route, ...]

    @property
    def routes(self) -> tuple[str, ...]:
        """Write the ways as `trunk:number as dialled`."""
        return tuple(str(way) for way in self.ways)

    @property
    def shown(self) -> tuple[str, ...]:
        """Give what the far side sees, one for each way."""
        return tuple(way.caller_id for way in self.ways)

    @property
    def caller_id(self) -> str:
        """Give what the far side sees on the first way."""
        return self.ways[0].caller_id


@dataclass(frozen=True, slots=True)
class Refused:
    """The call may not go out; `why` is a word of `REFUSALS`, `key` the number as understood."""

    why: str
    key: str = ""

    @property
    def zh(self) -> str:
        """Say why in Chinese."""
        return REFUSALS[self.why].zh

    @property
    def en(self) -> str:
        """Say why in English."""
        return REFUSALS[self.why].en


@dataclass(frozen=True, slots=True)
class _Case:
    """One request with everything that a rule may look at."""

    ask: Ask
    rules: Rules
    counted: Counted
    now_ms: int
    key: str
    ways: tuple[Route, ...]

    @property
    def kind(self) -> str:
        return class_of(self.key)

    @property
    def caller_ids(self) -> tuple[str, ...]:
        return self.rules.caller_ids.get(self.ask.hotline, ())


def may_call(
    ask: Ask, rules: Rules, counted: Counted, now_ms: int, down: Collection[str] = ()
) -> Allowed | Refused:
    """Decide about a call out that an agent asks for; the first rule broken is the answer.

    `now_ms` is UTC, `down` names the trunks that do not work now.
    """
    return _decide(_case(ask, rules, counted, now_ms, down), tuple(REFUSALS))


def may_ring_seat(
    ask: Ask, rules: Rules, counted: Counted, now_ms: int, down: Collection[str] = ()
) -> Allowed | Refused:
    """Decide about ringing an agent's mobile, or a number outside, for a caller of this hotline.

    The other side wants it and the caller waits: quiet hours, consent and frequency do not hold;
    what keeps fraud and cost away does.
    """
    return _decide(_case(ask, rules, counted, now_ms, down), _SEAT)


def _case(ask: Ask, rules: Rules, counted: Counted, now_ms: int, down: Collection[str]) -> _Case:
    key = key_of(ask.to, next((line.area_code for line in rules.lines if line.area_code), ""))
    ways = routes(key, rules.caller_ids.get(ask.hotline, ()), rules.lines, down)
    return _Case(ask, rules, counted, now_ms, key, ways)


def _decide(case: _Case, words: Collection[str]) -> Allowed | Refused:
    for word, broken in _RULES:
        if word in words and broken(case):
            return Refused(word, case.key)
    return Allowed(case.key, case.ways)


def key_of(text: str, area: str = "") -> str:
    """Read what somebody typed as a number to call, "" when it is none.

    Only digits and what people write between them; a name, a URI or a control character is no
    number. Full-width digits of a Chinese keyboard count as digits.

    >>> key_of("（028）6123-4567"), key_of("１３８００１３８０００"), key_of("138;110")
    ('02861234567', '13800138000', '')
    """
    plain = text.translate(_FULL_WIDTH)
    return parse(plain, area) if len(plain) <= 32 and set(plain) <= _TYPED else ""


_TYPED = frozenset("0123456789+-() .")
_FULL_WIDTH = str.maketrans("０１２３４５６７８９＋－（）\u3000—", "0123456789+-() -")


def _not_covered(case: _Case) -> bool:
    """An entry is a class, or the beginning of a key: `+852` opens one country."""
    return not any(
        case.kind == entry if entry in CLASSES else case.key.startswith(entry)
        for entry in case.rules.allow
        if entry
    )


def _quiet(case: _Case) -> bool:
    return is_quiet(case.rules, case.now_ms)


def is_quiet(rules: Rules, now_ms: int) -> bool:
    """Tell whether nobody is called at this time, UTC ms."""
    wall = datetime.fromtimestamp(now_ms / 1000, ZoneInfo(rules.zone))
    return any(within(f"{wall:%H:%M}", *span) for span in rules.quiet)


def within(now: str, begin: str, end: str) -> bool:
    """Tell whether a wall-clock time lies in a span, its end not included; it may cross midnight.

    >>> within("21:00", "21:00", "08:00"), within("07:59", "21:00", "08:00")
    (True, True)
    >>> within("08:00", "21:00", "08:00"), within("12:30", "12:00", "14:00")
    (False, True)
    """
    return begin <= now < end if begin <= end else now >= begin or now < end


def _too_often(case: _Case) -> bool:
    since_ms = case.now_ms - case.counted.last_to(case.key)
    return (
        case.counted.to_number(case.key, case.now_ms) >= case.rules.per_number_daily
        or 0 <= since_ms < case.rules.gap_min * 60_000
    )


def _agent_cap(case: _Case) -> bool:
    return case.counted.by_agent(case.ask.agent, case.now_ms) >= case.rules.agent_daily


def _total_cap(case: _Case) -> bool:
    return case.counted.total(case.now_ms) >= case.rules.daily


def _unregistered(case: _Case) -> bool:
    """No trunk has any of the hotline's caller ids; without trunks there is simply no way."""
    lines = case.rules.lines
    return bool(lines) and not any(shown_on(line, case.caller_ids) for line in lines)


_RULES: tuple[tuple[str, Callable[[_Case], bool]], ...] = (
    ("switched_off", lambda case: not case.rules.enabled),
    ("maintenance", lambda case: case.rules.draining),
    ("emergency", lambda case: case.kind == EMERGENCY),
    ("not_a_number", lambda case: not case.kind),
    ("own_number", lambda case: case.key in case.rules.own),
    ("class_off", lambda case: case.kind == ABROAD and _not_covered(case)),
    ("not_allowed", _not_covered),
    ("do_not_call", lambda case: case.key in case.rules.do_not_call),
    ("no_consent", lambda case: case.rules.needs_consent and not case.ask.consent.strip()),
    ("quiet_hours", _quiet),
    ("too_often", _too_often),
    ("agent_cap", _agent_cap),
    ("total_cap", _total_cap),
    ("no_caller_id", lambda case: not case.caller_ids),
    ("caller_id_not_registered", _unregistered),
    ("no_route", lambda case: not case.ways),
)
"""Every rule in the order of asking; true = broken."""

_SEAT = (
    "switched_off",
    "emergency",
    "not_a_number",
    "own_number",
    "class_off",
    "not_allowed",
    "total_cap",
    "no_caller_id",
    "caller_id_not_registered",
    "no_route",
)
