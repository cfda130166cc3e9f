"""The floor as the live socket and `/board` tell it; times are UTC milliseconds."""

from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field, WithJsonSchema

from web.table import Schema


class Told(Schema):
    """What the engine tells; fields of a newer engine are passed on."""

    model_config = ConfigDict(extra="allow", frozen=True)


def _words(*known: str) -> WithJsonSchema:
    # told to readers of the interface, not enforced: a newer engine may know more words
    return WithJsonSchema({"type": "string", "enum": list(known)})


AgentState = Annotated[
    str,
    _words(
        "offline",
        "ready",
        "unreachable",
        "reserved",
        "ringing",
        "talking",
        "holding",
        "wrapping",
        "dialling",
        "break",
    ),
]
CallState = Annotated[
    str, _words("ivr", "waiting", "offered", "ringing", "talking", "held", "after", "dialling")
]
Presence = Annotated[str, _words("ready", "break", "offline")]
CustomerStatus = Annotated[str, _words("found", "unknown", "slow", "down", "off", "pending")]


class GroupToday(Told):
    """A group's day so far, in calls."""

    entered: int = 0
    answered: int = 0
    abandoned: int = 0
    within: int = 0


class GroupNow(Told):
    """A skill group now; `longest_since` is when the oldest waiting call entered."""

    id: str
    name: str
    waiting: int
    longest_since: int | None
    ready: int
    ringing: int
    talking: int
    wrapping: int
    on_break: int
    signed_in: int
    today: GroupToday


class AgentToday(Told):
    """An agent's day so far."""

    answered: int = 0
    missed: int = 0
    talk_s: float = 0


class AgentNow(Told):
    """An agent now; `until` is the end of the wrap-up, null when it has none."""

    number: str
    name: str
    site: str
    groups: list[str]
    state: AgentState
    reason: str
    since: int
    until: int | None
    phone: str
    reachable: bool
    call: str | None
    presence: Presence
    today: AgentToday


class CallNow(Told):
    """A call now, its caller masked; "" for one who is `withheld` or unknown."""

    call: str
    hotline: str
    hotline_name: str
    brand: str
    caller: str
    withheld: bool = False
    state: CallState
    group: str | None
    agent: str | None
    since: int
    entered: int | None
    place: int | None
    intent: str
    priority: int = 5
    callback: bool = False


class Pbx(Told):
    """Whether Asterisk is joined, and since when; `draining`: no new call is taken."""

    up: bool
    since: int
    draining: bool = False


class Incident(Told):
    """Something wrong that a person should mend; who leads the floor is told, with the mend."""

    kind: str
    about: str
    since: int
    zh: str
    en: str
    mend_zh: str
    mend_en: str


class SwitchNow(Told):
    """A hotline ("" = all) that somebody holds open or closed; `until` 0 = until let go."""

    hotline: str
    state: Literal["open", "closed"]
    since: int
    until: int
    reason: str
    prompt: str
    by: str


class TrunkNow(Told):
    """A line of a carrier now. `channels` 0 = no limit; `registered` null = known by address."""

    name: str
    in_use: int
    peak: int
    channels: int
    registered: bool | None = None
    refused_today: int = 0


class Board(Told):
    """The whole floor that a person may see."""

    pbx: Pbx
    groups: list[GroupNow]
    agents: list[AgentNow]
    calls: list[CallNow]
    incidents: tuple[Incident, ...] = ()
    switches: tuple[SwitchNow, ...] = ()
    trunks: tuple[TrunkNow, ...] = ()
    engine: bool = True
    told: int = 0


class BoardDelta(Told):
    """Rows that changed, and calls that are gone."""

    agents: tuple[AgentNow, ...] = ()
    calls: tuple[CallNow, ...] = ()
    gone: tuple[str, ...] = ()
    groups: tuple[GroupNow, ...] = ()
    pbx: Pbx | None = None
    incidents: tuple[Incident, ...] | None = None
    switches: tuple[SwitchNow, ...] | None = None
    trunks: tuple[TrunkNow, ...] | None = None


class CardCustomer(Told):
    """Who calls, as the firm's CRM knows them."""

    id: str
    name: str
    level: str = ""
    tags: tuple[str, ...] = ()
    fields: dict[str, Any] = Field(default_factory=dict)
    url: str = ""


class CardStep(Told):
    """One step of the caller's way through the IVR."""

    node: str
    digits: str
    meant: str


class Card(Told):
    """The screen-pop: everything known of a call when it is offered."""

    call: str
    offer: int
    agent: str
    hotline: str
    hotline_name: str
    brand: str
    group: str
    group_name: str
    caller: str
    withheld: bool = False
    caller_place: str = ""
    customer: CardCustomer | None = None
    customer_status: CustomerStatus
    ivr: tuple[CardStep, ...] = ()
    waited_s: float
    offered: int
    ring_s: float
    nth_48h: int
    last_agent: str
    direction: str = "in"
    caller_id: str = ""
    consent: str = ""
    callback: bool = False
    state: str


class LiveMessage(Told):
    """One message of the live socket; a gap in `seq` is a loss: join again."""

    ev: Literal[
        "board.snapshot",
        "board.delta",
        "me.state",
        "sys.engine",
        "sys.beat",
        "call.offered",
        "call.ringing",
        "call.cancelled",
        "call.answered",
        "call.held",
        "call.retrieved",
        "call.ended",
        "message.left",
        "call.wrapup",
        "call.missed",
        "call.dialling",
        "call.dial_began",
        "call.far_ringing",
        "call.far_answered",
        "call.not_reached",
        "pop.updated",
    ]
    seq: int
    ts: int
    data: Board | BoardDelta | AgentNow | Card | dict[str, Any]
