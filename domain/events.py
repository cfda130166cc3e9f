"""Every event of the product in one union, and how a journal record carries it.

Events are frozen, in the past tense and without behaviour. Names and fields are an interface:
they are added to, never renamed. `asked` events are what a person pressed, the rest is what was
seen; `DERIVED` events are the core's own decisions.
"""

from dataclasses import asdict, dataclass, fields
from typing import Any, get_type_hints

from domain.agent_events import (
    AgentPaused as AgentPaused,
)
from domain.agent_events import (
    AgentReadied as AgentReadied,
)
from domain.agent_events import (
    AgentSignedIn as AgentSignedIn,
)
from domain.agent_events import (
    AgentSignedOut as AgentSignedOut,
)
from domain.agent_events import (
    ConfigPublished as ConfigPublished,
)
from domain.agent_events import (
    EngineStarted as EngineStarted,
)
from domain.agent_events import (
    PbxJoined as PbxJoined,
)
from domain.agent_events import (
    PbxLeft as PbxLeft,
)
from domain.agent_events import (
    PhoneLost as PhoneLost,
)
from domain.agent_events import (
    PhoneReachable as PhoneReachable,
)
from domain.agent_events import (
    WrapUpDone as WrapUpDone,
)
from domain.agent_events import (
    WrapUpEnded as WrapUpEnded,
)
from domain.agent_events import (
    WrapUpExpired as WrapUpExpired,
)
from domain.agent_events import (
    WrapUpExtended as WrapUpExtended,
)
from domain.agent_events import (
    WrapUpStarted as WrapUpStarted,
)
from domain.call_events import (
    AnnouncementDue as AnnouncementDue,
)
from domain.call_events import (
    CallArrived as CallArrived,
)
from domain.call_events import (
    CallEnded as CallEnded,
)
from domain.call_events import (
    CallFellBack as CallFellBack,
)
from domain.call_events import (
    CallLost as CallLost,
)
from domain.call_events import (
    CustomerLookedUp as CustomerLookedUp,
)
from domain.call_events import (
    FlowEnded as FlowEnded,
)
from domain.call_events import (
    GroupChosen as GroupChosen,
)
from domain.call_events import (
    HoldKeyPressed as HoldKeyPressed,
)
from domain.call_events import (
    HoldReached as HoldReached,
)
from domain.call_events import (
    HungUp as HungUp,
)
from domain.call_events import (
    KeyPressed as KeyPressed,
)
from domain.call_events import (
    MessageLeft as MessageLeft,
)
from domain.call_events import (
    NoticeHeard as NoticeHeard,
)
from domain.call_events import (
    RecordingFailed as RecordingFailed,
)
from domain.call_events import (
    RecordingKept as RecordingKept,
)
from domain.call_events import (
    StepEntered as StepEntered,
)
from domain.call_events import (
    SurveyAnswered as SurveyAnswered,
)
from domain.call_events import (
    SurveyInvited as SurveyInvited,
)
from domain.call_events import (
    SurveySkipped as SurveySkipped,
)
from domain.talk_events import (
    CallTransferred as CallTransferred,
)
from domain.talk_events import (
    DialFailed as DialFailed,
)
from domain.talk_events import (
    HangUpAsked as HangUpAsked,
)
from domain.talk_events import (
    HoldAsked as HoldAsked,
)
from domain.talk_events import (
    OfferAnswered as OfferAnswered,
)
from domain.talk_events import (
    OfferDeclined as OfferDeclined,
)
from domain.talk_events import (
    OfferExpired as OfferExpired,
)
from domain.talk_events import (
    OfferFailed as OfferFailed,
)
from domain.talk_events import (
    OfferMade as OfferMade,
)
from domain.talk_events import (
    PhoneRang as PhoneRang,
)
from domain.talk_events import (
    PopPainted as PopPainted,
)
from domain.talk_events import (
    RetrieveAsked as RetrieveAsked,
)
from domain.talk_events import (
    SummarySaved as SummarySaved,
)
from domain.talk_events import (
    TalkEnded as TalkEnded,
)
from domain.talk_events import (
    TalkHeld as TalkHeld,
)
from domain.talk_events import (
    TalkOver as TalkOver,
)
from domain.talk_events import (
    TalkRetrieved as TalkRetrieved,
)
from domain.talk_events import (
    TransferAsked as TransferAsked,
)

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

DERIVED = (
    OfferMade,
    OfferFailed,
    TalkEnded,
    TalkHeld,
    TalkRetrieved,
    CallTransferred,
    WrapUpStarted,
    WrapUpEnded,
)
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
