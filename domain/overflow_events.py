"""What happened to a caller for whom waiting here made no sense: elsewhere, outside, called back.

A callback is a call of its own that waits in the line with the place of the call that asked for
it (`origin`); each attempt to reach the customer is one such call.
"""

from dataclasses import dataclass

from domain.ids import CallId, GroupId, OfferId

_NO_GROUP = GroupId("")


@dataclass(frozen=True, slots=True)
class OverflowDue:
    """A call may have waited for as long as its group lets it, or nobody is there for it."""

    call: CallId


@dataclass(frozen=True, slots=True)
class CallOverflowed:
    """The core sent a waiting call on by a rule of its group.

    `rule`: wait_s, length, estimate_s, nobody, max_length, max_wait_s, or key (the caller asked to
    be called back); `to_kind`: group, number, voicemail, callback or message.
    """

    call: CallId
    rule: str
    to_kind: str
    to: str = ""
    group: GroupId = _NO_GROUP


@dataclass(frozen=True, slots=True)
class TipDue:
    """It is time to tell a waiting caller the next tip, or that there are callbacks."""

    call: CallId


@dataclass(frozen=True, slots=True)
class OutsideDialled:
    """The rules allow it: the caller's own leg dials a number outside.

    `routes` are `trunk:number as dialled` in the order of trying, `caller_id` is what it sees;
    `record` is a path stem, "" = do not.
    """

    call: CallId
    number: str
    caller_id: str
    routes: tuple[str, ...] = ()
    record: str = ""


@dataclass(frozen=True, slots=True)
class OutsideAnswered:
    """The number outside took the call; they hear each other."""

    call: CallId
    trunk: str = ""


@dataclass(frozen=True, slots=True)
class OutsideEnded:
    """A number outside talks no more (`answered`), or was not reached: a word of `lines`."""

    call: CallId
    why: str
    cause: int = 0
    sip: int = 0
    said: str = ""


@dataclass(frozen=True, slots=True)
class CallbackQueued:
    """A callback stands in the line with the place of the call that asked for it (`origin`)."""

    call: CallId
    origin: CallId
    hotline: str
    number: str
    group: GroupId
    attempt: int = 1


@dataclass(frozen=True, slots=True)
class CallbackHeld:
    """The rules of calling people let nobody dial this callback before `again_s` seconds."""

    call: CallId
    offer: OfferId
    why: str
    again_s: float


@dataclass(frozen=True, slots=True)
class CallbackDue:
    """A callback that could not be dialled, or reached nobody, may be tried again."""

    call: CallId


@dataclass(frozen=True, slots=True)
class CallbackExpired:
    """A callback waited for as long as its group promises."""

    call: CallId


@dataclass(frozen=True, slots=True)
class CallbackCancelled:
    """Somebody of the firm struck a callback off the list; `by` is the login."""

    call: CallId
    by: str = ""


@dataclass(frozen=True, slots=True)
class CallbackLeft:
    """A callback waits no more, without having been dialled this time; `why` as below."""

    call: CallId
    why: str


@dataclass(frozen=True, slots=True)
class CallbackEnded:
    """What came of the callback that `call` asked for; `callback` was the last attempt.

    `why`: reached, not_reached, called_again, cancelled, expired or not_allowed.
    """

    call: CallId
    callback: CallId
    why: str
