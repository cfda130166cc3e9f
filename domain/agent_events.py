"""What happened to agents, their phones and the engine itself."""

from dataclasses import dataclass

from domain.ids import AgentId, CallId


@dataclass(frozen=True, slots=True)
class AgentSignedIn:
    """An agent began work with a phone: browser or phone; starts on break."""

    agent: AgentId
    phone: str
    endpoint: str
    site: str = ""


@dataclass(frozen=True, slots=True)
class AgentSignedOut:
    """An agent ended work: asked, page_gone, disabled, forced."""

    agent: AgentId
    why: str


@dataclass(frozen=True, slots=True)
class AgentReadied:
    """The agent says ready; during a call it holds for afterwards."""

    agent: AgentId


@dataclass(frozen=True, slots=True)
class AgentPaused:
    """The agent takes a break for a reason; `forced` when somebody else put it there."""

    agent: AgentId
    reason: str
    forced: bool = False


@dataclass(frozen=True, slots=True)
class AgentAutoPaused:
    """The core put an agent on break: missed (calls were not picked up)."""

    agent: AgentId
    reason: str


@dataclass(frozen=True, slots=True)
class WrapUpStarted:
    """After-call work began; `seconds` until the agent is free by itself, 0 = until done."""

    call: CallId
    agent: AgentId
    seconds: float


@dataclass(frozen=True, slots=True)
class WrapUpExtended:
    """The agent needs longer: until done by hand."""

    agent: AgentId


@dataclass(frozen=True, slots=True)
class WrapUpDone:
    """The agent pressed done."""

    agent: AgentId


@dataclass(frozen=True, slots=True)
class WrapUpExpired:
    """The wrap-up time passed."""

    agent: AgentId
    call: CallId


@dataclass(frozen=True, slots=True)
class WrapUpEnded:
    """After-call work is over: done, expired or signed_out."""

    agent: AgentId
    call: CallId
    why: str


@dataclass(frozen=True, slots=True)
class PhoneReachable:
    """The PBX can reach this endpoint."""

    endpoint: str


@dataclass(frozen=True, slots=True)
class PhoneLost:
    """The PBX can no longer reach this endpoint."""

    endpoint: str


@dataclass(frozen=True, slots=True)
class PhoneGraceOver:
    """A phone has been out of reach for longer than a page takes to come back."""

    endpoint: str


@dataclass(frozen=True, slots=True)
class EngineStarted:
    """An engine took over; commands of older epochs are void. `boot` names the machine's boot."""

    epoch: int
    config: int
    boot: str = ""


@dataclass(frozen=True, slots=True)
class JournalMended:
    """The journal's file was damaged; `kept` facts were read out of it, `lost` were not.

    Numbers go on behind a gap, so that no number ever means two facts. `folder` holds the old file.
    """

    kept: int
    lost: int
    folder: str


@dataclass(frozen=True, slots=True)
class ClockStepped:
    """The wall clock was set while we ran: by `seconds`, forwards or (negative) backwards."""

    seconds: float


@dataclass(frozen=True, slots=True)
class ConfigPublished:
    """The engine works by this version of the configuration from now on."""

    version: int


@dataclass(frozen=True, slots=True)
class DayBegan:
    """The firm's day began (YYYY-MM-DD): what agents did today is counted from here."""

    day: str


@dataclass(frozen=True, slots=True)
class PbxJoined:
    """The link to Asterisk is up and its picture was compared with ours."""

    generation: int


@dataclass(frozen=True, slots=True)
class PbxLeft:
    """The link to Asterisk is down; nothing is offered meanwhile."""

    why: str


@dataclass(frozen=True, slots=True)
class StateHealed:
    """What we knew of a call or phone stayed another than Asterisk's; `what` is told now.

    `what` names the events that follow; `about` is the phone's endpoint where it is no call.
    """

    call: CallId
    what: str
    about: str = ""


@dataclass(frozen=True, slots=True)
class IncidentSeen:
    """Something is wrong that a person should mend; `about` names what, `detail` is data."""

    kind: str
    about: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class IncidentOver:
    """It is well again."""

    kind: str
    about: str
