"""What is no longer kept: sound that was deleted, a person who was taken out of a call."""

from dataclasses import dataclass

from domain.ids import CallId


@dataclass(frozen=True, slots=True)
class SoundDropped:
    """The sound of a call was deleted; `kind` is talk or message, `why` expired or asked."""

    call: CallId
    kind: str
    why: str


@dataclass(frozen=True, slots=True)
class CallErased:
    """Whoever called was taken out of a call's facts; `name` stands for the number from now on.

    `why` is expired or asked. The facts before this one were written anew without the person.
    """

    call: CallId
    why: str
    name: str = ""
