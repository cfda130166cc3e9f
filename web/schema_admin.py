"""What admin pages send and get. The entries themselves are the office's own models."""

from typing import Annotated, Literal

from pydantic import Field

from office.model import Agent, Calendar, DoNotCall, Group, Hotline, Webhook
from web.schema_desk import Language
from web.table import MOST, Schema

Base = Annotated[
    int, Field(ge=0, le=MOST, description="0 = any; an outdated version is a conflict")
]


class AgentList(Schema):
    """The agents and the version they stand in."""

    version: int
    rows: list[Agent]


class GroupList(Schema):
    """The skill groups, the strategies there are, and the version they stand in."""

    version: int
    strategies: list[str]
    rows: list[Group]


class HotlineList(Schema):
    """The hotlines, the flows they may lead to, and the version they stand in.

    `demo` lists those whose callers still hear the demo's voice.
    """

    version: int
    demo: list[str]
    flows: list[str]
    rows: list[Hotline]


class CalendarList(Schema):
    """The calendars and the version they stand in."""

    version: int
    rows: list[Calendar]


class DoNotCallList(Schema):
    """The numbers that are never called, and the version they stand in."""

    version: int
    rows: list[DoNotCall]


class AgentEntry(Schema):
    """The whole entry of an agent, and the version it was made from."""

    entry: Agent
    base: Base = 0


class GroupEntry(Schema):
    """The whole entry of a group, and the version it was made from."""

    entry: Group
    base: Base = 0


class HotlineEntry(Schema):
    """The whole entry of a hotline, and the version it was made from."""

    entry: Hotline
    base: Base = 0


class CalendarEntry(Schema):
    """The whole entry of a calendar, and the version it was made from."""

    entry: Calendar
    base: Base = 0


class DoNotCallEntry(Schema):
    """A number that is never called, and the version it was made from."""

    entry: DoNotCall
    base: Base = 0


class Published(Schema):
    """The change is in force; `announced`: a running engine has taken it over already."""

    version: int
    announced: bool
    login: str | None = None
    password: Annotated[str | None, Field(description="made password, shown only here")] = None


Role = Literal["agent", "qa", "auditor", "supervisor", "manager", "admin"]
Ids = Annotated[list[Annotated[str, Field(max_length=64)]], Field(max_length=500)]


class UserRemit(Schema):
    """What somebody looks after: ids of groups, numbers of hotlines, ids of sites."""

    groups: Ids = Field(default_factory=list)
    hotlines: Ids = Field(default_factory=list)
    sites: Ids = Field(default_factory=list)


class UserRow(Schema):
    """A person who may sign in; `remit` null = the whole firm."""

    id: int
    login: str
    name: str
    role: str
    agent: str | None
    language: str
    disabled: bool
    must_change: bool
    remit: UserRemit | None = None


class UserList(Schema):
    """Everybody who may sign in."""

    rows: list[UserRow]


class NewUser(Schema):
    """A person to be added; the password is made."""

    login: Annotated[str, Field(max_length=64)]
    name: Annotated[str, Field(max_length=100)]
    role: Role
    agent: Annotated[str, Field(max_length=20)] = ""
    language: Language = "zh"


class UserChange(Schema):
    """What is to change about a person; what is absent stays. `remit` null = the whole firm."""

    role: Role | None = None
    remit: UserRemit | None = None
    disabled: bool | None = None
    password: Literal["reset"] | None = None


class UserChanged(Schema):
    """The person now; `password` is the made one, shown only here."""

    user: UserRow
    password: str | None = None


class WebhookList(Schema):
    """The addresses that are told of calls; secrets only by reference."""

    version: int
    rows: list[Webhook]


class AuditQuery(Schema):
    """Which part of the trail: entries before a sequence number, newest first."""

    before: Annotated[int, Field(ge=0, le=MOST)] = 0
    limit: Annotated[int, Field(ge=1, le=500)] = 100


class AuditRow(Schema):
    """Who did what to which object; `detail` is JSON, `at` UTC ms."""

    seq: int
    at: int
    who: str
    what: str
    object: str
    detail: str


class AuditPage(Schema):
    """A page of the trail; `broken_at` is the first row whose chain does not fit, 0 = sound."""

    rows: list[AuditRow]
    next: int | None
    broken_at: int


class VersionRow(Schema):
    """A published configuration."""

    id: int
    at: int
    by: str
    note: str
    digest: str


class VersionList(Schema):
    """The newest versions, newest first."""

    current: int
    rows: list[VersionRow]


class Rollback(Schema):
    """The version whose texts are to be published again."""

    version: Annotated[int, Field(ge=1, le=MOST)]
