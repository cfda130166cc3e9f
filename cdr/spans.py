"""From the journal to how each agent spent the time: one state at any moment, no gaps. Pure.

The line comes before what the person said: reserved, ringing, dialling, talking, holding,
wrapping hide ready and break. Signed out is no span, so that the spans of an agent add up to
the login time.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from domain import events as ev
from domain.events import Record

OF_CALLS = (ev.CallEnded, ev.CallLost, ev.CallFellBack, ev.FarAnswered, ev.DialEnded)
"""Facts that name no agent and concern the one who has the call."""


@dataclass(frozen=True, slots=True)
class Span:
    """One stretch of an agent in one state; UTC ms; `seq` is the record that began it.

    `said` is the presence behind a busy line, so that a restart knows what comes after it.
    """

    agent: str
    seq: int
    state: str
    started: int
    ended: int | None = None
    reason: str = ""
    call: str = ""
    group: str = ""
    said: str = ""
    said_reason: str = ""


@dataclass(slots=True)
class Hand:
    """An agent while the facts are read: what was said, what the line does."""

    presence: str = ""
    reason: str = ""
    line: str = ""
    call: str = ""
    group: str = ""
    offer: int | None = None
    span: Span | None = None

    @property
    def state(self) -> tuple[str, str, str, str]:
        """Give state, reason, call and group as they are to be kept; "" is signed out."""
        if self.line:
            return (self.line, "", self.call, self.group)
        return (self.presence, self.reason, "", "")


@dataclass(slots=True)
class Spans:
    """All agents' present states; feed it records in order, take the spans that changed."""

    hands: dict[str, Hand] = field(default_factory=dict)
    seq: int = 0

    def resume(self, open_spans: Iterable[Span], seq: int) -> None:
        """Go on from the spans that had no end yet; facts up to `seq` are known."""
        self.seq = seq
        for span in open_spans:
            hand = self.hands.setdefault(span.agent, Hand())
            hand.span = span
            hand.presence, hand.reason = span.said, span.said_reason
            if span.state not in ("ready", "break"):
                hand.line, hand.call, hand.group = span.state, span.call, span.group

    def feed(self, records: Sequence[Record]) -> list[Span]:
        """Take in facts; give the spans that began or ended, the newest form of each."""
        changed: dict[tuple[str, int], Span] = {}
        for record in records:
            if record.seq <= self.seq:
                continue
            self.seq = record.seq
            if isinstance(record.event, ev.ClockStepped):
                stepped = self._step(record, record.event.seconds)
                changed |= {(span.agent, span.seq): span for span in stepped}
            for agent in self._touched(record.event):
                for span in self._follow(agent, record):
                    changed[span.agent, span.seq] = span
        return list(changed.values())

    def _step(self, record: Record, seconds: float) -> Iterator[Span]:
        """The clock was set: end every stretch by the old time, go on by the new."""
        before = record.utc_ms - round(seconds * 1000)
        for agent, hand in self.hands.items():
            if hand.span is not None:
                yield replace(hand.span, ended=max(hand.span.started, before))
                hand.span = _begun(agent, record, hand)
                if hand.span is not None:
                    yield hand.span

    def _touched(self, event: ev.Event) -> list[str]:
        if isinstance(event, OF_CALLS):
            return [a for a, h in self.hands.items() if h.call == event.call and h.line]
        agent = getattr(event, "agent", "")
        return [agent] if agent and type(event) in RULES else []

    def _follow(self, agent: str, record: Record) -> list[Span]:
        hand = self.hands.setdefault(agent, Hand())
        RULES[type(record.event)](hand, record.event)
        old, said = hand.span, (hand.presence, hand.reason)
        if old is not None and (old.state, old.reason, old.call, old.group) == hand.state:
            if (old.said, old.said_reason) == said:
                return []
            hand.span = replace(old, said=hand.presence, said_reason=hand.reason)
            return [hand.span]
        out = [] if old is None else [replace(old, ended=max(old.started, record.utc_ms))]
        hand.span = _begun(agent, record, hand)
        return out if hand.span is None else [*out, hand.span]


def _begun(agent: str, record: Record, hand: Hand) -> Span | None:
    state, reason, call, group = hand.state
    if not state:
        return None
    said, why = hand.presence, hand.reason
    return Span(agent, record.seq, state, record.utc_ms, None, reason, call, group, said, why)


def _say(presence: str) -> Callable[[Hand, Any], None]:
    def say(hand: Hand, event: Any) -> None:
        hand.presence = presence
        hand.reason = "signed_in" if isinstance(event, ev.AgentSignedIn) else ""
        if isinstance(event, ev.AgentPaused | ev.AgentAutoPaused):
            hand.reason = event.reason

    return say


def _pause(hand: Hand, event: Any) -> None:
    if hand.presence:  # a break of somebody who went home meanwhile is none
        _say("break")(hand, event)


def _ready(hand: Hand, event: Any) -> None:
    if hand.presence:
        _say("ready")(hand, event)


def _free(hand: Hand, event: Any) -> None:
    hand.line, hand.call, hand.group, hand.offer = "", "", "", None


def _reserved(hand: Hand, event: ev.OfferMade) -> None:
    hand.line, hand.call, hand.group, hand.offer = "reserved", event.call, event.group, event.offer


def _its_offer(hand: Hand, event: Any) -> bool:
    """Tell a late fact of an older offer apart; after a restart the number is not known."""
    return hand.call == event.call and hand.offer in (None, event.offer)


def _ringing(hand: Hand, event: ev.PhoneRang) -> None:
    if hand.line == "reserved" and _its_offer(hand, event):
        hand.line = "ringing"


def _talking(hand: Hand, event: ev.OfferAnswered) -> None:
    if hand.line in ("reserved", "ringing") and _its_offer(hand, event):
        hand.line = "talking"


def _retrieved(hand: Hand, event: ev.TalkRetrieved) -> None:
    if hand.line == "holding" and hand.call == event.call:
        hand.line = "talking"


def _dialling(hand: Hand, event: ev.DialAsked) -> None:
    if hand.line in ("", "wrapping"):
        hand.line, hand.call, hand.group, hand.offer = "dialling", event.call, "", None


def _far_answered(hand: Hand, event: ev.FarAnswered) -> None:
    if hand.line == "dialling":
        hand.line = "talking"


def _not_reached(hand: Hand, event: ev.DialEnded) -> None:
    if hand.line == "dialling":
        _free(hand, event)


def _holding(hand: Hand, event: ev.TalkHeld) -> None:
    if hand.line == "talking" and hand.call == event.call:
        hand.line = "holding"


def _offer_failed(hand: Hand, event: ev.OfferFailed) -> None:
    if _its_offer(hand, event):
        _free(hand, event)


def _off_the_call(hand: Hand, event: Any) -> None:
    if hand.call == event.call and hand.line != "wrapping":
        _free(hand, event)


def _wrapping(hand: Hand, event: ev.WrapUpStarted) -> None:
    hand.line, hand.call = "wrapping", event.call


def _wrapped(hand: Hand, event: ev.WrapUpEnded) -> None:
    if hand.line == "wrapping":
        _free(hand, event)


RULES: dict[type[Any], Callable[[Hand, Any], None]] = {
    ev.AgentSignedIn: _say("break"),
    ev.AgentSignedOut: _say(""),
    ev.AgentReadied: _ready,
    ev.AgentPaused: _pause,
    ev.AgentAutoPaused: _pause,
    ev.OfferMade: _reserved,
    ev.PhoneRang: _ringing,
    ev.OfferFailed: _offer_failed,
    ev.OfferAnswered: _talking,
    ev.DialAsked: _dialling,
    ev.FarAnswered: _far_answered,
    ev.DialEnded: _not_reached,
    ev.TalkHeld: _holding,
    ev.TalkRetrieved: _retrieved,
    ev.TalkEnded: _off_the_call,
    ev.CallEnded: _off_the_call,
    ev.CallLost: _off_the_call,
    ev.CallFellBack: _off_the_call,
    ev.WrapUpStarted: _wrapping,
    ev.WrapUpEnded: _wrapped,
}
