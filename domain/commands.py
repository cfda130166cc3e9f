"""What to do: frozen, imperative. The core gives them, the edges carry them out."""

from dataclasses import dataclass

from domain.events import Event
from domain.ids import AgentId, CallId, Instant, OfferId
from domain.quick import quicken


@dataclass(frozen=True, slots=True)
class RingAgent:
    """Take the waiting caller to the agent's phone. `record` is a path stem, "" = do not.

    `more` are the phones that ring at the same time, their offers the numbers that follow.
    """

    call: CallId
    agent: AgentId
    endpoint: str
    offer: OfferId
    ring_s: float
    record: str
    more: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class StopRinging:
    """Stop one of several phones that ring together; the others ring on."""

    call: CallId
    endpoint: str


@dataclass(frozen=True, slots=True)
class TellWinner:
    """Let the caller's leg know whose phone of several was picked up."""

    call: CallId
    endpoint: str
    offer: OfferId


@dataclass(frozen=True, slots=True)
class RingBack:
    """Ring the agent's phone for a callback; once it is picked up the customer `to` is dialled."""

    call: CallId
    agent: AgentId
    endpoint: str
    offer: OfferId
    ring_s: float
    record: str
    to: str
    hotline: str


@dataclass(frozen=True, slots=True)
class BringBack:
    """Take the caller (ringing or talking) back to the hold music; the agent's leg ends."""

    call: CallId


@dataclass(frozen=True, slots=True)
class LeaveQueue:
    """Let who waits in the dialplan's own queue back to the music, unless an agent has answered."""

    call: CallId


@dataclass(frozen=True, slots=True)
class Announce:
    """Tell the waiting caller the place (1 = next) and the time still to wait, then music again.

    `high_s` 0 = no time is told; `nobody`: that no agent is there is; `kept`: first that the place
    from an earlier call was kept.
    """

    call: CallId
    place: int
    low_s: int = 0
    high_s: int = 0
    nobody: bool = False
    kept: bool = False


@dataclass(frozen=True, slots=True)
class Say:
    """Play one prompt to a waiting caller, then music again."""

    call: CallId
    prompt: str


@dataclass(frozen=True, slots=True)
class ParkCaller:
    """Part the two legs: the caller to music, the agent to silence."""

    call: CallId


@dataclass(frozen=True, slots=True)
class JoinCaller:
    """Put the parked caller back to the agent."""

    call: CallId


@dataclass(frozen=True, slots=True)
class ReleaseAgent:
    """Hang up the agent's leg; the caller goes on to what comes after."""

    call: CallId


@dataclass(frozen=True, slots=True)
class GoOn:
    """Take the caller to what comes after the talk."""

    call: CallId


@dataclass(frozen=True, slots=True)
class TakeAside:
    """Take a waiting caller to a conversation of its own: voicemail, callback, outside number."""

    call: CallId


@dataclass(frozen=True, slots=True)
class HangUp:
    """End the caller's leg."""

    call: CallId


@dataclass(frozen=True, slots=True)
class AwaitAgent:
    """Take the caller to music; the agent's leg is dead and ends."""

    call: CallId


@dataclass(frozen=True, slots=True)
class ResumeAgent:
    """Ring the phone of the agent whom the caller waits for; it picks up by itself."""

    call: CallId
    agent: AgentId
    endpoint: str
    offer: OfferId
    ring_s: float


@dataclass(frozen=True, slots=True)
class PlaceCall:
    """Ring the agent's own phone, then dial the other side over the routes, one after another.

    `routes` are `trunk:number as dialled`, `shown` the caller id on each of them (empty: the
    one `caller_id` on all); `record` is a path stem, "" = do not. For a callback the phone rings
    as for an `offer`, and who was called hears `hello` first.
    """

    call: CallId
    agent: AgentId
    endpoint: str
    routes: tuple[str, ...]
    caller_id: str
    ring_s: float
    record: str
    shown: tuple[str, ...] = ()
    offer: OfferId | None = None
    hello: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NotifyPhone:
    """Tell the agent's phone `talk` or `hold` within its call (SIP NOTIFY, RFC 6665).

    `endpoint` names the phone where several ring, "" = the one that the caller talks to.
    """

    call: CallId
    event: str
    endpoint: str = ""


@dataclass(frozen=True, slots=True)
class MuteRecording:
    """Let a recording that runs hear silence, or let it hear again."""

    call: CallId
    muted: bool


@dataclass(frozen=True, slots=True)
class WakeAt:
    """Tell me this event at that instant."""

    when: Instant
    event: Event


PbxCommand = (
    RingAgent
    | StopRinging
    | TellWinner
    | RingBack
    | BringBack
    | LeaveQueue
    | Announce
    | Say
    | ParkCaller
    | JoinCaller
    | ReleaseAgent
    | GoOn
    | HangUp
    | TakeAside
    | PlaceCall
    | AwaitAgent
    | ResumeAgent
    | NotifyPhone
    | MuteRecording
)
Command = PbxCommand | WakeAt
quicken(Command.__args__)
