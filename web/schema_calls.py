"""Calls as lists and in full; times are UTC ms, `_s` seconds, callers masked."""

from typing import Annotated, Literal

from pydantic import Field

from web.schema_desk import Id
from web.table import Schema

Moment = Annotated[
    str, Field(max_length=40, description="today, yesterday, 2026-11-22 or 2026-11-22T09:30")
]


class CallsQuery(Schema):
    """Which calls; what is absent means any. A date as `to` is that whole day."""

    start: Annotated[Moment | None, Field(alias="from")] = None
    end: Annotated[Moment | None, Field(alias="to")] = None
    hotline: Id | None = None
    group: Id | None = None
    agent: Id | None = None
    number: Annotated[
        str | None, Field(pattern=r"^\+?[0-9]{3,20}$", description="a number or its last digits")
    ] = None
    outcome: Annotated[
        Id | None,
        Field(description="missed: who wanted a person and got none, or was cut by a fault"),
    ] = None
    direction: Literal["in", "out"] | None = None
    cursor: Annotated[str | None, Field(pattern=r"^[0-9]{1,15}-[0-9A-Za-z]{1,26}$")] = None
    limit: Annotated[int, Field(ge=1, le=200)] = 50


class CallRow(Schema):
    """One call; `outcome` is null while it goes on. A `withheld` caller's number is never told.

    `reason` says in a word why nobody was reached on a call out, `dial_s` how long it was tried.
    """

    call: str
    direction: str = "in"
    started: int
    ended: int | None
    hotline: str
    hotline_name: str
    brand: str
    caller: str
    withheld: bool = False
    called: str
    outcome: str | None
    reason: str = ""
    group: str
    agent: str
    agent_name: str
    ivr_s: float
    wait_s: float
    ring_s: float
    dial_s: float = 0.0
    talk_s: float
    hold_s: float
    wrap_s: float
    total_s: float
    by: str
    cause: int | None
    intent: str
    score: int | None
    has_recording: bool
    has_message: bool
    summary_category: str
    customer: str


class CallPage(Schema):
    """Calls, newest first; `next` is the cursor of the page after."""

    rows: list[CallRow]
    next: str | None
    total: int


class Segment(Schema):
    """One stretch of a call: ivr, queue, offer, talk, hold, survey, voicemail, wrap, fallback."""

    n: int
    kind: str
    started: int
    ended: int | None
    ms: int
    group: str
    agent: str
    node: str
    keys: str
    result: str
    by: str
    ring_ms: int | None


class RecordingInfo(Schema):
    """The recording of a call, when one is kept."""

    url: str
    peaks: str
    seconds: float
    channels: int


class SurveyInfo(Schema):
    """Whether the caller was asked to rate, and the answer."""

    agent: str
    result: str
    score: int | None


class SummaryInfo(Schema):
    """How the call was filed."""

    category: str
    result: str
    note: str
    agent: str


class NoticeInfo(Schema):
    """The recording notices that were played, as `prompt@version`; `cut`: hung up before the end.

    A version is the beginning of the SHA-256 of the sound.
    """

    prompts: list[str]
    heard_s: float
    cut: bool


class MessageInfo(Schema):
    """The voicemail of a call."""

    url: str
    seconds: float


class CallDetail(Schema):
    """One call in full."""

    call: CallRow
    segments: list[Segment]
    recording: RecordingInfo | None
    message: MessageInfo | None
    survey: SurveyInfo | None
    summary: SummaryInfo | None
    notice: NoticeInfo | None = None


class Revealed(Schema):
    """The caller's number in full; that it was looked at is in the audit trail."""

    caller: str
