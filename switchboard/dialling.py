"""A call out, from the agent's wish to the word for why nobody was reached.

Who may be called is decided by a function that is handed in, before anything is dialled; what the
exchange says at the end is put into one word here, at the border.
"""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from acd import Floor
from acd.floor import Agent, Call
from acd.out import may_dial
from domain import events as ev
from domain.errors import CallForbidden, Conflict
from domain.ids import AgentId, CallId, GroupId
from domain.ports import Tell
from lines import Allowed, Refused, word_of
from pbx.hands import Seat

log = logging.getLogger("yingda.dialling")

Permit = Callable[[str, str, str, str], Allowed | Refused]
"""Decide about agent, number, hotline and consent: the ways to call, or why not."""


@dataclass(frozen=True, slots=True)
class Dialling:
    """Turns an agent's wish to call somebody into a permitted fact; `new_call` makes call ids."""

    floor: Floor
    tell: Tell
    permit: Permit
    new_call: Callable[[], CallId]
    brand: Callable[[str], str] = lambda hotline: ""

    def ask(self, agent: Agent, to: str, hotline: str, consent: str) -> ev.DialAsked:
        """Give the fact of a permitted call; Conflict and CallForbidden say why there is none."""
        if not self.floor.pbx_up:
            raise Conflict("the exchange is away")
        if agent.endpoint not in self.floor.reachable:
            raise Conflict("your phone is not registered")
        if not may_dial(self.floor, agent):
            raise Conflict("end the call first")
        number = agent.card.number
        answer = self.permit(number, to, hotline, consent)
        if isinstance(answer, Refused):
            self.tell(ev.DialRefused(number, hotline, answer.key, answer.why))
            raise CallForbidden(answer.why, answer.zh, answer.en)
        call = self.new_call()
        return ev.DialAsked(
            call,
            number,
            hotline,
            answer.key,
            answer.caller_id,
            answer.routes,
            consent,
            self.brand(hotline),
            answer.shown,
            call if self._records(agent, hotline) else "",
        )

    def _records(self, agent: Agent, hotline: str) -> bool:
        """The agent's first group and the hotline give the rules of a call out."""
        rules = self.floor.groups.get(next(iter(agent.card.groups), GroupId("")))
        return rules is None or rules.records(hotline)


@dataclass(frozen=True, slots=True)
class Seats:
    """Finds the ways to an agent's mobile for a call; one that may not be rung fails its offer."""

    floor: Floor
    tell: Tell
    permit: Callable[[str, str], Allowed | Refused]
    say: Callable[[str], Sequence[str]] = lambda hotline: ()

    def way(self, agent: AgentId, call: CallId) -> Seat | None:
        """Give how to ring the agent's mobile now, None when a rule says no."""
        known = self.floor.calls.get(call)
        hotline = known.hotline if known else ""
        answer = self.permit(agent, hotline)
        if isinstance(answer, Refused):
            log.warning("call=%s the mobile of %s may not be rung: %s", call, agent, answer.en)
            if known and known.offer:
                self.tell(ev.DialFailed(call, known.offer, "CHANUNAVAIL"))
            return None
        return Seat(answer.routes, answer.shown, self.say(hotline))


def understood(floor: Floor, event: ev.Event) -> ev.Event | None:
    """Say what an event of the exchange means with what we know; None if it means nothing.

    The cause and status at the end of a call out become one word; a phone that takes up its own
    talk again answers no new offer.
    """
    call = floor.calls.get(CallId(getattr(event, "call", "")))
    match event:
        case ev.DialEnded(why="") | ev.OutsideEnded(why=""):
            return _worded(call, event)
        case ev.OfferAnswered(known, agent) if call is not None and call.awaited:
            return ev.PhoneResumed(known, agent)
        case ev.PhoneRang() | ev.DialFailed() if call is not None and call.awaited:
            return None
        case _:
            return event


def _worded(
    call: Call | None, event: ev.DialEnded | ev.OutsideEnded
) -> ev.DialEnded | ev.OutsideEnded:
    rang = call is not None and bool(call.more.far)
    return replace(event, why=word_of(event.cause, event.sip, event.said, rang))
