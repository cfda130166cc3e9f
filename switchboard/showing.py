"""Which record means what to one agent's page: a table of events, pure."""

from collections.abc import Iterator
from typing import Any

from acd.together import ELSEWHERE
from domain import events as ev
from domain.ids import AgentId
from switchboard.board import Board
from switchboard.cards import Cards

MISSED = ("no_answer", "unreachable", "busy")
Told = tuple[str, str, dict[str, Any]]
"""The event's name, the agent it is for, its data."""


class Showing:
    """Turns records into the events of one agent's page."""

    def __init__(self, board: Board, cards: Cards) -> None:
        self._board = board
        self._cards = cards

    def card(self, call: str, agent: str = "") -> dict[str, Any]:
        """Lay out the card of a call, for one of those who are rung for it."""
        return self._cards.show(call, self._board.names, agent) or {"call": call}

    def events(self, record: ev.Record) -> Iterator[Told]:
        """Give what the agent concerned should be told."""
        match record.event:
            case ev.OfferMade(call, agent):
                yield "call.offered", agent, self.card(call, agent)
            case ev.OfferFailed(call, agent, offer, reason):
                told = {"call": call, "offer": offer, "reason": reason}
                yield "call.cancelled", agent, told | self._who_took(call, reason)
                if reason in MISSED:
                    yield "call.missed", agent, {"call": call, "reason": reason}
            case ev.WrapUpStarted(call, agent, seconds):
                yield "call.wrapup", agent, {"call": call, "seconds": seconds}
            case ev.DialAsked(call, agent):
                yield "call.dialling", agent, self.card(call)
            case ev.CustomerLookedUp(call):
                yield from self._found(call)
            case ev.MessageLeft():
                yield self._left(record.event)
            case _:
                yield from self._talk(record.event)
                yield from self._out(record)

    def _who_took(self, call: str, reason: str) -> dict[str, Any]:
        """Name who answered a call that rang at several phones."""
        card = self._cards.cards.get(call) if reason == ELSEWHERE else None
        agent = self._board.floor.agents.get(AgentId(card.agent)) if card else None
        return {"by": agent.card.number, "by_name": agent.card.name} if agent else {}

    def _found(self, call: str) -> Iterator[Told]:
        card = self._cards.cards.get(call)
        rung = list(card.rung or filter(None, [card.agent])) if card else []
        for number in rung:
            yield "pop.updated", number, self.card(call, number)

    def _left(self, event: ev.MessageLeft) -> Told:
        """Tell everybody of the group: it names no agent."""
        names = self._board.names.groups
        box = {"group": event.box, "group_name": names.get(event.box, event.box)}
        return "message.left", "", self.card(event.call) | box | {"seconds": event.seconds}

    def _out(self, record: ev.Record) -> Iterator[Told]:
        name, agent = OUT.get(type(record.event)), self._cards.dialler(record.call)
        if name and agent:
            yield name, agent, ev.to_data(record.event)

    def _talk(self, event: ev.Event) -> Iterator[Told]:
        name = TALK.get(type(event))
        if name is not None:
            fields = ev.to_data(event)
            yield name, fields.pop("agent"), fields


OUT: dict[type[ev.Event], str] = {
    ev.DialBegan: "call.dial_began",
    ev.FarRang: "call.far_ringing",
    ev.FarAnswered: "call.far_answered",
    ev.DialEnded: "call.not_reached",
}
TALK: dict[type[ev.Event], str] = {
    ev.PhoneRang: "call.ringing",
    ev.OfferAnswered: "call.answered",
    ev.TalkHeld: "call.held",
    ev.TalkRetrieved: "call.retrieved",
    ev.TalkEnded: "call.ended",
    ev.CallTransferred: "call.transferred",
}
