"""What the edges must offer, as Protocols; each is handed in by `server.py`."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from domain.commands import PbxCommand
from domain.events import Event, Record

Tell = Callable[[Event], None]
"""Put a fact into the engine's inbox; never waits."""


@dataclass(frozen=True, slots=True)
class Gathered:
    """The keys a caller pressed, and whether the time ran out."""

    digits: str
    timed_out: bool


@dataclass(frozen=True, slots=True)
class Recorded:
    """How long a message is and what ended it: key, silence, limit, hangup."""

    seconds: float
    ended_by: str


class Caller(Protocol):
    """The caller's leg while a flow talks to it. Everything raises `CallerGone`."""

    async def variables(self, *names: str) -> dict[str, str]: ...
    async def set(self, name: str, value: str) -> None: ...
    async def answer(self) -> None: ...
    async def play(self, prompts: Sequence[str], interrupt: str = "") -> str: ...
    async def play_out(self, prompt: str) -> str: ...
    async def gather(
        self,
        prompts: Sequence[str],
        *,
        most: int,
        first_s: float,
        next_s: float,
        end: str = "#",
    ) -> Gathered: ...
    async def record(
        self, path_stem: str, *, max_s: float, silence_s: float, end: str = "#", beep: bool = True
    ) -> Recorded: ...
    async def verdict(self, value: str, **variables: str) -> None: ...
    async def hang_up(self) -> None: ...


class Pbx(Protocol):
    """The telephone exchange, as the switchboard sees it: commands go out and never wait."""

    def do(self, commands: Sequence[PbxCommand]) -> None: ...


class Journal(Protocol):
    """Where facts become durable before anything acts on them."""

    def append(self, records: Sequence[Record]) -> None: ...


@dataclass(frozen=True, slots=True)
class GroupView:
    """What a flow may know of a skill group: callers waiting, agents ready and signed in.

    `wait_s` is what the next caller would have to wait; `FOR_EVER_S` when nobody is there.
    """

    waiting: int
    ready: int
    signed_in: int
    wait_s: float = 0.0


@dataclass(frozen=True, slots=True)
class AgentView:
    """What a flow may know of an agent."""

    signed_in: bool
    ready: bool


FOR_EVER_S = 86_400.0
"""Stands for a wait of which nobody can say when it ends."""


class QueueView(Protocol):
    """Read-only look at the floor for flows."""

    def group(self, name: str) -> GroupView: ...
    def agent(self, number: str) -> AgentView: ...


@dataclass(frozen=True, slots=True)
class Customer:
    """Who calls, as the firm's CRM knows them."""

    id: str
    name: str
    level: str = ""
    tags: tuple[str, ...] = ()
    fields: Mapping[str, Any] = field(default_factory=dict)
    url: str = ""


class Lookup(Protocol):
    """Ask a CRM who calls. Extension point `yingda.lookup`."""

    async def find(self, number: str) -> Customer | None: ...


class Notifier(Protocol):
    """Tell a person something outside the pages; none ships, the setting names an installed one."""

    async def notify(self, to: str, text: str) -> None: ...


class Storage(Protocol):
    """Where finished recordings lie; `recording.FolderStorage` is the one that ships.

    `put` may move the file away; `path` gives a local file again.
    """

    def put(self, file: Path, name: str) -> None: ...
    def path(self, name: str) -> Path: ...
    def delete(self, name: str) -> None: ...


Listener = Callable[[Record], None]
"""Told of each record after it is durable; must not block."""
Conversation = Callable[[Caller], Awaitable[None]]
"""A talk with a caller: a flow, a survey."""
