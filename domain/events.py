"""What happened: frozen, in the past tense, without behaviour. The journal is made of these.

Names and fields are an interface: they are added to, never renamed. `asked` events are what a
person pressed; the rest is what was seen. `DERIVED` events are the core's own decisions.
"""

from dataclasses import asdict, dataclass, fields
from typing import Any, get_type_hints

from domain.ids import AgentId, CallId, GroupId, OfferId


@dataclass(frozen=True, slots=True)
class CallArrived:
    """A call reached a hotline. `caller` is the number's key, "" when withheld."""

    call: CallId
    hotline: str
    called: str
    caller: str
    caller_raw: str = ""
    caller_name: str = ""
    trunk: str = ""
    brand: str = ""
    flow: str = ""
    flow_version: int = 0


@dataclass(frozen=True, slots=True)
class StepEntered:
    """The flow reached a node."""

    call: CallId
    node: str
    kind: str


@dataclass(frozen=True, slots=True)
class KeyPressed:
    """The caller pressed keys at a node; "" is silence until the time-out."""

    call: CallId
    node: str
    digits: str
    meant: str = ""


@dataclass(frozen=True, slots=True)
class NoticeHeard:
    """The caller heard the recording notice."""

    call: CallId
    prompt: str
    seconds: float


@dataclass(frozen=True, slots=True)
class FlowEnded:
    """The flow let go of the caller: contained, closed, nobody, voicemail, group, hang_up."""

    call: CallId
    outcome: str


@dataclass(frozen=True, slots=True)
class GroupChosen:
    """The flow sends the caller to a skill group; a lower priority number is served earlier."""

    call: CallId
    group: GroupId
    priority: int = 5
    intent: str = ""


@dataclass(frozen=True, slots=True)
class HoldReached:
    """The caller's leg is in the hold context: only now may it be offered."""

    call: CallId


@dataclass(frozen=True, slots=True)
class HoldKeyPressed:
    """The caller pressed a key while waiting."""

    call: CallId
    digit: str


@dataclass(frozen=True, slots=True)
class MessageLeft:
    """The caller left a voicemail; `file` is relative to the recordings folder."""

    call: CallId
    box: str
    file: str
    seconds: float


@dataclass(frozen=True, slots=True)
class CallFellBack:
    """The dialplan gave up on the engine and took the caller to its own queue."""

    call: CallId


@dataclass(frozen=True, slots=True)
class HungUp:
    """One side asked to end; `leg` is caller or agent. The first one counts."""

    call: CallId
    leg: str


@dataclass(frozen=True, slots=True)
class CallEnded:
    """The caller's leg is gone. `cause` is the Q.850 number."""

    call: CallId
    cause: int
    text: str = ""


@dataclass(frozen=True, slots=True)
class CallLost:
    """After a reconnect the PBX no longer knew this call."""

    call: CallId
    why: str


@dataclass(frozen=True, slots=True)
class OfferMade:
    """The core reserved an agent for a call. `why` is the why-trace of the decision."""

    call: CallId
    agent: AgentId
    offer: OfferId
    group: GroupId
    ring_s: float
    record: str
    why: str


@dataclass(frozen=True, slots=True)
class PhoneRang:
    """The agent's phone signalled ringing (SIP 180)."""

    call: CallId
    agent: AgentId
    offer: OfferId


@dataclass(frozen=True, slots=True)
class OfferDeclined:
    """The agent pressed decline."""

    call: CallId
    agent: AgentId
    offer: OfferId
    reason: str


@dataclass(frozen=True, slots=True)
class DialFailed:
    """Asterisk could not connect the agent: NOANSWER, BUSY, CONGESTION, CHANUNAVAIL, CANCEL."""

    call: CallId
    offer: OfferId
    status: str


@dataclass(frozen=True, slots=True)
class OfferExpired:
    """The engine's own deadline of an offer passed."""

    call: CallId
    offer: OfferId


@dataclass(frozen=True, slots=True)
class OfferFailed:
    """An offer ended unanswered: no_answer, declined, busy, unreachable, caller_left, cancelled."""

    call: CallId
    agent: AgentId
    offer: OfferId
    reason: str


@dataclass(frozen=True, slots=True)
class OfferAnswered:
    """The agent took the call; they hear each other."""

    call: CallId
    agent: AgentId
    offer: OfferId


@dataclass(frozen=True, slots=True)
class TalkOver:
    """The agent's leg is gone and the caller's goes on to what comes after."""

    call: CallId


@dataclass(frozen=True, slots=True)
class TalkEnded:
    """A talk ended: by caller, agent or system."""

    call: CallId
    agent: AgentId
    by: str


@dataclass(frozen=True, slots=True)
class HoldAsked:
    """The agent wants the caller on music."""

    call: CallId
    agent: AgentId


@dataclass(frozen=True, slots=True)
class RetrieveAsked:
    """The agent wants the caller back."""

    call: CallId
    agent: AgentId


@dataclass(frozen=True, slots=True)
class TalkHeld:
    """The caller hears music, the agent silence."""

    call: CallId
    agent: AgentId


@dataclass(frozen=True, slots=True)
class TalkRetrieved:
    """Both hear each other again."""

    call: CallId
    agent: AgentId


@dataclass(frozen=True, slots=True)
class HangUpAsked:
    """The agent pressed hang up on the page."""

    call: CallId
    agent: AgentId


@dataclass(frozen=True, slots=True)
class TransferAsked:
    """The agent passes the caller on, blind; `to_kind` is agent or group."""

    call: CallId
    agent: AgentId
    to_kind: str
    to: str


@dataclass(frozen=True, slots=True)
class CallTransferred:
    """The caller was passed on; waits again, with the place first earned."""

    call: CallId
    agent: AgentId
    to_kind: str
    to: str


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
class AgentSignedIn:
    """An agent began work with a phone: browser or phone; starts on break."""

    agent: AgentId
    phone: str
    endpoint: str
    site: str = ""


@dataclass(frozen=True, slots=True)
class AgentSignedOut:
    """An agent ended work: asked, page_gone, disabled."""

    agent: AgentId
    why: str


@dataclass(frozen=True, slots=True)
class AgentReadied:
    """The agent says ready; during a call it holds for afterwards."""

    agent: AgentId


@dataclass(frozen=True, slots=True)
class AgentPaused:
    """The agent takes a break for a reason; `forced` when the system put it there."""

    agent: AgentId
    reason: str
    forced: bool = False


@dataclass(frozen=True, slots=True)
class PhoneReachable:
    """The PBX can reach this endpoint."""

    endpoint: str


@dataclass(frozen=True, slots=True)
class PhoneLost:
    """The PBX can no longer reach this endpoint."""

    endpoint: str


@dataclass(frozen=True, slots=True)
class SurveyInvited:
    """The caller was asked to rate."""

    call: CallId
    agent: AgentId


@dataclass(frozen=True, slots=True)
class SurveyAnswered:
    """The caller rated the service, 1 (worst) to 5."""

    call: CallId
    agent: AgentId
    score: int


@dataclass(frozen=True, slots=True)
class SurveySkipped:
    """No rating: caller_hung_up, no_input, invalid, switched_off, not_answered, error."""

    call: CallId
    agent: AgentId
    reason: str


@dataclass(frozen=True, slots=True)
class RecordingKept:
    """A finished recording; `file` is relative to the recordings folder."""

    call: CallId
    file: str
    seconds: float
    bytes: int
    sha256: str
    channels: int
    peaks: str = ""


@dataclass(frozen=True, slots=True)
class RecordingFailed:
    """A recording that should be there is not."""

    call: CallId
    reason: str


@dataclass(frozen=True, slots=True)
class CustomerLookedUp:
    """The CRM was asked who calls: found, unknown, slow, down or off."""

    call: CallId
    status: str
    ms: float
    customer: str = ""


@dataclass(frozen=True, slots=True)
class PopPainted:
    """The agent's page showed the card, `ms` after the reservation."""

    call: CallId
    agent: AgentId
    ms: float


@dataclass(frozen=True, slots=True)
class SummarySaved:
    """The agent filed the call: category, result, note."""

    call: CallId
    agent: AgentId
    category: str
    result: str
    note: str


@dataclass(frozen=True, slots=True)
class AnnouncementDue:
    """It is time to tell a waiting caller the place."""

    call: CallId


@dataclass(frozen=True, slots=True)
class EngineStarted:
    """An engine took over; commands of older epochs are void."""

    epoch: int
    config: int


@dataclass(frozen=True, slots=True)
class ConfigPublished:
    """The engine works by this version of the configuration from now on."""

    version: int


@dataclass(frozen=True, slots=True)
class PbxJoined:
    """The link to Asterisk is up and its picture was compared with ours."""

    generation: int


@dataclass(frozen=True, slots=True)
class PbxLeft:
    """The link to Asterisk is down; nothing is offered meanwhile."""

    why: str


Event = (
    CallArrived
    | StepEntered
    | KeyPressed
    | NoticeHeard
    | FlowEnded
    | GroupChosen
    | HoldReached
    | HoldKeyPressed
    | MessageLeft
    | CallFellBack
    | HungUp
    | CallEnded
    | CallLost
    | OfferMade
    | PhoneRang
    | OfferDeclined
    | DialFailed
    | OfferExpired
    | OfferFailed
    | OfferAnswered
    | TalkOver
    | TalkEnded
    | HoldAsked
    | RetrieveAsked
    | TalkHeld
    | TalkRetrieved
    | HangUpAsked
    | TransferAsked
    | CallTransferred
    | WrapUpStarted
    | WrapUpExtended
    | WrapUpDone
    | WrapUpExpired
    | WrapUpEnded
    | AgentSignedIn
    | AgentSignedOut
    | AgentReadied
    | AgentPaused
    | PhoneReachable
    | PhoneLost
    | SurveyInvited
    | SurveyAnswered
    | SurveySkipped
    | RecordingKept
    | RecordingFailed
    | CustomerLookedUp
    | PopPainted
    | SummarySaved
    | AnnouncementDue
    | EngineStarted
    | ConfigPublished
    | PbxJoined
    | PbxLeft
)

DERIVED = (OfferMade, OfferFailed, TalkEnded, TalkHeld, TalkRetrieved, CallTransferred)
DERIVED += (WrapUpStarted, WrapUpEnded)
"""What the core itself decided; a replay makes these again instead of reading them."""

KINDS: dict[str, type[Event]] = {kind.__name__: kind for kind in Event.__args__}


@dataclass(frozen=True, slots=True)
class Record:
    """One line of the journal: an event with its place and its two times."""

    seq: int
    mono: float
    utc_ms: int
    event: Event

    @property
    def kind(self) -> str:
        """Name the event's kind."""
        return type(self.event).__name__

    @property
    def call(self) -> str:
        """Name the call it belongs to, "" for none."""
        return getattr(self.event, "call", "")


def to_data(event: Event) -> dict[str, Any]:
    """Flatten an event to what JSON can hold."""
    return asdict(event)


def from_data(kind: str, data: dict[str, Any]) -> Event:
    """Read an event back; fields that a newer writer added are passed over."""
    known = {field.name for field in fields(KINDS[kind])}
    return KINDS[kind](**{key: value for key, value in data.items() if key in known})


def field_types(kind: str) -> dict[str, Any]:
    """Tell the types of an event's fields, for the documentation."""
    return get_type_hints(KINDS[kind])
