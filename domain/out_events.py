"""What happened on a call out: asked, permitted or refused, ringing, answered or not reached."""

from dataclasses import dataclass

from domain.ids import AgentId, CallId


@dataclass(frozen=True, slots=True)
class DialAsked:
    """An agent calls somebody, and the rules allow it.

    `to` is the number's key, `routes` are `trunk:number as dialled` in the order of trying,
    `caller_id` is what the other side sees (`shown`: on each route, when they differ), `consent`
    says why we may call, `record` is a path stem ("" = do not).
    """

    call: CallId
    agent: AgentId
    hotline: str
    to: str
    caller_id: str
    routes: tuple[str, ...]
    consent: str = ""
    brand: str = ""
    shown: tuple[str, ...] = ()
    record: str = ""


@dataclass(frozen=True, slots=True)
class DialRefused:
    """A call out was refused before dialling; `why` is a word of `lines.permission`."""

    agent: AgentId
    hotline: str
    to: str
    why: str


@dataclass(frozen=True, slots=True)
class DialBegan:
    """The agent's own phone was picked up: the other side is dialled now."""

    call: CallId


@dataclass(frozen=True, slots=True)
class FarRang:
    """The other side rings, or plays early media (SIP 180 or 183)."""

    call: CallId
    trunk: str


@dataclass(frozen=True, slots=True)
class RouteFailed:
    """One trunk could not carry the call (Q.850 cause, SIP status); the next one is tried."""

    call: CallId
    trunk: str
    cause: int
    sip: int = 0


@dataclass(frozen=True, slots=True)
class FarAnswered:
    """The other side took the call; they hear each other."""

    call: CallId
    trunk: str = ""


@dataclass(frozen=True, slots=True)
class DialEnded:
    """Nobody was reached. `why` is a word of `lines.causes`, `by` who gave up: far, agent.

    `said` is the carrier's own text beside the status, as it came: up to 60 printable signs.
    """

    call: CallId
    why: str
    cause: int = 0
    sip: int = 0
    by: str = "far"
    said: str = ""
