"""What a hotline flow is: named nodes, the branches between them, what a node asks and hears.

Pure. `ivr/kinds.py` lists the kinds that ship; another package adds its own by subclassing `Node`
and naming the class under the entry-point group `yingda.flow_node`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

from domain.ids import AgentId, CallId
from ivr.acts import (
    Act as Act,
    Ask as Ask,
    AskHttp as AskHttp,
    CalendarSeen as CalendarSeen,
    Digits as Digits,
    FactsSeen as FactsSeen,
    GroupSeen as GroupSeen,
    Heard as Heard,
    HttpSeen as HttpSeen,
    Leave as Leave,
    LookAtCalendar as LookAtCalendar,
    LookAtFacts as LookAtFacts,
    LookAtGroup as LookAtGroup,
    MessageTaken as MessageTaken,
    Play as Play,
    Said as Said,
    Secret as Secret,
    Spoken as Spoken,
    TakeMessage as TakeMessage,
    TellFact as TellFact,
    TimedOut as TimedOut,
)


def _listed(value: object) -> object:
    return (value,) if isinstance(value, str) else value


Prompts = Annotated[tuple[str, ...], BeforeValidator(_listed)]
"""Names of prompts, played in order; one name alone needs no list."""
Key = Annotated[str, StringConstraints(pattern=r"^[0-9*#]$")]
"""One key of the telephone."""
KeyOrNone = Annotated[str, StringConstraints(pattern=r"^[0-9*#]?$")]
"""One key, or "" for none."""


NOBODY = AgentId("")
"""Before an agent talked to the caller."""


@dataclass(frozen=True, slots=True)
class Given:
    """What is known when a flow starts: the call, its hotline's calendar, groups' priorities.

    `caller` is the key of the caller's number, "" when withheld; `flows` are the sub-flows.
    """

    call: CallId
    calendar: str = ""
    agent: AgentId = NOBODY
    priorities: Mapping[str, int] = field(default_factory=dict)
    caller: str = field(default="", repr=False)
    flows: Mapping[str, "Flow"] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class At:
    """Where a walk stands: node name, wrong tries so far, outcome so far, the flow's values.

    `memo` is what the node itself left behind at its last answer.
    """

    name: str
    given: Given
    tries: int
    outcome: str
    values: Mapping[str, str]
    memo: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Turn:
    """A node's answer: acts, the branch taken ("" = none yet), and what it leaves behind.

    `sub` enters a sub-flow, `back` goes to the menu before; `returns` ends a sub-flow.
    """

    acts: tuple[Act, ...] = ()
    via: str = ""
    tries: int = 0
    outcome: str = ""
    values: Mapping[str, str] = field(default_factory=dict)
    memo: str = field(default="", repr=False)
    sub: str = ""
    back: bool = False
    returns: bool = False


@dataclass(frozen=True, slots=True)
class Edge:
    """One branch of a node. `to` is "" when it stays or ends; `key` when a key leads there."""

    label: str
    to: str = ""
    key: bool = False
    field: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Name:
    """A name that a node uses and where it stands in the node.

    Kinds: prompt, group, calendar, value (declared by the flow), flow, agent, fact (none such).
    """

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

    def is_menu(self) -> bool:
        """Tell whether `back` comes back to here."""
        return False

    def enter(self, at: At) -> Turn:
        """Say what happens when the caller arrives here."""
        raise NotImplementedError

    def take(self, at: At, heard: Heard) -> Turn:
        """Say what happens on the answer to the last act; an empty turn ignores it."""
        return Turn(tries=at.tries)


class Straight(BaseModel):
    """Who goes straight to a person (node `to`), before `start`; the first that fits counts.

    `vip`: from this level on; `calls_24h`: from so many calls within a day on, this one
    included; `list`: callers on this list, or with this tag in the CRM. `key` leads to the person
    from every menu that does not use it otherwise, "" = it does not.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)
    to: str
    vip: int | None = Field(default=None, ge=1, le=9)
    calls_24h: int | None = Field(default=None, ge=2, le=100)
    list: str = ""
    key: KeyOrNone = "0"


@dataclass(frozen=True, slots=True)
class Flow:
    """A checked flow, ready to be walked; made by `ivr.load`."""

    name: str
    start: str
    nodes: Mapping[str, Node]
    values: Mapping[str, str]
    title: str = ""
    straight: Straight | None = None


def prompt_names(node: Node, *fields: str) -> tuple[Name, ...]:
    """List the prompts in these fields of a node."""
    return tuple(
        Name("prompt", prompt, (field, str(place)))
        for field in fields
        for place, prompt in enumerate(getattr(node, field, ()))
    )


def fill(text: str, values: Mapping[str, str]) -> str:
    """Put the flow's values into a text; what a secret went into is a secret.

    >>> fill("menu_{language}", {"language": "en"})
    'menu_en'
    """
    hidden = False
    for name, value in values.items():
        if "{" + name + "}" in text:
            hidden = hidden or isinstance(value, Secret)
            text = text.replace("{" + name + "}", value)
    return Secret(text) if hidden else text


def told(text: str, values: Mapping[str, str]) -> str:
    """Put the flow's values into a text that everybody may read: secrets as stars.

    >>> told("{a}-{b}", {"a": "x", "b": Secret("123")})
    'x-***'
    """
    open_to_all = {name: repr(v) if isinstance(v, Secret) else v for name, v in values.items()}
    return fill(text, open_to_all)


def filled(prompts: tuple[str, ...], at: At) -> tuple[str, ...]:
    """Put the flow's values into the names of prompts."""
    return tuple(told(prompt, at.values) for prompt in prompts)


def played(prompts: tuple[str, ...], at: At) -> tuple[Act, ...]:
    """Play prompts, if there are any."""
    return (Play(filled(prompts, at)),) if prompts else ()
