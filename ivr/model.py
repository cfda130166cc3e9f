"""What a hotline flow is: named nodes, the branches between them, what a node asks and hears.

Pure. `ivr/nodes.py` holds the kinds that ship; another package adds its own by subclassing `Node`
and naming the class under the entry-point group `yingda.flow_node` (`server.py` hands them in).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, StringConstraints

from domain.events import Event
from domain.ids import AgentId, CallId
from domain.ports import GroupView


def _listed(value: object) -> object:
    return (value,) if isinstance(value, str) else value


Prompts = Annotated[tuple[str, ...], BeforeValidator(_listed)]
"""Names of prompts, played in order; one name alone needs no list."""
Key = Annotated[str, StringConstraints(pattern=r"^[0-9*#]$")]
"""One key of the telephone."""
KeyOrNone = Annotated[str, StringConstraints(pattern=r"^[0-9*#]?$")]
"""One key, or "" for none."""


@dataclass(frozen=True, slots=True)
class Play:
    """Let the caller hear prompts. A notice is heard to its end, keys do not cut it."""

    prompts: tuple[str, ...]
    notice: bool = False


@dataclass(frozen=True, slots=True)
class Ask:
    """Play prompts and wait for at most `most` keys; answered by `Digits` or `TimedOut`.

    `end` is the key that ends the input, "" when every key counts.
    """

    prompts: tuple[str, ...]
    most: int
    first_s: float
    next_s: float
    end: str = "#"


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
class TellFact:
    """A fact for the journal."""

    event: Event


@dataclass(frozen=True, slots=True)
class Took:
    """The walk took this branch of this node; for coverage and the simulator."""

    node: str
    label: str


@dataclass(frozen=True, slots=True)
class Leave:
    """The flow lets go: verdict hold or hangup; an empty outcome ends no FlowEnded."""

    verdict: str
    outcome: str = ""
    group: str = ""
    priority: int = 5


Act = Play | Ask | TakeMessage | LookAtCalendar | LookAtGroup | TellFact | Took | Leave


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


Heard = Digits | TimedOut | MessageTaken | CalendarSeen | GroupSeen


NOBODY = AgentId("")
"""Before an agent talked to the caller."""


@dataclass(frozen=True, slots=True)
class Given:
    """What is known when a flow starts: the call, its hotline's calendar, groups' priorities."""

    call: CallId
    calendar: str = ""
    agent: AgentId = NOBODY
    priorities: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class At:
    """Where a walk stands: node name, wrong tries so far, outcome so far, the flow's values."""

    name: str
    given: Given
    tries: int
    outcome: str
    values: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Turn:
    """A node's answer: acts, the branch taken ("" = none yet), and what it leaves behind."""

    acts: tuple[Act, ...] = ()
    via: str = ""
    tries: int = 0
    outcome: str = ""
    values: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Edge:
    """One branch of a node. `to` is "" when it stays or ends; `key` when a key leads there."""

    label: str
    to: str = ""
    key: bool = False
    field: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Name:
    """A name that a node uses and where it stands in the node: kind prompt, group or calendar."""

    kind: str
    name: str
    field: tuple[str, ...]


class Node(BaseModel):
    """One step of a flow; each kind says its branches, the names it uses and how it behaves."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    kind: str

    def edges(self) -> tuple[Edge, ...]:
        """List every branch, self-loops and ends included."""
        return ()

    def names(self) -> tuple[Name, ...]:
        """List the prompts, groups and calendars it uses."""
        return prompt_names(self, "prompts")

    def is_person(self) -> bool:
        """Tell whether the caller reaches people here."""
        return False

    def enter(self, at: At) -> Turn:
        """Say what happens when the caller arrives here."""
        raise NotImplementedError

    def take(self, at: At, heard: Heard) -> Turn:
        """Say what happens on the answer to the last act; an empty turn ignores it."""
        return Turn(tries=at.tries)


@dataclass(frozen=True, slots=True)
class Flow:
    """A checked flow, ready to be walked; made by `ivr.load`."""

    name: str
    start: str
    nodes: Mapping[str, Node]
    values: Mapping[str, str]


def prompt_names(node: Node, *fields: str) -> tuple[Name, ...]:
    """List the prompts in these fields of a node."""
    return tuple(
        Name("prompt", prompt, (field, str(place)))
        for field in fields
        for place, prompt in enumerate(getattr(node, field, ()))
    )


def fill(text: str, values: Mapping[str, str]) -> str:
    """Put the flow's values into a text.

    >>> fill("menu_{language}", {"language": "en"})
    'menu_en'
    """
    for name, value in values.items():
        text = text.replace("{" + name + "}", value)
    return text


def filled(prompts: tuple[str, ...], at: At) -> tuple[str, ...]:
    """Put the flow's values into the names of prompts."""
    return tuple(fill(prompt, at.values) for prompt in prompts)
