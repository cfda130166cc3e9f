"""Where callers of a group go when waiting makes no sense (溢出), as the configuration says it."""

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import Field, model_validator

from office.kinds import Id, Person, fits
from office.part import Part
from office.texts import both

TO = ("group", "number", "voicemail", "callback", "message")
Prompt = Annotated[
    str, fits(r"[A-Za-z0-9_/-]{1,64}", "应为提示音名字", "must be the name of a prompt")
]


class Exit(Part):
    """One place to go to: another group, a number outside, voicemail, a callback, a message."""

    group: Id | Literal[""] = ""
    number: Person = ""
    voicemail: bool = False
    callback: bool = False
    message: Prompt | Literal[""] = ""

    @model_validator(mode="after")
    def _is_one(self) -> "Exit":
        if sum(bool(getattr(self, name)) for name in TO) != 1:
            zh, en = "去向必须正好写一个", "says exactly one of"
            raise ValueError(both(f"{zh}：{'、'.join(TO)}", f"{en} {', '.join(TO)}"))
        return self

    @property
    def kind(self) -> str:
        """Name which of the places it is."""
        return next(name for name in TO if getattr(self, name))

    @property
    def to(self) -> str:
        """Give the group, number or prompt; "" for the others."""
        value = getattr(self, self.kind)
        return value if isinstance(value, str) else ""


class When(Part):
    """When a rule holds: after a wait, at a length or an estimate, or when nobody is signed in."""

    wait_s: int = Field(0, ge=0, le=7200)
    length: int = Field(0, ge=0, le=10_000)
    estimate_s: int = Field(0, ge=0, le=7200)
    nobody: bool = False

    @model_validator(mode="after")
    def _is_one(self) -> "When":
        if sum(map(bool, (self.wait_s, self.length, self.estimate_s, self.nobody))) != 1:
            zh = "条件必须正好写一个：wait_s、length、estimate_s、nobody"
            raise ValueError(both(zh, "says exactly one of wait_s, length, estimate_s, nobody"))
        return self

    @property
    def kind(self) -> str:
        """Name which of the conditions it is."""
        names = ("wait_s", "length", "estimate_s", "nobody")
        return next(name for name in names if getattr(self, name))

    @property
    def limit(self) -> float:
        """Give its seconds or number of callers; 0 for nobody."""
        return 0.0 if self.nobody else float(getattr(self, self.kind))


class Overflow(Part):
    """A rule: when it holds, a waiting call goes there; the first that holds counts."""

    when: When
    to: Exit


SORRY = Exit(message="fallback_sorry")


class Waiting(Part):
    """What happens to those who wait for a group; times in seconds unless the name says else.

    Past `max_length` callers who come go to `full_to`, past `max_wait_s` those who wait go to
    `late_to`; 0 = no limit. One of `tips` is told every `tip_s`. With `callback` key 1 asks for a
    call back, tried `callback_tries` times, `callback_retry_min` apart, for `callback_hours`.
    """

    overflow: tuple[Overflow, ...] = ()
    max_length: int = Field(0, ge=0, le=10_000)
    full_to: Exit = SORRY
    max_wait_s: int = Field(0, ge=0, le=14_400)
    late_to: Exit = SORRY
    tips: tuple[Prompt, ...] = ()
    tip_s: int = Field(60, ge=15, le=3600)
    callback: bool = False
    callback_tries: int = Field(3, ge=1, le=10)
    callback_retry_min: int = Field(5, ge=1, le=240)
    callback_hours: int = Field(24, ge=1, le=48)

    def exits(self) -> Iterator[tuple[tuple[str | int, ...], Exit]]:
        """List every place where a caller of this group may go, and where that is written."""
        for n, rule in enumerate(self.overflow):
            yield ("overflow", n, "to"), rule.to
        if self.max_length:
            yield ("full_to",), self.full_to
        if self.max_wait_s:
            yield ("late_to",), self.late_to
