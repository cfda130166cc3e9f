"""The floor: every agent, every skill group and every live call, indexed so that nobody scans.

`decide` changes it in place; it has no effects outside itself. Two indexes carry the matching:
per group the waiting calls in order, per group the idle agents in order (both sorted lists).
A call for one person waits in that person's own group, named `@8001`.
"""

from bisect import bisect_left, insort
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum

from domain.ids import AgentId, CallId, GroupId, Instant, OfferId

PHONE_LOST = "phone_lost"
"""The break of an agent whose phone stayed away."""
MOBILE = "mobile"
"""The phone of an agent who answers on a mobile, over the carrier's lines."""
_START = Instant(0)
_NO_GROUP = GroupId("")


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


@dataclass(frozen=True, slots=True)
class GroupRules:
    """How one skill group works; times in seconds."""

    id: GroupId
    name: str = ""
    ring_s: float = 20
    wrap_s: float = 15
    announce_s: float = 15
    record: bool = True
    strategy: str = "longest_idle"


@dataclass(frozen=True, slots=True)
class AgentCard:
    """Who an agent is: number, name, site and skill groups; `mobile` may be signed in with."""

    number: AgentId
    name: str = ""
    site: str = ""
    groups: tuple[GroupId, ...] = ()
    mobile: str = ""


@dataclass(slots=True)
class Agent:
    """One agent's two machines, presence and line, never mixed."""

    card: AgentCard
    presence: Presence = Presence.OFFLINE
    reason: str = ""
    line: Line = Line.FREE
    phone: str = ""
    endpoint: str = ""
    since: Instant = _START
    lost_since: Instant = _START
    idle_key: tuple[float, str] | None = None
    call: CallId | None = None
    offer: OfferId | None = None
    wrap_until: Instant | None = None
    misses: int = 0
    groups: tuple[GroupId, ...] = ()
    """Whose calls this agent may take, the personal one first."""

    def __post_init__(self) -> None:
        """Work the groups out once; every decision reads them."""
        self.take(self.card)

    def take(self, card: AgentCard) -> None:
        """Be who the configuration says from now on."""
        self.card, self.groups = card, (own_group(card.number), *card.groups)

    @property
    def is_mobile(self) -> bool:
        """Tell whether calls come to this agent's mobile phone."""
        return self.phone == MOBILE


@dataclass(slots=True)
class Call:
    """One live call. `place` is the sort key once earned, kept through every return.

    A call out (`direction` is out) has its customer as `caller`; `confirmed` then means that the
    agent's own phone was picked up, `far` is the trunk on which the other side rings.
    Held calls are `parked` by us, both legs apart, or `phone_held` by the phone's own key;
    `awaited`: the agent's phone is gone and may come back.
    """

    id: CallId
    hotline: str
    caller: str
    stage: Stage = Stage.IVR
    group: GroupId = _NO_GROUP
    priority: int = 5
    entered: Instant = _START
    since: Instant = _START
    confirmed: bool = False
    announced: bool = False
    agent: AgentId | None = None
    offer: OfferId | None = None
    first_hangup: str = ""
    parked: bool = False
    phone_held: bool = False
    awaited: bool = False
    withheld: bool = False
    intent: str = ""
    barred: dict[AgentId, Instant] = field(default_factory=dict)
    direction: str = "in"
    far: str = ""

    @property
    def place(self) -> tuple[int, float, str]:
        """Sort key: lower priority number first, then who entered first."""
        return (self.priority, self.entered, self.id)


@dataclass(slots=True)
class Floor:
    """The whole state of distribution. `epoch` fences commands of an engine that is gone.

    While it is `recalling` the journal no offer is decided: each is read back as it was made,
    whatever the configuration is now and wherever the reading begins.
    """

    epoch: int = 0
    groups: dict[GroupId, GroupRules] = field(default_factory=dict)
    agents: dict[AgentId, Agent] = field(default_factory=dict)
    calls: dict[CallId, Call] = field(default_factory=dict)
    waiting: dict[GroupId, list[tuple[int, float, str]]] = field(default_factory=dict)
    idle: dict[GroupId, list[tuple[float, str]]] = field(default_factory=dict)
    reachable: set[str] = field(default_factory=set)
    pbx_up: bool = False
    last_offer: int = 0
    strategies: dict[str, Callable[["Floor", Call, Instant], Agent | None]] = field(
        default_factory=dict
    )
    recalling: bool = False
    explains: bool = True
    """Whether each offer says why; a simulated day of a million calls does without."""

    @property
    def may_offer(self) -> bool:
        """Tell whether callers may be offered to agents now."""
        return self.pbx_up and not self.recalling

    def configure(self, groups: list[GroupRules], agents: list[AgentCard]) -> None:
        """Take in the published configuration; who is signed in and who waits stays."""
        self.groups = {rules.id: rules for rules in groups}
        cards = {card.number: card for card in agents}
        for number, agent in list(self.agents.items()):
            self.rest(agent)
            if number in cards:
                agent.take(cards[number])
            elif agent.line is Line.FREE:
                del self.agents[number]
            else:
                agent.presence = Presence.OFFLINE
        for number, card in cards.items():
            self.agents.setdefault(number, Agent(card))
        for agent in self.agents.values():
            self.seat(agent)

    def rules(self, call: Call) -> GroupRules:
        """Find the rules for a call; a call for one person takes that person's first group's."""
        rules = self.groups.get(call.group)
        if rules is None and call.group.startswith("@"):
            agent = self.agents.get(AgentId(call.group[1:]))
            first = agent.card.groups[0] if agent and agent.card.groups else GroupId("")
            rules = self.groups.get(first)
        return rules or GroupRules(call.group)

    def enqueue(self, call: Call) -> None:
        """Put a call in its group's line, at the place it has earned."""
        line = self.waiting.setdefault(call.group, [])
        if call.place not in line:
            insort(line, call.place)

    def dequeue(self, call: Call) -> None:
        """Take a call out of its group's line."""
        line = self.waiting.get(call.group, [])
        at = bisect_left(line, call.place)
        if at < len(line) and line[at] == call.place:
            del line[at]

    def seat(self, agent: Agent) -> None:
        """List an agent as idle in every group, if free, ready and within reach."""
        if agent.idle_key is not None or not self.is_idle(agent):
            return
        agent.idle_key = (agent.since, agent.card.number)
        for group in agent.groups:
            insort(self.idle.setdefault(group, []), agent.idle_key)

    def rest(self, agent: Agent) -> None:
        """Take an agent off the idle lists."""
        key, agent.idle_key = agent.idle_key, None
        if key is None:
            return
        for group in agent.groups:
            line = self.idle.get(group, [])
            at = bisect_left(line, key)
            if at < len(line) and line[at] == key:
                del line[at]

    def is_idle(self, agent: Agent) -> bool:
        """Tell whether this agent could be offered a call now."""
        return (
            agent.presence is Presence.READY
            and agent.line is Line.FREE
            and agent.endpoint in self.reachable
        )

    def position(self, call: Call) -> int:
        """Count the place of a waiting call in its group's line, 1 = next."""
        return bisect_left(self.waiting.get(call.group, []), call.place) + 1


def own_group(agent: str) -> GroupId:
    """Name the group in which calls for one person wait."""
    return GroupId(f"@{agent}")
