"""What the firm's systems are told of a call: webhook bodies made of its records and card. Pure.

`fields` of a customer stay at home: the CRM that gave them has them.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from domain import events as ev
from domain.numbers import mask, mask_within

EVENTS: dict[type[ev.Event], str] = {
    ev.OfferMade: "call.offered",
    ev.PhoneRang: "call.ringing",
    ev.OfferAnswered: "call.answered",
    ev.CallEnded: "call.ended",
    ev.CallLost: "call.ended",
    ev.MessageLeft: "voicemail.left",
}
"""Record → the webhook event that it is."""

_TIMES: dict[type[ev.Event], str] = {
    ev.CallArrived: "arrived",
    ev.GroupChosen: "entered",
    ev.AgentChosen: "entered",
    ev.OfferMade: "offered",
    ev.PhoneRang: "rang",
    ev.OfferAnswered: "answered",
    ev.TalkEnded: "talk_ended",
    ev.CallEnded: "ended",
    ev.CallLost: "ended",
}
_FROM_CARD = (
    "call",
    "hotline",
    "hotline_name",
    "brand",
    "group",
    "group_name",
    "caller",
    "caller_name",
    "withheld",
    "customer_status",
    "intent",
    "nth_48h",
    "last_agent",
)


def event_of(record: ev.Record) -> str:
    """Name the webhook event that a record is, "" for none."""
    return EVENTS.get(type(record.event), "")


def times_of(records: Iterable[ev.Record]) -> dict[str, int]:
    """Give when what happened, UTC ms; of what happens again, the last time (entered: the first).

    The place in a queue counts from the first entry on.
    """
    times: dict[str, int] = {}
    for record in records:
        name = _TIMES.get(type(record.event))
        if name and not (name == "entered" and name in times):
            times[name] = record.utc_ms
    return times


def payload_of(
    record: ev.Record, card: Mapping[str, Any], times: Mapping[str, int], *, masked: bool
) -> dict[str, Any]:
    """Give the `data` of the webhook for a record of this card's call."""
    event = record.event
    data: dict[str, Any] = {name: card.get(name) for name in _FROM_CARD}
    if masked:
        data["caller"] = mask(str(data["caller"] or ""))
        data["caller_name"] = mask_within(str(data["caller_name"] or ""))
    data["ivr"] = list(card.get("ivr", ()))[:50]
    data["customer"] = _customer(card.get("customer"))
    data["agent"] = getattr(event, "agent", "") or card.get("agent", "")
    data["offer"] = getattr(event, "offer", 0)
    data["times"] = dict(times)
    if isinstance(event, ev.CallEnded):
        data["cause"] = event.cause
    if isinstance(event, ev.MessageLeft):
        data |= {"box": event.box, "seconds": event.seconds}
    return data


def _customer(customer: Mapping[str, Any] | None) -> dict[str, Any] | None:
    if customer is None:
        return None
    return {name: customer.get(name, "") for name in ("id", "name", "level", "url")}
