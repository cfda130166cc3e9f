"""Simulated callers who do not wait on: sent elsewhere by the core's own rules, called back.

Nobody comes back from a message, a voicemail or a number outside, which always answers. Where a
callback is offered, the caller asks for it or has the old place; called back, the customer is
reached at the attempt that was drawn.
"""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from acd.scenario_exits import leaves
from acd.simulate import FREE, Back, Cast, Fate, SimCall, Simulation
from acd.turn import Turn
from domain import commands as do, events as ev
from domain.ids import AgentId, CallId

ASIDE = {"voicemail": "voicemail", "message": "overflowed", "number": "outside"}
"""Where the core sent a call, in the reports' words for outcomes."""
OUTSIDE = "outside"
CALLBACK_KEY, OFFER = "1", "callback_offer"
TOLD_AS = "~0"
"""What is hung on a call's id for its callback; the core counts it on with each attempt."""


class Leaving(Simulation):
    """A run in which callers may go elsewhere; `rings` is how long their groups' customers ring."""

    def __init__(self, cast: Cast, rings: Mapping[str, int]) -> None:
        self._rings = rings
        self._asked: dict[CallId, tuple[SimCall, int]] = {}
        self._attempts: dict[CallId, CallId] = {}
        self._dialling: dict[CallId, AgentId] = {}
        self._worked = 0
        super().__init__(cast)

    @property
    def until(self) -> int:
        """Tell when the last work was over: who is never called back waits on after that."""
        return self._worked

    def _follow(self, out: Turn) -> None:
        for fact in out.facts:
            if type(fact) is ev.CallbackQueued:
                self._queued(fact)
            elif type(fact) is ev.CallbackEnded:
                self._settled(fact)
        super()._follow(out)

    def _act(self, command: Any) -> None:
        if type(command) is do.TakeAside:
            self._take_aside(command.call)
        elif type(command) is do.RingBack:
            self._ring_back(command)
        elif type(command) is do.Say:
            if command.prompt == OFFER and self._live[command.call].reached_at:
                self._tell(ev.HoldKeyPressed(command.call, CALLBACK_KEY))
        else:
            super()._act(command)

    def _take_aside(self, name: CallId) -> None:
        call, (kind, to) = self._live[name], self.floor.calls[name].more.exit
        if kind == "callback":
            self._ask(call)
            return
        del self._waiting[call.id]
        fate = Fate(call, ASIDE[kind], self.now - call.at)
        self._fates.append(fate)
        if kind == "number":
            self._talking += 1
            self._tell(ev.OutsideDialled(name, to, ""))
            self._push(self.now + call.service, FREE, fate)
        else:
            self._over(name)

    def _ask(self, call: SimCall) -> None:
        """Let the caller ask to be called back, or wait on."""
        name = CallId(call.id)
        if not call.reached_at:
            self._tell(ev.HoldReached(name))
            return
        del self._waiting[call.id]
        self._asked[name] = call, self.now - call.at
        group, callback = self.floor.calls[name].group, CallId(name + TOLD_AS)
        self._tell(ev.CallbackAsked(name, group, call.id, call.priority, "", callback))
        self._over(name)

    def _over(self, name: CallId) -> None:
        del self._live[name]
        self._tell(ev.CallEnded(name, 16))

    def _end(self, fate: Fate) -> None:
        self._worked = self.now
        name = CallId(fate.call.id)
        if fate.outcome != OUTSIDE:
            super()._end(fate)
            return
        self._talking -= 1
        self._tell(ev.OutsideEnded(name, "answered"))
        self._over(name)

    def _queued(self, fact: ev.CallbackQueued) -> None:
        """Take in an attempt that waits in the line; the one before it has failed."""
        self._drop_attempt(fact.origin)
        call, _ = self._asked[fact.origin]
        self._attempts[fact.origin] = fact.call
        self._live[fact.call] = call._replace(id=fact.call)

    def _drop_attempt(self, origin: CallId) -> None:
        before = self._attempts.pop(origin, None)
        if before is not None:
            self._live.pop(before, None)
            self._talking -= self._dialling.pop(before, None) is not None

    def _ring_back(self, command: do.RingBack) -> None:
        """Let the agent pick up, and the customer's phone ring."""
        name, ring = command.call, self._rings[self._live[command.call].group]
        back = self.floor.calls[name].back
        self._tell(ev.DialBegan(name))
        self._talking += 1
        self._dialling[name] = command.agent
        if back is not None and back.attempt >= self._live[name].reached_at:
            self._push(self.now + ring, FREE, ev.FarAnswered(name))
        else:
            self.spent[command.agent] += ring
            self._push(self.now + ring, FREE, ev.DialEnded(name, "no_answer"))

    def _settled(self, fact: ev.CallbackEnded) -> None:
        """Write down what came of a callback; who was reached talks from now on."""
        call, wait = self._asked.pop(fact.call)
        back = self.floor.calls.get(fact.callback)
        if fact.why != "reached" or back is None:
            self._drop_attempt(fact.call)
            self._fates.append(Fate(call, "callback", wait, back=Back(fact.why)))
            return
        agent = self._dialling.pop(self._attempts.pop(fact.call))
        found = Back(fact.why, self.now - call.at)
        fate = self._talk(self._live[fact.callback], "callback", agent)
        self._fates.append(
            fate._replace(
                call=call, wait=wait, busy=fate.busy + self._rings[call.group], back=found
            )
        )


def simulation_of(cast: Cast, rings: Mapping[str, int] | None = None) -> Simulation:
    """Give a run: one that knows of exits where some group has them."""
    if any(map(leaves, cast.groups)):
        return Leaving(cast, Counter(rings))
    return Simulation(cast)
