"""What happened between a caller and an agent: offers, talk, hold, transfer, summary."""

from dataclasses import dataclass

from domain.ids import AgentId, CallId, GroupId, OfferId


@dataclass(frozen=True, slots=True)
class OfferMade:
    """The core reserved an agent for a call. `why` is the why-trace of the decision.

    Where several are rung for one call, each has an offer, with numbers that follow each other;
    `together` is the number of the first. 0 = this agent is rung alone.
    """

    call: CallId
    agent: AgentId
    offer: OfferId
    group: GroupId
    ring_s: float
    record: str
    why: str
    together: int = 0


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
class RingEnded:
    """One of several phones that were rung together stopped ringing; the others go on.

    `status` as in `DialFailed`, which tells that no phone rings any more.
    """

    call: CallId
    agent: AgentId
    offer: OfferId
    status: str


@dataclass(frozen=True, slots=True)
class OfferExpired:
    """The engine's own deadline of an offer passed."""

    call: CallId
    offer: OfferId


@dataclass(frozen=True, slots=True)
class OfferFailed:
    """An offer ended unanswered: no_answer, declined, busy, unreachable, caller_left, cancelled,
    elsewhere (another of those who were rung together answered)."""

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
class TalkFound:
    """A talk is found that came about in the dialplan's own queue: an engine was away, or back."""

    call: CallId
    agent: AgentId


@dataclass(frozen=True, slots=True)
class TalkOver:
    """The agent's leg is gone and the caller's goes on to what comes after."""

    call: CallId


@dataclass(frozen=True, slots=True)
class LeftOnHold:
    """A caller is found on hold whose talk is over: to go on was decided, and never done."""

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
class AnswerAsked:
    """The agent pressed answer on the page: the ringing desk phone shall take the call."""

    call: CallId
    agent: AgentId


@dataclass(frozen=True, slots=True)
class PhoneHeld:
    """The hold key of the agent's own phone: the exchange plays music to the caller."""

    call: CallId
    agent: AgentId


@dataclass(frozen=True, slots=True)
class PhoneRetrieved:
    """The agent's own phone took the caller back."""

    call: CallId
    agent: AgentId


@dataclass(frozen=True, slots=True)
class PhoneSilent:
    """The phone of an agent in a talk is away and sends no audio: the page is gone, or anew."""

    call: CallId
    agent: AgentId


@dataclass(frozen=True, slots=True)
class PhoneResumed:
    """The agent's phone took the parked caller back by itself."""

    call: CallId
    agent: AgentId


@dataclass(frozen=True, slots=True)
class ResumeExpired:
    """The agent's phone did not come back in time for its talk."""

    call: CallId
    agent: AgentId


@dataclass(frozen=True, slots=True)
class TalkHeld:
    """The caller hears music, the agent silence; `why` is phone_lost when nobody asked for it."""

    call: CallId
    agent: AgentId
    why: str = ""


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
    """The agent passes the caller on, blind; `to_kind` is agent or group.

    `by` is page, or phone when the desk phone sent a REFER: the caller is on hold music already.
    """

    call: CallId
    agent: AgentId
    to_kind: str
    to: str
    by: str = "page"


@dataclass(frozen=True, slots=True)
class CallTransferred:
    """The caller was passed on; waits again, with the place first earned."""

    call: CallId
    agent: AgentId
    to_kind: str
    to: str


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
