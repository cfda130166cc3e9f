"""What a person decided in place of the rules: who takes a call, where it waits, what is open.

`by` is the login of who did it.
"""

from dataclasses import dataclass

from domain.ids import AgentId, CallId


@dataclass(frozen=True, slots=True)
class CallPicked:
    """An agent took a certain waiting call out of its turn."""

    call: CallId
    agent: AgentId
    by: str = ""


@dataclass(frozen=True, slots=True)
class CallMoved:
    """A waiting call was moved to another group or to one agent; it keeps its place."""

    call: CallId
    to_kind: str
    to: str
    by: str = ""


@dataclass(frozen=True, slots=True)
class PriorityChanged:
    """A waiting call got another priority; a lower number is served earlier."""

    call: CallId
    priority: int
    by: str = ""


@dataclass(frozen=True, slots=True)
class AgentForced:
    """Somebody else set an agent ready, on break or offline; the change itself comes next."""

    agent: AgentId
    state: str
    reason: str = ""
    by: str = ""


@dataclass(frozen=True, slots=True)
class HotlineSwitched:
    """A hotline ("" = all) is held open or closed by hand, or ("") goes by its calendar again.

    `until` is UTC ms, 0 = until somebody lets go; `prompt` is played first to who calls.
    """

    hotline: str
    state: str
    until: int = 0
    reason: str = ""
    prompt: str = ""
    by: str = ""


@dataclass(frozen=True, slots=True)
class DrainBegan:
    """Maintenance is near: new calls are turned away, those in progress end by themselves.

    `new` says what a new caller gets: message or busy.
    """

    new: str
    prompt: str = ""
    by: str = ""


@dataclass(frozen=True, slots=True)
class DrainEnded:
    """New calls are taken again."""

    by: str = ""
