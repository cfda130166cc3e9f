"""What is sent to one receiver, and when: merged, rate-limited, tried again. Pure.

The first message goes at once; what follows within `merge_s` is one message. No receiver gets
more than `per_minute` (the robots of 企业微信 and 钉钉 stop listening at 20), and one that is down
is asked ever more rarely and never waited for.
"""

from collections.abc import Sequence
from dataclasses import dataclass

TRIES_S = (5, 15, 60, 180, 600, 900)
"""Seconds after the first, second, … failure; the last one holds for all that follow."""
GIVEN_UP_MS = 24 * 3_600_000
"""A message this old is not news any more."""
AT_ONCE = 20
"""Messages merged into one; the rest follows."""
MINUTE_MS = 60_000


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast a kind of receiver may be told."""

    merge_s: float
    per_minute: int
    at_once: int = AT_ONCE


PACES = {
    "mail": Pace(10, 10),
    "webhook": Pace(0, 20, 1),
    "wecom": Pace(5, 18),
    "dingtalk": Pace(5, 18),
    "sms": Pace(30, 6),
}
"""By kind of receiver; an SMS costs money and rings in the night."""


@dataclass(frozen=True, slots=True)
class Notice:
    """One thing to tell one receiver, as it was said; times UTC ms."""

    id: str
    receiver: str
    kind: str
    incident: str
    due: int
    made: int
    body: str


@dataclass(frozen=True, slots=True)
class Line:
    """What is known of one receiver: when it was told lately, how often it failed in a row."""

    sent: tuple[int, ...] = ()
    failures: int = 0
    tried: int = 0
    last_ok: int = 0
    last_error: str = ""

    def went(self, now: int) -> "Line":
        """Note a success."""
        lately = tuple(at for at in self.sent if 0 <= now - at < MINUTE_MS)
        return Line((*lately, now), 0, now, now, "")

    def failed(self, now: int, why: str) -> "Line":
        """Note a failure."""
        lately = tuple(at for at in self.sent if 0 <= now - at < MINUTE_MS)
        return Line((*lately, now), self.failures + 1, now, self.last_ok, why[:200])


def due(waiting: Sequence[Notice], line: Line, pace: Pace, now: int) -> list[Notice]:
    """Give what is to be sent as one message now, oldest first; nothing while it must wait."""
    ready = sorted((each for each in waiting if each.due <= now), key=lambda one: one.made)
    if not ready or 0 <= now - line.tried < _pause_ms(line, pace):
        return []
    if sum(0 <= now - at < MINUTE_MS for at in line.sent) >= pace.per_minute:
        return []
    return ready[: pace.at_once]


def is_stale(notice: Notice, now: int) -> bool:
    """Tell whether a message is too old to be sent at all."""
    return now - max(notice.made, notice.due) > GIVEN_UP_MS


def _pause_ms(line: Line, pace: Pace) -> float:
    if line.failures:
        return max(pace.merge_s, TRIES_S[min(line.failures, len(TRIES_S)) - 1]) * 1000
    return pace.merge_s * 1000
