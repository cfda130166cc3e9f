"""The two who meet: an agent with presence and phone, a call with its place."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from acd.estimate import Quote
from acd.ranked import Key
from acd.rules import AgentCard
from acd.waiting import WaitingLine, own_group
from domain.ids import AgentId, CallId, GroupId, Instant, OfferId

PHONE_LOST: Final = "phone_lost"
"""The break of an agent whose phone stayed away."""
MOBILE: Final = "mobile"
"""The phone of an agent who answers on a mobile, over the carrier's lines."""
PREFERRED: Final = -1
"""The step before the first: the call waits for the agent it prefers."""
_START: Final = Instant(0.0)
_NO_GROUP: Final = GroupId("")


class Presence(StrEnum):
    """What the person says."""

    OFFLINE = "offline"
    READY = "ready"
    BREAK = "break"


class Line(StrEnum):
    """What the phone does."""

    FREE = "free"
    RESERVED = "reserved"
    RINGING = "ringing"
    TALKING = "talking"
    HOLDING = "holding"
    DIALLING = "dialling"
    WRAPPING = "wrapping"


class Stage(StrEnum):
    """Where the caller is."""

    IVR = "ivr"
    WAITING = "waiting"
    OFFERED = "offered"
    TALKING = "talking"
    HELD = "held"
    AFTER = "after"
    FALLBACK = "fallback"
    DIALLING = "dialling"
    ASIDE = "aside"
    OUTSIDE = "outside"


IVR: Final[Stage] = Stage.IVR
WAITING: Final[Stage] = Stage.WAITING
OFFERED: Final[Stage] = Stage.OFFERED
TALKING: Final[Stage] = Stage.TALKING
HELD: Final[Stage] = Stage.HELD
FREE: Final[Line] = Line.FREE
RESERVED: Final[Line] = Line.RESERVED
ON_LINE: Final[Line] = Line.TALKING
READY: Final[Presence] = Presence.READY
OFFLINE: Final[Presence] = Presence.OFFLINE
"""Those that every decision asks for: a name is read three times as fast as an enum's member."""


@dataclass(slots=True)
class Agent:
    """One agent's two machines, presence and line, never mixed; and the day in figures.

    `lines` are those whose calls this agent may take, once it was asked for the personal one
    (`own`) first; while idle, `seats` says under which key the agent is listed in each. The
    figures stand still while idle. `served` is the group of the call that is wrapped up. `before`
    holds `since` and `offered` as they were before the offer, for whom it costs nothing.
    """

    card: AgentCard
    presence: Presence = Presence.OFFLINE
    reason: str = ""
    line: Line = Line.FREE
    phone: str = ""
    endpoint: str = ""
    since: Instant = _START
    lost_since: Instant = _START
    call: CallId | None = None
    offer: OfferId | None = None
    wrap_until: Instant | None = None
    misses: int = 0
    lines: list[WaitingLine] = field(default_factory=list)
    seats: list[tuple[WaitingLine, Key]] | None = None
    busy_from: Instant = _START
    busy_s: float = 0.0
    answered: int = 0
    offered: Instant = _START
    served: GroupId = _NO_GROUP
    before: tuple[Instant, Instant] = (_START, _START)
    own: WaitingLine | None = None
    number: AgentId = field(init=False)

    def __post_init__(self) -> None:
        self.number = self.card.number

    def serves(self, group: GroupId) -> bool:
        """Tell whether this agent may take calls of a group, at once or at a later step."""
        return any(line.group == group for line in self.lines) or group == own_group(self.number)

    @property
    def is_mobile(self) -> bool:
        """Tell whether calls come to this agent's mobile phone."""
        return self.phone == MOBILE


@dataclass(slots=True)
class Back:
    """What makes a call a callback: who asked for it, which attempt it is.

    `ends` says why it is not tried again if nobody is reached now. `key` is the number, hotline
    and group under which the floor finds it.
    """

    origin: CallId
    attempt: int = 1
    ends: str = ""
    key: tuple[str, str, GroupId] = ("", "", _NO_GROUP)


@dataclass(slots=True)
class Told:
    """What few calls need: what the caller was told while waiting, where overflow led it.

    `quoted` is the place and time told last; `said` was told last, until `quiet_until`; `tip`
    counts the tips told, the next is due at `tip_at`. `judged` is the group at whose entry its
    overflow rules were tested, `passed` those that it left, `spent` the rules that led aside and
    back, `exit` where it went (kind and name), `outside_s` how long a number outside rings.
    `far` is the trunk on which the other side of a call out rings. `in_net`: who fell back
    is in the dialplan's own queue, which lets go of who waits there.
    """

    quoted: Quote | None = None
    said: str = ""
    quiet_until: float = 0.0
    tip: int = 0
    tip_at: float = 0.0
    judged: GroupId = _NO_GROUP
    passed: tuple[GroupId, ...] = ()
    spent: tuple[tuple[GroupId, str], ...] = ()
    exit: tuple[str, str] = ("", "")
    outside_s: float = 30.0
    far: str = ""
    in_net: bool = False


class Call:
    """One live call. `place` is its sort key while it waits, the same at every return.

    A call out (`direction` is out) has its customer as `caller`; `confirmed` then means that the
    agent's own phone was picked up, and of who fell back that they talk there. Who is `barred`
    may take it from that instant on again.
    Held calls are `parked` by us, both legs apart, or `phone_held` by the phone's own key;
    `awaited`: the agent's phone is gone and may come back; `front`: goes before all others.
    `queued` is the group under which it is listed, `began` when it began to wait there, `line` and
    `step` where it stands now, `preferred` whom it waits for first; `kept_s` is how long before
    that its caller, who gave up and called again, waited first.
    A callback that waits has `back`; what few calls need is in `more`.
    `needs` is asked of the agent beside what the group asks for; `wait_for_s` is how long it waits
    for `preferred`, below 0 = as long as its group says.
    `rings` are those who are rung for it, `agent` the first of them until somebody answers; the
    offers of several have numbers that follow each other, `offer` is then the first.
    Its fields are set one by one, most of what the making of a call costs otherwise.
    """

    __slots__ = (
        "_more",
        "agent",
        "announced",
        "awaited",
        "back",
        "barred",
        "began",
        "caller",
        "confirmed",
        "direction",
        "entered",
        "first_hangup",
        "front",
        "group",
        "head_start_s",
        "hotline",
        "id",
        "intent",
        "kept_s",
        "line",
        "needs",
        "offer",
        "parked",
        "phone_held",
        "place",
        "preferred",
        "priority",
        "queued",
        "rings",
        "since",
        "stage",
        "step",
        "wait_for_s",
        "withheld",
    )

    def __init__(
        self,
        id: CallId,
        hotline: str,
        caller: str,
        stage: Stage = IVR,
        group: GroupId = _NO_GROUP,
        since: Instant = _START,
    ) -> None:
        self.id = id
        self.hotline = hotline
        self.caller = caller
        self.stage = stage
        self.group = group
        self.since = since
        self.priority: int = 5
        self.entered: Instant = _START
        self.confirmed: bool = False
        self.announced: bool = False
        self.agent: AgentId | None = None
        self.offer: OfferId | None = None
        self.first_hangup: str = ""
        self.parked: bool = False
        self.phone_held: bool = False
        self.awaited: bool = False
        self.withheld: bool = False
        self.intent: str = ""
        self.barred: dict[AgentId, Instant] | None = None
        self.direction: str = "in"
        self.place: Key = ()
        self.queued: GroupId = _NO_GROUP
        self.line: WaitingLine | None = None
        self.step: int = 0
        self.began: Instant = _START
        self.head_start_s: float = 0.0
        self.kept_s: float = 0.0
        self.front: bool = False
        self.preferred: str = ""
        self.back: Back | None = None
        self.rings: tuple[AgentId, ...] = ()
        self.needs: str = ""
        self.wait_for_s: float = -1.0
        self._more: Told | None = None

    @property
    def more(self) -> Told:
        """Give what few calls need, made when it is first asked for."""
        if self._more is None:
            self._more = Told()
        return self._more
