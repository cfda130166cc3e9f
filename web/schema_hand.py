"""What is decided by hand about calls that wait and about agents, and why a call waits."""

from typing import Annotated, Literal

from pydantic import Field

from web.schema_board import Told
from web.table import Schema


class Move(Schema):
    """Where a waiting call goes on waiting."""

    to_kind: Literal["group", "agent"]
    to: Annotated[str, Field(min_length=1, max_length=64)]


class Priority(Schema):
    """A waiting call's priority; lower is served earlier."""

    priority: Annotated[int, Field(ge=0, le=99)]


class Force(Schema):
    """The state that an agent is put into; a break has one of the firm's reasons."""

    state: Literal["ready", "break", "offline"]
    reason: Annotated[str, Field(max_length=64)] = ""


class Candidate(Told):
    """An agent who could take the call, and what keeps them from it.

    `detail`: the reason of a break, the call in hand, the step at which the level suffices (-1 =
    never), the seconds until the pair is tried again.
    """

    agent: str
    why: str
    detail: str = ""


class Waits(Told):
    """Where a call waits and for whom: its place, step and what the line asks for now.

    `on_hold` is false until the caller reached the hold music; nobody is rung before.
    """

    place: int
    group: str
    step: int
    needs: str
    preferred: str
    on_hold: bool
    candidates: tuple[Candidate, ...]
