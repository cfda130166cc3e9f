"""What a scenario says of callers who do not wait on: overflow, as groups.yaml has it; callbacks.

A caller is called back who asked for it: `share` of those who are offered it do, and each attempt
reaches the customer with the chance `reached`. Their phones ring `ring_s`.
"""

from collections.abc import Callable, Mapping
from math import inf, log
from typing import Annotated, Protocol

from pydantic import BaseModel, ConfigDict, Field, model_validator

from acd.rules import GroupRules, Overflow

Positive = Annotated[float, Field(gt=0, le=1e7)]
Share = Annotated[float, Field(ge=0, le=1)]
WHEN = ("wait_s", "length", "estimate_s", "nobody")
TO = ("group", "number", "voicemail", "callback", "message")
NEVER = 10**6
"""The attempt that would reach a customer who is never reached."""


class Part(BaseModel):
    """A piece of a scenario: nothing unknown in it, and it stays as it was read."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class When(Part):
    """When a rule holds: exactly one of these."""

    wait_s: float = Field(0, ge=0, le=7200)
    length: int = Field(0, ge=0, le=10_000)
    estimate_s: float = Field(0, ge=0, le=7200)
    nobody: bool = False

    @model_validator(mode="after")
    def _is_one(self) -> "When":
        _one_of(self, WHEN)
        return self


class Exit(Part):
    """Where the caller goes: exactly one of these."""

    group: str = ""
    number: str = ""
    voicemail: bool = False
    callback: bool = False
    message: str = ""

    @model_validator(mode="after")
    def _is_one(self) -> "Exit":
        _one_of(self, TO)
        return self


class Rule(Part):
    """When it holds, a waiting call goes there; the first that holds counts."""

    when: When
    to: Exit

    def overflow(self) -> Overflow:
        """Give it as the core takes it."""
        when, to = _named(self.when, WHEN), _named(self.to, TO)
        where = getattr(self.to, to)
        limit = 0.0 if when == "nobody" else float(getattr(self.when, when))
        return Overflow(when, limit, to, where if isinstance(where, str) else "")


class Callback(Part):
    """How callers of a group are called back, if they ask for it."""

    share: Share = 0.3
    reached: Share = 0.8
    ring_s: Positive = 20.0
    offer_s: Annotated[float, Field(ge=0, le=3600)] = 60.0
    """Key 1 is offered so often while waiting; 0 = only where overflow leads to a callback."""
    tries: int = Field(3, ge=1, le=10)
    retry_min: Positive = 5.0
    hours: Positive = 24.0

    def rules(self) -> Mapping[str, float | bool | int]:
        """Give the fields of a group's rules."""
        return {
            "callback": self.offer_s > 0,
            "tip_s": self.offer_s,
            "callback_tries": self.tries,
            "callback_retry_s": 60 * self.retry_min,
            "callback_s": 3600 * self.hours,
        }

    def draws(self, asks: "Chance", reached: "Chance") -> Callable[[], int]:
        """Give a function that draws at which attempt a caller is reached, 0 = does not ask."""
        missed = log(1 - self.reached) if self.reached < 1 else -inf

        def draw() -> int:
            attempt = (
                NEVER if not missed else 1 + min(NEVER, int(log(1 - reached.random()) / missed))
            )
            return attempt if asks.random() < self.share else 0

        return draw


class Chance(Protocol):
    """A stream of random numbers, as `random.Random` is one."""

    def random(self) -> float: ...


def _named(part: Part, names: tuple[str, ...]) -> str:
    return next(name for name in names if getattr(part, name))


def _one_of(part: Part, names: tuple[str, ...]) -> None:
    if sum(bool(getattr(part, name)) for name in names) != 1:
        raise ValueError(f"says exactly one of {', '.join(names)}")


def leaves(rules: GroupRules) -> bool:
    """Tell whether callers of a group may go elsewhere than to an agent."""
    return bool(rules.overflow) or rules.callback
