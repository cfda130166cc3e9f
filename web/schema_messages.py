"""Voicemail as a list: who left it, how long, what was done; times UTC ms, callers masked."""

from typing import Annotated, Literal

from pydantic import Field

from web.schema_desk import Id, Named
from web.table import Schema

State = Literal["new", "heard", "called", "done"]


class MessagesQuery(Schema):
    """Which messages: one box or all of one's own, the open ones or all, older than a moment."""

    box: Id | None = None
    show: Literal["open", "all"] = "open"
    before: Annotated[int, Field(ge=0, le=2**53)] = 0
    limit: Annotated[int, Field(ge=1, le=200)] = 50


class MessageRow(Schema):
    """One message; `url` plays it, `by` is who did the last thing about it, "" = nobody yet."""

    call: str
    box: str
    box_name: str
    hotline: str
    hotline_name: str
    caller: str
    withheld: bool
    seconds: float
    at: int
    state: State
    note: str
    by: str
    marked: int
    url: str


class MessagePage(Schema):
    """The newest messages first; `unheard` counts those of all own boxes; `next` goes on."""

    rows: list[MessageRow]
    boxes: list[Named]
    unheard: int
    next: int | None


class Unheard(Schema):
    """How many messages of one's own boxes nobody has listened to."""

    unheard: int


class MessageMark(Schema):
    """What was done about a message."""

    state: State
    note: Annotated[str, Field(max_length=500)] = ""
