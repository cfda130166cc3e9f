"""Every event of the product in one union, and how a journal record carries it.

Events are frozen, in the past tense and without behaviour. Names and fields are an interface:
they are added to, never renamed. `asked` events are what a person pressed, the rest is what was
seen; `DERIVED` events are the core's own decisions.
"""

from dataclasses import dataclass, fields
from typing import Any, get_type_hints

from domain.agent_events import (
    AgentAutoPaused as AgentAutoPaused,
    AgentPaused as AgentPaused,
    AgentReadied as AgentReadied,
    AgentSignedIn as AgentSignedIn,
    AgentSignedOut as AgentSignedOut,
    ClockStepped as ClockStepped,
    ConfigPublished as ConfigPublished,
    DayBegan as DayBegan,
    EngineStarted as EngineStarted,
    IncidentOver as IncidentOver,
    IncidentSeen as IncidentSeen,
    JournalMended as JournalMended,
    PbxJoined as PbxJoined,
    PbxLeft as PbxLeft,
    PhoneGraceOver as PhoneGraceOver,
    PhoneLost as PhoneLost,
    PhoneReachable as PhoneReachable,
    StateHealed as StateHealed,
    WrapUpDone as WrapUpDone,
    WrapUpEnded as WrapUpEnded,
    WrapUpExpired as WrapUpExpired,
    WrapUpExtended as WrapUpExtended,
    WrapUpStarted as WrapUpStarted,
)
from domain.call_events import (
    AgentChosen as AgentChosen,
    AnnouncementDue as AnnouncementDue,
    CallArrived as CallArrived,
    CallBlocked as CallBlocked,
    CalledNumberUnknown as CalledNumberUnknown,
    CallEnded as CallEnded,
    CallFellBack as CallFellBack,
    CallLost as CallLost,
    CallRefused as CallRefused,
    CallWidened as CallWidened,
    CoolDownOver as CoolDownOver,
    CustomerLookedUp as CustomerLookedUp,
    EdgeTaken as EdgeTaken,
    FallbackTold as FallbackTold,
    FlowEnded as FlowEnded,
    GroupChosen as GroupChosen,
    HoldKeyPressed as HoldKeyPressed,
    HoldReached as HoldReached,
    HungUp as HungUp,
    KeyPressed as KeyPressed,
    LegMeasured as LegMeasured,
    LegOpened as LegOpened,
    MessageKept as MessageKept,
    MessageLeft as MessageLeft,
    NeedsDropped as NeedsDropped,
    NoticeHeard as NoticeHeard,
    PlaceKept as PlaceKept,
    RecordingFailed as RecordingFailed,
    RecordingKept as RecordingKept,
    StepDue as StepDue,
    StepEntered as StepEntered,
    SurveyAnswered as SurveyAnswered,
    SurveyInvited as SurveyInvited,
    SurveySkipped as SurveySkipped,
    WaitQuoted as WaitQuoted,
)
from domain.flow_events import (
    CallbackAsked as CallbackAsked,
    HttpAsked as HttpAsked,
    LanguageChosen as LanguageChosen,
    OutsideChosen as OutsideChosen,
    SecretBegan as SecretBegan,
    SecretEnded as SecretEnded,
)
from domain.hand_events import (
    AgentForced as AgentForced,
    CallMoved as CallMoved,
    CallPicked as CallPicked,
    DrainBegan as DrainBegan,
    DrainEnded as DrainEnded,
    HotlineSwitched as HotlineSwitched,
    PriorityChanged as PriorityChanged,
)
from domain.keeping_events import CallErased as CallErased, SoundDropped as SoundDropped
from domain.out_events import (
    DialAsked as DialAsked,
    DialBegan as DialBegan,
    DialEnded as DialEnded,
    DialRefused as DialRefused,
    FarAnswered as FarAnswered,
    FarRang as FarRang,
    RouteFailed as RouteFailed,
)
from domain.overflow_events import (
    CallbackCancelled as CallbackCancelled,
    CallbackDue as CallbackDue,
    CallbackEnded as CallbackEnded,
    CallbackExpired as CallbackExpired,
    CallbackHeld as CallbackHeld,
    CallbackLeft as CallbackLeft,
    CallbackQueued as CallbackQueued,
    CallOverflowed as CallOverflowed,
    OutsideAnswered as OutsideAnswered,
    OutsideDialled as OutsideDialled,
    OutsideEnded as OutsideEnded,
    OverflowDue as OverflowDue,
    TipDue as TipDue,
)
from domain.quick import quicken
from domain.talk_events import (
    AnswerAsked as AnswerAsked,
    CallTransferred as CallTransferred,
    DialFailed as DialFailed,
    HangUpAsked as HangUpAsked,
    HoldAsked as HoldAsked,
    LeftOnHold as LeftOnHold,
    OfferAnswered as OfferAnswered,
    OfferDeclined as OfferDeclined,
    OfferExpired as OfferExpired,
    OfferFailed as OfferFailed,
    OfferMade as OfferMade,
    PhoneHeld as PhoneHeld,
    PhoneRang as PhoneRang,
    PhoneResumed as PhoneResumed,
    PhoneRetrieved as PhoneRetrieved,
    PhoneSilent as PhoneSilent,
    PopPainted as PopPainted,
    ResumeExpired as ResumeExpired,
    RetrieveAsked as RetrieveAsked,
    RingEnded as RingEnded,
    SummarySaved as SummarySaved,
    TalkEnded as TalkEnded,
    TalkFound as TalkFound,
    TalkHeld as TalkHeld,
    TalkOver as TalkOver,
    TalkRetrieved as TalkRetrieved,
    TransferAsked as TransferAsked,
)

Event = (
    CallArrived
    | StepEntered
    | EdgeTaken
    | KeyPressed
    | NoticeHeard
    | FlowEnded
    | GroupChosen
    | AgentChosen
    | LanguageChosen
    | HttpAsked
    | SecretBegan
    | SecretEnded
    | OutsideChosen
    | CallbackAsked
    | HoldReached
    | HoldKeyPressed
    | MessageLeft
    | MessageKept
    | CallFellBack
    | FallbackTold
    | HungUp
    | CallEnded
    | CallLost
    | OfferMade
    | PhoneRang
    | OfferDeclined
    | DialFailed
    | RingEnded
    | OfferExpired
    | OfferFailed
    | OfferAnswered
    | TalkFound
    | TalkOver
    | LeftOnHold
    | TalkEnded
    | HoldAsked
    | RetrieveAsked
    | AnswerAsked
    | PhoneHeld
    | PhoneRetrieved
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
    | PhoneGraceOver
    | SurveyInvited
    | SurveyAnswered
    | SurveySkipped
    | RecordingKept
    | RecordingFailed
    | CustomerLookedUp
    | PopPainted
    | SummarySaved
    | AnnouncementDue
    | WaitQuoted
    | CoolDownOver
    | AgentAutoPaused
    | EngineStarted
    | JournalMended
    | ClockStepped
    | ConfigPublished
    | PbxJoined
    | PbxLeft
    | CalledNumberUnknown
    | CallBlocked
    | CallRefused
    | LegOpened
    | LegMeasured
    | DialAsked
    | DialRefused
    | DialBegan
    | FarRang
    | RouteFailed
    | FarAnswered
    | DialEnded
    | IncidentSeen
    | IncidentOver
    | PhoneSilent
    | PhoneResumed
    | ResumeExpired
    | StepDue
    | CallWidened
    | DayBegan
    | PlaceKept
    | NeedsDropped
    | StateHealed
    | CallPicked
    | CallMoved
    | PriorityChanged
    | AgentForced
    | HotlineSwitched
    | CallOverflowed
    | CallbackCancelled
    | CallbackDue
    | CallbackEnded
    | CallbackExpired
    | CallbackHeld
    | CallbackLeft
    | CallbackQueued
    | OutsideAnswered
    | OutsideDialled
    | OutsideEnded
    | OverflowDue
    | TipDue
    | DrainBegan
    | DrainEnded
    | SoundDropped
    | CallErased
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
    AgentAutoPaused,
    CallWidened,
    WaitQuoted,
    PlaceKept,
    CallOverflowed,
    CallbackQueued,
    CallbackLeft,
    CallbackEnded,
    NeedsDropped,
)
"""What the core itself decided; a replay makes these again instead of reading them."""

KINDS: dict[str, type[Event]] = {kind.__name__: kind for kind in Event.__args__}
quicken(KINDS.values())
NAMES = {kind: tuple(field.name for field in fields(kind)) for kind in KINDS.values()}
"""Each kind's fields; `dataclasses.asdict` takes ten times as long for what is flat."""


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
    """Flatten an event to what JSON can hold: its fields are texts, numbers and tuples of them."""
    return {name: getattr(event, name) for name in NAMES[type(event)]}


def from_data(kind: str, data: dict[str, Any]) -> Event:
    """Read an event back; fields that a newer writer added are passed over."""
    known = NAMES[KINDS[kind]]
    return KINDS[kind](**{key: _frozen(value) for key, value in data.items() if key in known})


def _frozen(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value  # JSON knows no tuples


def field_types(kind: str) -> dict[str, Any]:
    """Tell the types of an event's fields, for the documentation."""
    return get_type_hints(KINDS[kind])
