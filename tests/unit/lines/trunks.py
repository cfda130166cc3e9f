"""A line, a set of rules and an empty history, as the tests of calls out need them."""

from dataclasses import dataclass, replace
from typing import Any

from lines import Allowed, Ask, DialCounts, Refused, Rules, may_call

HOTLINE = "4008000001"
SHOWN = "02861234567"
NOON = 1_767_240_000_000
"""2026-01-01 12:00 in China, UTC ms."""


@dataclass(frozen=True, slots=True)
class Wire:
    """A trunk as far as calls out know it."""

    name: str = "a"
    area_code: str = "028"
    numbers: tuple[str, ...] = (SHOWN,)
    dial_mobile: str = "{e}"
    dial_local: str = "{n}"
    dial_long: str = "{n}"
    dial_service: str = "{e}"
    dial_abroad: str = ""


RULES = Rules(
    enabled=True,
    quiet=(),
    needs_consent=False,
    own=frozenset({HOTLINE, "02800000001"}),
    caller_ids={HOTLINE: (SHOWN,), "4008000002": ()},
    lines=(Wire(),),
)


def ask_for(
    to: str,
    counts: DialCounts | None = None,
    at: int = NOON,
    asked: tuple[str, str, str] = ("8001", HOTLINE, ""),
    **rules: Any,
) -> Allowed | Refused:
    """Ask once; `asked` is agent, hotline, consent, the rest changes the rules."""
    agent, hotline, consent = asked
    ask = Ask(agent, to, hotline, consent)
    return may_call(ask, replace(RULES, **rules), counts or DialCounts(), at)


def why(answer: Allowed | Refused) -> str:
    """Give the word of a refusal, "" when allowed."""
    return answer.why if isinstance(answer, Refused) else ""
