"""The card that pops before the phone rings: who calls, why, what they pressed. Pure.

A card grows from the call's first record on, so that it is ready when an agent is chosen. On a
call out `caller` is the person who is called: for the agent it is the same customer.
"""

from collections import OrderedDict, deque
from dataclasses import dataclass, field
from typing import Any

from domain import events as ev
from domain.ports import Customer

REPEAT_MS = 48 * 3600 * 1000
"""Calls of the same number within this time are counted on the card."""
FORGET_MS = 4 * 3600 * 1000
"""A card that no wrap-up closed is forgotten so long after its call's end."""
TALKING = ("talking", "held")
ENDS = (ev.CallEnded, ev.CallLost, ev.DialEnded, ev.CallbackLeft)
"""After these a card goes, unless a talk's end or a wrap-up is still to be told."""
REMEMBERED = 20_000
"""Finished calls of which we still know who had them, for a late summary."""
KNOWN = 5_000
"""Numbers of which we know at once who talked to them last; the rows know of the others."""


@dataclass(slots=True)
class Card:
    """Everything an agent should know about a call before answering.

    `rung` are those who are rung for it, each with the offer; `agent` is the first of them until
    somebody answers.
    """

    call: str
    hotline: str
    caller: str
    caller_name: str = ""
    brand: str = ""
    arrived: int = 0
    entered: int = 0
    group: str = ""
    intent: str = ""
    agent: str = ""
    offer: int = 0
    offered: int = 0
    ring_s: float = 0.0
    nth_48h: int = 1
    last_agent: str = ""
    state: str = "ivr"
    customer: Customer | None = None
    customer_status: str = "pending"
    ivr: list[dict[str, str]] = field(default_factory=list)
    direction: str = "in"
    caller_id: str = ""
    consent: str = ""
    withheld: bool = False
    over: bool = False
    rung: dict[str, int] = field(default_factory=dict)
    language: str = ""
    callback: bool = False
    wrapping: frozenset[str] = frozenset()


@dataclass(slots=True)
class Recent:
    """When each number called within two days; what is older goes as new calls come."""

    _at: OrderedDict[str, tuple[int, ...]] = field(default_factory=OrderedDict)
    """Who called last stands last."""

    def __len__(self) -> int:
        return len(self._at)

    def came(self, number: str, utc_ms: int) -> int:
        """Take in a call; give how many there were with it."""
        while self._at and utc_ms - next(iter(self._at.values()))[-1] > REPEAT_MS:
            self._at.popitem(last=False)
        if not number:
            return 1
        before = (at for at in self._at.pop(number, ()) if utc_ms - at <= REPEAT_MS)
        self._at[number] = (*before, utc_ms)
        return len(self._at[number])

    def since(self, number: str, since_ms: int) -> int:
        """Count the calls since a moment."""
        return sum(1 for at in self._at.get(number, ()) if at >= since_ms)


@dataclass(slots=True)
class Cards:
    """The cards of live calls and a short memory of who called before."""

    cards: dict[str, Card] = field(default_factory=dict)
    _recent: Recent = field(default_factory=Recent)
    _last_agent: OrderedDict[str, tuple[str, int]] = field(default_factory=OrderedDict)
    _over: deque[tuple[int, str]] = field(default_factory=deque)
    _handled: OrderedDict[str, tuple[str, ...]] = field(default_factory=OrderedDict)

    def note(self, record: ev.Record) -> None:
        """Take in one record."""
        event = record.event
        if isinstance(event, ev.CallArrived):
            self._arrived(event, record.utc_ms)
        elif isinstance(event, ev.DialAsked):
            self._dialled(event, record.utc_ms)
        elif isinstance(event, ev.CallbackQueued):
            self._queued(event, record.utc_ms)
        card = self.cards.get(record.call)
        if card is not None:
            _grow(card, event, record.utc_ms)
            if isinstance(event, ev.OfferAnswered):
                self._talked(card.caller, event.agent, record.utc_ms)
                self._keep(event.call, event.agent)
            self._close(card, event, record.utc_ms)

    def _close(self, card: Card, event: ev.Event, utc_ms: int) -> None:
        """Forget a card when the call and every wrap-up of it are over."""
        match event:
            case ev.WrapUpStarted(_, agent):
                card.wrapping |= {agent}
            case ev.WrapUpEnded(agent):
                card.wrapping -= {agent}
            case _ if isinstance(event, ENDS):
                card.over = True
        # when the caller hangs up in a talk, the talk's end and the wrap-up are told afterwards
        may_follow = card.state in TALKING or isinstance(event, ev.TalkEnded)
        if card.over and not card.wrapping and not may_follow:
            self.cards.pop(card.call, None)
        elif isinstance(event, ENDS):
            self._over.append((utc_ms, card.call))

    def _arrived(self, event: ev.CallArrived, utc_ms: int) -> None:
        while self._over and utc_ms - self._over[0][0] > FORGET_MS:
            self.cards.pop(self._over.popleft()[1], None)
        self.cards[event.call] = Card(
            event.call,
            event.hotline,
            event.caller,
            event.caller_name,
            event.brand,
            arrived=utc_ms,
            nth_48h=self._recent.came(event.caller, utc_ms),
            last_agent=self.last_agent(event.caller),
            withheld=event.withheld,
        )

    def _queued(self, event: ev.CallbackQueued, utc_ms: int) -> None:
        """Begin a callback's card with what its caller had told."""
        before = self.cards.get(event.origin)
        self.cards[event.call] = Card(
            event.call,
            event.hotline,
            event.number,
            brand=before.brand if before else "",
            arrived=utc_ms,
            entered=before.entered or utc_ms if before else utc_ms,
            group=event.group,
            intent=before.intent if before else "",
            last_agent=self.last_agent(event.number),
            state="waiting",
            ivr=list(before.ivr) if before else [],
            callback=True,
            language=before.language if before else "",
        )

    def _dialled(self, event: ev.DialAsked, utc_ms: int) -> None:
        known = self.cards.get(event.call)
        if known is not None:
            known.direction, known.caller_id = "out", event.caller_id
            known.agent, known.consent = event.agent, event.consent
            self._keep(event.call, event.agent)
            return
        self.cards[event.call] = Card(
            event.call,
            event.hotline,
            event.to,
            brand=event.brand,
            arrived=utc_ms,
            entered=utc_ms,
            agent=event.agent,
            offered=utc_ms,
            last_agent=self.last_agent(event.to),
            direction="out",
            caller_id=event.caller_id,
            consent=event.consent,
        )
        self._keep(event.call, event.agent)

    def last_agent(self, number: str, since_ms: int = 0) -> str:
        """Name who talked to this number last, if that was not before a moment; "" = nobody."""
        agent, at = self._last_agent.get(number, ("", 0))
        return agent if number and at >= since_ms else ""

    def calls_of(self, number: str, since_ms: int) -> int:
        """Count a number's calls since a moment, at most two days back."""
        return self._recent.since(number, since_ms)

    def language(self, call: str) -> str:
        """Tell which language the caller chose, "" for none."""
        card = self.cards.get(call)
        return card.language if card else ""

    def remember(self, number: str, agent: str, at_ms: int) -> None:
        """Learn from the rows who talked to a number last; what was seen since then counts more."""
        if not agent or self.last_agent(number):
            return
        self._talked(number, agent, at_ms)
        for card in self.cards.values():
            if card.caller == number and not card.last_agent:
                card.last_agent = agent

    def _talked(self, number: str, agent: str, at_ms: int) -> None:
        self._last_agent[number] = (agent, at_ms)
        self._last_agent.move_to_end(number)
        if len(self._last_agent) > KNOWN:
            self._last_agent.popitem(last=False)

    def _keep(self, call: str, agent: str) -> None:
        before = self._handled.get(call, ())
        self._handled[call] = before if agent in before else (*before, agent)
        if len(self._handled) > REMEMBERED:
            self._handled.popitem(last=False)

    def has_had(self, agent: str, call: str) -> bool:
        """Tell whether this agent has or had this call, or is offered it."""
        card = self.cards.get(call)
        offered = card is not None and (card.agent == agent or agent in card.rung)
        return offered or agent in self._handled.get(call, ())

    def dialler(self, call: str) -> str:
        """Name who dialled a call out; its card is gone already when nobody was reached."""
        return next(iter(self._handled.get(call, ())), "")

    def found(self, call: str, status: str, customer: Customer | None) -> None:
        """Put the CRM's answer on the card."""
        card = self.cards.get(call)
        if card is not None:
            card.customer, card.customer_status = customer, status

    def show(self, call: str, names: "Names", agent: str = "") -> dict[str, Any] | None:
        """Lay out a card for the page, for one of those who are rung; the number is not masked."""
        card = self.cards.get(call)
        if card is None:
            return None
        own = {"agent": agent, "offer": card.rung[agent]} if agent in card.rung else {}
        return _show(card, names) | own


@dataclass(slots=True)
class Names:
    """What hotlines and groups are called."""

    hotlines: dict[str, str] = field(default_factory=dict)
    groups: dict[str, str] = field(default_factory=dict)


STATES: dict[type[ev.Event], str] = {
    ev.GroupChosen: "waiting",
    ev.AgentChosen: "waiting",
    ev.OfferMade: "offered",
    ev.OfferAnswered: "talking",
    ev.TalkHeld: "held",
    ev.TalkRetrieved: "talking",
    ev.TalkEnded: "after",
    ev.DialAsked: "dialling",
    ev.FarAnswered: "talking",
}
"""The state that a card shows after an event."""


def _grow(card: Card, event: ev.Event, utc_ms: int) -> None:
    card.state = STATES.get(type(event), card.state)
    match event:
        case ev.KeyPressed(_, node, digits, meant) if digits:
            card.ivr.append({"node": node, "digits": digits, "meant": meant})
        case ev.GroupChosen() | ev.AgentChosen():
            card.group, card.intent = event.group, event.intent
            card.entered = card.entered or utc_ms
        case ev.LanguageChosen(_, language):
            card.language = language
        case _:
            _offer(card, event, utc_ms)


def _offer(card: Card, event: ev.Event, utc_ms: int) -> None:
    """Follow an offer, or those of several who are rung together."""
    match event:
        case ev.OfferMade(_, agent, offer, group, ring_s) if event.together in (0, offer):
            card.agent, card.offer, card.group, card.ring_s = agent, offer, group, ring_s
            card.offered, card.rung = utc_ms, {agent: offer}
        case ev.OfferMade(_, agent, offer):
            card.rung[agent] = offer
        case ev.PhoneRang(_, agent) if agent in card.rung:
            card.state = "ringing"
        case ev.OfferAnswered(_, agent, offer):
            card.agent, card.offer, card.rung = agent, offer, {}
        case ev.OfferFailed(_, agent, offer) if card.rung.get(agent, card.offer) == offer:
            _failed(card, agent)


def _failed(card: Card, agent: str) -> None:
    card.rung.pop(agent, None)
    card.agent = next(iter(card.rung), "")
    card.state = card.state if card.rung else "waiting"


def _show(card: Card, names: Names) -> dict[str, Any]:
    customer = card.customer
    return {
        "call": card.call,
        "offer": card.offer,
        "agent": card.agent,
        "hotline": card.hotline,
        "hotline_name": names.hotlines.get(card.hotline, card.hotline),
        "brand": card.brand,
        "group": card.group,
        "group_name": names.groups.get(card.group, card.group),
        "caller": "" if card.withheld else card.caller,
        "caller_name": "" if card.withheld else card.caller_name,
        "withheld": card.withheld,
        "caller_place": "",
        "customer": None if customer is None else _customer(customer),
        "customer_status": card.customer_status,
        "ivr": list(card.ivr),
        "intent": card.intent,
        "waited_s": round(max(0, card.offered - card.entered) / 1000, 1),
        "offered": card.offered,
        "ring_s": card.ring_s,
        "nth_48h": card.nth_48h,
        "last_agent": card.last_agent,
        "direction": card.direction,
        "callback": card.callback,
        "caller_id": card.caller_id,
        "consent": card.consent,
        "state": card.state,
    }


def _customer(customer: Customer) -> dict[str, Any]:
    return {
        "id": customer.id,
        "name": customer.name,
        "level": customer.level,
        "tags": list(customer.tags),
        "fields": dict(customer.fields),
        "url": customer.url,
    }
