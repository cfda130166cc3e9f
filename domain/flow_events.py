"""What a flow did beyond its steps: language, questions to other systems, secrets, ways out."""

from dataclasses import dataclass

from domain.ids import CallId, GroupId

_NO_CALL = CallId("")


@dataclass(frozen=True, slots=True)
class LanguageChosen:
    """The caller chose a language; every prompt of the call is in it from now on."""

    call: CallId
    language: str


@dataclass(frozen=True, slots=True)
class HttpAsked:
    """The flow asked another system; status 0 = no answer (time-out, breaker, refused)."""

    call: CallId
    node: str
    status: int
    ms: float


@dataclass(frozen=True, slots=True)
class SecretBegan:
    """The caller is asked for a secret: no recording hears the line until `SecretEnded`."""

    call: CallId
    node: str


@dataclass(frozen=True, slots=True)
class SecretEnded:
    """The secret was given, or not."""

    call: CallId
    node: str


@dataclass(frozen=True, slots=True)
class OutsideChosen:
    """The flow puts the caller through to an outside number, rung for `ring_s`."""

    call: CallId
    number: str
    node: str
    ring_s: float = 30.0


@dataclass(frozen=True, slots=True)
class CallbackAsked:
    """The caller wants to be called back by a group, at this number's key.

    `callback` is the id of the call that waits in the line from now on.
    """

    call: CallId
    group: GroupId
    number: str
    priority: int = 5
    intent: str = ""
    callback: CallId = _NO_CALL
