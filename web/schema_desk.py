"""What the desk sends and gets: the person, the shift, the state, commands on a call."""

from typing import Annotated, Any, Literal

from pydantic import Field

from web.table import Schema

Id = Annotated[str, Field(pattern=r"^[A-Za-z0-9_.-]{1,64}$")]
Language = Literal["zh", "en"]
Line = Annotated[str, Field(max_length=200)]


class Login(Schema):
    """Who wants in."""

    login: Annotated[str, Field(min_length=1, max_length=64)]
    password: Annotated[str, Field(min_length=1, max_length=200)]
    language: Language | None = None


class Me(Schema):
    """The signed-in person; `csrf` goes into the header X-CSRF of every non-GET request."""

    id: int
    login: str
    name: str
    role: str
    agent: str | None
    language: str
    csrf: str
    must_change: bool
    permissions: list[str]


class MyLanguage(Schema):
    """The language of the pages."""

    language: Language


class NewPassword(Schema):
    """The person's own password, the old one as proof."""

    old: Annotated[str, Field(max_length=200)]
    new: Annotated[str, Field(max_length=200)]


class HotlineChoice(Schema):
    """A hotline as a choice in a list."""

    number: str
    name: str
    brand: str
    calls_out: bool = False


class Named(Schema):
    """An id with its name."""

    id: str
    name: str


class Words(Schema):
    """An id with its name in both languages."""

    id: str
    zh: str
    en: str
    max_minutes: int | None = None


class AgentChoice(Schema):
    """An agent as a choice in a list."""

    number: str
    name: str
    site: str
    groups: list[str]
    mobile: bool = False


class SummaryChoices(Schema):
    """What a call may be filed under."""

    categories: list[Words]
    results: list[Words]


class Meta(Schema):
    """The firm's names and choices, for lists and labels; `secure`: the microphone is allowed."""

    firm: str
    hotlines: list[HotlineChoice]
    groups: list[Named]
    agents: list[AgentChoice]
    sites: list[Named]
    brands: list[Named]
    break_reasons: list[Words]
    decline_reasons: list[Words]
    summary: SummaryChoices
    version: int
    secure: bool
    consent_needed: bool = True


class Shift(Schema):
    """Begin work with a phone: in the page, on the desk, or the mobile that is configured."""

    phone: Literal["browser", "phone", "mobile"]


class IceServer(Schema):
    """A relay that a browser may use, with a log-in that ends at `until`."""

    urls: list[str]
    username: str
    credential: str
    until: int


class SipLogin(Schema):
    """How a browser phone registers; `ws` is a path on this origin, `ice` the relays if any."""

    username: str
    password: str
    domain: str
    ws: str
    ice: list[IceServer] = Field(default_factory=list)


class ShiftBegun(Schema):
    """The phone of the shift; a desk phone has its own login."""

    phone: str
    sip: SipLogin | None


class State(Schema):
    """What the agent wants to be; a break needs a reason."""

    state: Literal["ready", "break"]
    reason: Annotated[str, Field(max_length=64)] = ""


class WrapUp(Schema):
    """After the call: done, or longer."""

    action: Literal["done", "extend"]


class Today(Schema):
    """An agent's own day: counts, and seconds."""

    answered: int = 0
    missed: int = 0
    talk_s: float = 0
    wrap_s: float = 0
    avg_talk_s: float = 0
    csat: float | None = None
    followups: int = 0


class Done(Schema):
    """The engine took the command; `result` is what it says about it."""

    ok: Literal[True] = True
    result: dict[str, Any] = Field(default_factory=dict)


class Transfer(Schema):
    """Where a call goes: to an agent's number or a group's id."""

    to_kind: Literal["agent", "group"]
    to: Id


class Dial(Schema):
    """Whom to call, on behalf of which hotline, and why we may.

    `to` is a number, or `of_call` names a call of the agent's whose customer is called back: the
    number stays hidden. `consent` says what allows us to call (MIIT 2020).
    """

    to: Annotated[str, Field(max_length=40)] = ""
    of_call: Id | None = None
    hotline: Annotated[str, Field(max_length=20)]
    consent: Annotated[str, Field(max_length=200)] = ""


class Dialled(Schema):
    """The call that was begun."""

    call: str


class Bar(Schema):
    """Why the customer of a call is never to be called again."""

    why: Annotated[str, Field(max_length=200)] = ""


class Decline(Schema):
    """Which offer is declined, and why."""

    offer: int
    reason: Annotated[str, Field(max_length=64)] = ""


class Summary(Schema):
    """How a call is filed (小结)."""

    category: Annotated[str, Field(max_length=64)]
    result: Annotated[str, Field(max_length=64)]
    note: Annotated[str, Field(max_length=4000)] = ""


class Painted(Schema):
    """Milliseconds between the reservation and the card on the screen."""

    ms: Annotated[float, Field(ge=0, le=3_600_000)]


class TestLink(Schema):
    """A one-time link to the test caller's page."""

    url: str


class TestCaller(Schema):
    """What the test caller's page needs to dial."""

    sip: SipLogin
    hotlines: list[HotlineChoice]
