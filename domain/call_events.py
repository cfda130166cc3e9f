"""What happened to a caller: arrival, keys, waiting, message, rating, recording, end."""

from dataclasses import dataclass

from domain.ids import AgentId, CallId, GroupId


@dataclass(frozen=True, slots=True)
class CallArrived:
    """A call reached a hotline. `caller` is the number's key, "" when unknown.

    `withheld`: the caller asked for privacy (RFC 3323): the key may route, no page shows it.
    `sip_id` is the Call-ID on the wire. `arm` is canary or main while a flow is on trial.
    """

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
    withheld: bool = False
    sip_id: str = ""
    arm: str = ""


@dataclass(frozen=True, slots=True)
class CalledNumberUnknown:
    """No hotline owns the called number: the default hotline takes the call."""

    call: CallId
    called: str
    trunk: str


@dataclass(frozen=True, slots=True)
class CallRefused:
    """A trunk's call was not let in: more calls at once than its limit."""

    trunk: str
    cause: int


@dataclass(frozen=True, slots=True)
class CallBlocked:
    """A caller of the blacklist was turned away; `do`: reject (busy) or message."""

    call: CallId
    do: str = "reject"


@dataclass(frozen=True, slots=True)
class LegOpened:
    """A leg got its SIP Call-ID; `side` is caller, agent or far."""

    call: CallId
    side: str
    sip_id: str
    endpoint: str = ""


@dataclass(frozen=True, slots=True)
class LegMeasured:
    """The RTP of a leg when it ended, in packets; jitter in ms."""

    call: CallId
    side: str
    received: int
    sent: int
    lost: int
    jitter_ms: float


@dataclass(frozen=True, slots=True)
class StepEntered:
    """The flow reached a node; `flow` is the text that the node stands in."""

    call: CallId
    node: str
    kind: str
    flow: str = ""


@dataclass(frozen=True, slots=True)
class EdgeTaken:
    """The flow took this branch of this node, also one that stays there (a wrong key)."""

    call: CallId
    node: str
    label: str
    flow: str = ""


@dataclass(frozen=True, slots=True)
class KeyPressed:
    """The caller pressed keys at a node; "" is silence until the time-out."""

    call: CallId
    node: str
    digits: str
    meant: str = ""


@dataclass(frozen=True, slots=True)
class NoticeHeard:
    """The caller heard the recording notice, for so long; not `whole`: hung up before its end.

    `version` is the beginning of the SHA-256 of the sound that was played, "" = not known.
    """

    call: CallId
    prompt: str
    seconds: float
    version: str = ""
    whole: bool = True


@dataclass(frozen=True, slots=True)
class FlowEnded:
    """The flow let go: contained, closed, nobody, voicemail, group, blocked, hang_up."""

    call: CallId
    outcome: str


@dataclass(frozen=True, slots=True)
class GroupChosen:
    """The flow sends the caller to a skill group; a lower priority number is served earlier.

    `head_start_s` counts as waited already: the weight of a hotline, a place kept on a redial.
    `preferred` is the agent whom the call waits for first, where the group is sticky.
    `needs` (as in domain/needs.py) is asked of the agent beside what the group asks for.
    """

    call: CallId
    group: GroupId
    priority: int = 5
    intent: str = ""
    head_start_s: float = 0.0
    preferred: str = ""
    needs: str = ""


@dataclass(frozen=True, slots=True)
class AgentChosen:
    """The flow sends the caller to one agent, and after `wait_s` seconds to the group."""

    call: CallId
    agent: AgentId
    group: GroupId
    wait_s: float
    priority: int = 5
    intent: str = ""
    head_start_s: float = 0.0


@dataclass(frozen=True, slots=True)
class StepDue:
    """A call has waited so long that its group asks for less; step 0 = no preferred agent now."""

    call: CallId
    step: int


@dataclass(frozen=True, slots=True)
class CallWidened:
    """The core let more agents take a waiting call: the step reached, and what it needs now."""

    call: CallId
    step: int
    needs: str


@dataclass(frozen=True, slots=True)
class NeedsDropped:
    """Nobody could ever meet what a flow asked for a call: only what its group asks for counts."""

    call: CallId
    group: GroupId
    needs: str


@dataclass(frozen=True, slots=True)
class PlaceKept:
    """A caller who gave up called again soon: waits as if since `since_s` before this call."""

    call: CallId
    group: GroupId
    since_s: float


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
class AnnouncementDue:
    """It is time to tell a waiting caller the place."""

    call: CallId


@dataclass(frozen=True, slots=True)
class WaitQuoted:
    """The core told a waiting caller the place and that it will take low_s to high_s seconds more.

    `about_s` is what is expected; `agents` 0 = nobody was there to wait for, so no time was told.
    """

    call: CallId
    place: int
    low_s: int
    high_s: int
    about_s: int = 0
    group: str = ""
    agents: int = 0


@dataclass(frozen=True, slots=True)
class CoolDownOver:
    """A pair that was kept apart after a failed offer may be tried again."""

    call: CallId


@dataclass(frozen=True, slots=True)
class MessageLeft:
    """The caller left a voicemail; `file` is relative to the recordings folder."""

    call: CallId
    box: str
    file: str
    seconds: float


@dataclass(frozen=True, slots=True)
class CallFellBack:
    """The dialplan gave up on the engine and took the caller to its own queue.

    `talks`: there with somebody of whom we know nothing; the call is let be until it ends.
    `queued`: waiting in that queue, or on the way into it; else elsewhere, by mistake.
    """

    call: CallId
    talks: bool = False
    queued: bool = False


@dataclass(frozen=True, slots=True)
class FallbackTold:
    """What the dialplan wrote down of a call in its own queue while no engine heard.

    UTC ms, 0 = that never was: it came, fell back, an agent took it, the agent hung up, it left.
    `alone`: no flow of ours ever met this caller. Without `left_ms` Asterisk ended in the call.
    """

    call: CallId
    came_ms: int
    fell_ms: int
    took_ms: int = 0
    over_ms: int = 0
    left_ms: int = 0
    group: str = ""
    agent: str = ""
    alone: bool = False


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
class MessageKept:
    """The audio of a voicemail is finished; `file` is relative to the recordings folder."""

    call: CallId
    file: str
    seconds: float
    bytes: int
    sha256: str
    channels: int


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
