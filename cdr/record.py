"""The call record (话单) and its segments: what a fold gives and rows keep. Pure."""

from dataclasses import dataclass

OUTCOMES = (
    "answered",
    "abandoned_ivr",
    "abandoned_queue",
    "abandoned_ring",
    "closed",
    "nobody",
    "voicemail",
    "overflowed",
    "outside",
    "callback",
    "contained",
    "blocked",
    "fallback",
    "not_reached",
    "lost",
)
"""Every way a call can end; `None` in a record means that it still goes on."""


@dataclass(frozen=True, slots=True)
class Segment:
    """One stretch of a call. Times are UTC ms; `ms` is net of what lies inside (hold in talk)."""

    n: int
    kind: str
    started: int
    ended: int | None
    ms: int
    group: str = ""
    agent: str = ""
    node: str = ""
    keys: str = ""
    result: str = ""
    by: str = ""
    offer: int | None = None
    ring_ms: int | None = None


@dataclass(frozen=True, slots=True)
class CallRecord:
    """One call. Durations are ms; ivr, wait, ring, dial, talk and hold never overlap, wrap comes
    after.

    `wait_ms` is waiting without ringing: what the caller waited in all is wait + ring. On a call
    out (`direction` is out) `caller` is the customer, `called` the number that the customer saw;
    `reason` is a word of `lines.causes` and `sip` the status when nobody was reached. `pressed`
    counts the keys of the menu; `arm` is canary or main while a flow was on trial.
    `linked` is the callback of a call in, and the call in of a callback; for a call in `reason`
    then says what came of it. `notice` are the recording notices that were played, each as
    `prompt@version`, `notice_ms` how long they were heard, `notice_cut`: hung up before the end.
    """

    call: str
    seq: int
    started: int
    ended: int | None = None
    hotline: str = ""
    brand: str = ""
    called: str = ""
    caller: str = ""
    caller_raw: str = ""
    caller_name: str = ""
    trunk: str = ""
    flow: str = ""
    flow_version: int = 0
    outcome: str | None = None
    group: str = ""
    agent: str = ""
    intent: str = ""
    by: str = ""
    cause: int | None = None
    entered: int | None = None
    answered: int | None = None
    ivr_ms: int = 0
    wait_ms: int = 0
    ring_ms: int = 0
    talk_ms: int = 0
    hold_ms: int = 0
    wrap_ms: int = 0
    total_ms: int = 0
    offers: int = 0
    score: int | None = None
    has_recording: bool = False
    has_message: bool = False
    customer: str = ""
    customer_status: str = ""
    summary_category: str = ""
    summary_result: str = ""
    summary_note: str = ""
    summary_agent: str = ""
    direction: str = "in"
    reason: str = ""
    sip: int = 0
    sip_id: str = ""
    withheld: bool = False
    consent: str = ""
    dial_ms: int = 0
    linked: str = ""
    pressed: int = 0
    arm: str = ""
    notice: str = ""
    notice_ms: int = 0
    notice_cut: bool = False
    segments: tuple[Segment, ...] = ()
