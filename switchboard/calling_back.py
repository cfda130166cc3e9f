"""How a callback is dialled: by the firm's rules of calling people, over its trunks.

The agent's phone rings as for any offer. `DialAsked`, by which calls are counted, is told once the
agent has picked up: nobody was dialled before.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field

from acd import Floor
from domain import commands as do, events as ev
from domain.ids import CallId
from domain.ports import Tell
from lines import Allowed, Refused
from switchboard.dialling import Permit

log = logging.getLogger("yingda.callbacks")

HELLO = "callback_hello"


@dataclass(slots=True)
class CallingBack:
    """`rest_s` says how long a refusal holds, seconds; `say` finds a prompt for a call."""

    floor: Floor
    tell: Tell
    permit: Permit
    rest_s: Callable[[str], float]
    say: Callable[[str, str], list[str]]
    brand: Callable[[str], str] = lambda hotline: ""
    _asked: dict[CallId, ev.DialAsked] = field(default_factory=dict)

    def way(self, command: do.RingBack) -> do.PlaceCall | None:
        """Give how to dial a callback now, None when a rule says no; then it rests."""
        known = self.floor.calls.get(command.call)
        origin = known.back.origin if known and known.back else command.call
        consent = f"callback {origin}"
        answer = self.permit(command.agent, command.to, command.hotline, consent)
        if isinstance(answer, Refused):
            log.warning("call=%s nobody may be called back now: %s", command.call, answer.en)
            rest_s = self.rest_s(answer.why)
            self.tell(ev.CallbackHeld(command.call, command.offer, answer.why, rest_s))
            return None
        self._asked[command.call] = self._fact(command, answer, consent)
        return do.PlaceCall(
            command.call,
            command.agent,
            command.endpoint,
            answer.routes,
            answer.caller_id,
            command.ring_s,
            command.record,
            answer.shown,
            command.offer,
            tuple(self.say(command.call, HELLO)),
        )

    def _fact(self, command: do.RingBack, answer: Allowed, consent: str) -> ev.DialAsked:
        return ev.DialAsked(
            command.call,
            command.agent,
            command.hotline,
            answer.key,
            answer.caller_id,
            answer.routes,
            consent,
            self.brand(command.hotline),
            answer.shown,
            command.record,
        )

    def hear(self, event: ev.Event) -> None:
        """Tell what the exchange said; with a pick-up also, before the far side, who is dialled."""
        self.tell(event)
        if isinstance(event, ev.DialBegan) and event.call in self._asked:
            self.tell(self._asked.pop(event.call))

    def note(self, record: ev.Record) -> None:
        """Listener: forget what nobody took up."""
        match record.event:
            case ev.OfferFailed(call) | ev.CallbackLeft(call) | ev.CallLost(call):
                self._asked.pop(call, None)
