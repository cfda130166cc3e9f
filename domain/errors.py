"""The tree of our exceptions. Foreign errors are turned into these once, at the border.

YingdaError
├── Refused            what somebody gave us is not acceptable; carries every fault at once
├── NotAllowed         the role has no right to it
├── NotFound           it does not exist (any more)
├── Conflict           somebody else changed it meanwhile, or it is not possible in this state
│   └── CallForbidden  a rule of calling people says no
├── Unavailable        a part we depend on does not answer; try again later
│   ├── Damaged        a file of ours cannot be believed any more
│   ├── PbxUnavailable
│   ├── EngineUnavailable
│   └── SpeechUnavailable
├── PbxRefused         Asterisk answered "Error"
├── BadAction          an AMI action that must not leave the house
└── CallerGone         the caller hung up while we talked to them
"""

from dataclasses import dataclass


class YingdaError(Exception):
    """Anything that we say no with; `code` is part of the HTTP interface, never renamed."""

    code = "error"


@dataclass(frozen=True, slots=True)
class Fault:
    """One mistake in something that a person wrote, and where it stands."""

    file: str
    line: int
    key: str
    text: str

    def __str__(self) -> str:
        """Show as `file:line: key: text`, the form that editors jump to."""
        place = f"{self.file}:{self.line}" if self.line else self.file
        return f"{place}: {self.key}: {self.text}" if self.key else f"{place}: {self.text}"


class Refused(YingdaError):
    """What was given is not acceptable; every fault is listed."""

    code = "refused"

    def __init__(self, *faults: Fault) -> None:
        super().__init__("\n".join(str(fault) for fault in faults))
        self.faults = faults


class NotAllowed(YingdaError):
    """The role has no right to it."""

    code = "not_allowed"


class NotFound(YingdaError):
    """It does not exist, or no longer."""

    code = "not_found"


class Conflict(YingdaError):
    """It is not possible in this state."""

    code = "conflict"


class CallForbidden(Conflict):
    """This call out may not be made; `why` is a word of `lines.permission`, in both languages."""

    code = "call_refused"

    def __init__(self, why: str, zh: str, en: str) -> None:
        super().__init__(en)
        self.why, self.zh, self.en = why, zh, en


class Unavailable(YingdaError):
    """A part we depend on does not answer."""

    code = "unavailable"


class Damaged(Unavailable):
    """A file of ours cannot be believed any more; whoever opens it next mends it."""


class PbxUnavailable(Unavailable):
    """Asterisk does not answer, or its link is down."""

    code = "pbx_unavailable"


class EngineUnavailable(Unavailable):
    """The engine process does not answer."""

    code = "engine_unavailable"


class SpeechUnavailable(Unavailable):
    """No engine can speak this text."""

    code = "speech_unavailable"


class PbxRefused(YingdaError):
    """Asterisk answered an action with an error."""

    code = "pbx_refused"


class BadAction(YingdaError):
    """An AMI action or AGI command that must not leave the house."""

    code = "bad_action"


class CallerGone(YingdaError):
    """The caller hung up while we talked to them."""

    code = "caller_gone"
