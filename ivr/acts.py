"""What a walk asks the line to do, and what it hears back. Pure; carried out by talk or simulate.

A question (`Ask`, `TakeMessage`, `LookAt…`, `AskHttp`) wants exactly one answer.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from domain.events import Event
from domain.ports import GroupView
from ivr.expression import Fact


class Secret(str):
    """What nobody may read: works as its text and shows itself as stars.

    >>> [Secret("1234")]
    [****]
    """

    __slots__ = ()

    def __repr__(self) -> str:
        """Show how much there is, and nothing of it."""
        return "*" * len(self)


@dataclass(frozen=True, slots=True)
class Spoken:
    """A value to say: digits, number, amount, date, time, place, code or phone."""

    kind: str
    text: str

    def __str__(self) -> str:
        """Write it as the simulator and its tests show it.

        >>> str(Spoken("digits", "42"))
        'digits:42'
        """
        return f"{self.kind}:{self.text}"


Said = str | Spoken
"""The name of a prompt, or a value to say."""


@dataclass(frozen=True, slots=True)
class Play:
    """Let the caller hear prompts. A notice is heard to its end, keys do not cut it.

    `whole`: keys neither cut it nor count (no barge-in).
    """

    prompts: tuple[Said, ...]
    notice: bool = False
    whole: bool = False


@dataclass(frozen=True, slots=True)
class Ask:
    """Play prompts and wait for at most `most` keys; answered by `Digits` or `TimedOut`.

    `end` is the key that ends the input, "" when every key counts. What is pressed for a
    `secret` is heard as `Secret`.
    """

    prompts: tuple[Said, ...]
    most: int
    first_s: float
    next_s: float
    end: str = "#"
    secret: bool = False


@dataclass(frozen=True, slots=True)
class TakeMessage:
    """Record what the caller says; answered by `MessageTaken`."""

    box: str
    max_s: float


@dataclass(frozen=True, slots=True)
class LookAtCalendar:
    """Is this calendar open now? Answered by `CalendarSeen`."""

    calendar: str


@dataclass(frozen=True, slots=True)
class LookAtGroup:
    """Who works in this group now? Answered by `GroupSeen`."""

    group: str


@dataclass(frozen=True, slots=True)
class LookAtFacts:
    """What is known by these names (`ivr.facts`)? Answered by `FactsSeen`."""

    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AskHttp:
    """Ask another system; answered by `HttpSeen`. `headers` may hold secrets by reference."""

    method: str
    url: str = field(repr=False)
    headers: Mapping[str, str] = field(repr=False)
    body: Any = field(repr=False)
    timeout_s: float
    retries: int


@dataclass(frozen=True, slots=True)
class TellFact:
    """A fact for the journal."""

    event: Event


@dataclass(frozen=True, slots=True)
class Leave:
    """The flow lets go: verdict hold, hangup or out; an empty outcome ends no FlowEnded.

    After `out` the walk may be taken up again with `step.resume`, at this node's `otherwise`.
    """

    verdict: str
    outcome: str = ""
    group: str = ""
    priority: int = 5
    number: str = ""
    ring_s: float = 0.0


Act = (
    Play
    | Ask
    | TakeMessage
    | LookAtCalendar
    | LookAtGroup
    | LookAtFacts
    | AskHttp
    | TellFact
    | Leave
)


@dataclass(frozen=True, slots=True)
class Digits:
    """The caller pressed these keys; "" when only the end key was pressed."""

    digits: str


@dataclass(frozen=True, slots=True)
class TimedOut:
    """No key until the time-out."""


@dataclass(frozen=True, slots=True)
class MessageTaken:
    """A message of so many seconds lies in `file`; ended by key, silence, limit or hangup."""

    seconds: float
    ended_by: str
    file: str


@dataclass(frozen=True, slots=True)
class CalendarSeen:
    """The calendar is open now, or not."""

    open: bool


@dataclass(frozen=True, slots=True)
class GroupSeen:
    """The group as it stands now."""

    view: GroupView


@dataclass(frozen=True, slots=True)
class FactsSeen:
    """What is known now; a name that is missing counts as empty."""

    facts: Mapping[str, Fact]


@dataclass(frozen=True, slots=True)
class HttpSeen:
    """What the other system said; status 0 = no answer. `body` is the JSON, None if it is none."""

    status: int
    body: Any = field(default=None, repr=False)
    ms: float = 0.0


Heard = Digits | TimedOut | MessageTaken | CalendarSeen | GroupSeen | FactsSeen | HttpSeen
