"""Holds the engine's picture against Asterisk's while both live, and mends what stays wrong.

Every `LOOK_S` all channels and phones are read. Calls move while Asterisk answers, so one look
proves nothing: only what is wrong in the same way in two looks, with the call in the same state
since the same instant, is told as what must have happened, beside a `StateHealed`.
"""

import asyncio
import logging
import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from acd import Floor
from acd.floor import Call, Stage
from domain import events as ev
from domain.errors import YingdaError
from domain.ids import CallId
from domain.ports import Tell
from switchboard.resync import Leg, differences

log = logging.getLogger("yingda.watchdog")

LOOK_S = 5.0
HERE = "NOT_INUSE"
GONE = ("UNAVAILABLE", "INVALID")
"""Device states that say something of a registration; a phone in a call may have lost its own."""

PHONES = (ev.PhoneLost, ev.PhoneReachable)
PHONE = re.compile(r"[aw][0-9]")
"""How an agent's own phone is called; a trunk is watched elsewhere."""

Mark = tuple[object, ...]
Wrong = tuple[Mark, tuple[ev.Event, ...]]


class Questions(Protocol):
    """What is asked of Asterisk; `switchboard.exchange` answers. Raises YingdaError."""

    async def channels(self) -> list[Leg]: ...
    async def device_states(self) -> Mapping[str, str]: ...


@dataclass(slots=True)
class Watchdog:
    """Remembers what was wrong at the last look; `hotlines` leads a called number to its own."""

    floor: Floor
    tell: Tell
    hotlines: Callable[[], Mapping[str, str]] = dict
    looks: int = 0
    _suspects: dict[str, Wrong] = field(default_factory=dict)

    async def run(self, ask: Questions) -> None:
        """Look for as long as the engine lives; a question without answer is asked again."""
        while True:
            await asyncio.sleep(LOOK_S)
            try:
                if self.floor.pbx_up:
                    self.look(await ask.channels(), await ask.device_states())
            except YingdaError as error:
                log.info("no answer about the channels: %s", error)

    def look(self, legs: Iterable[Leg], states: Mapping[str, str]) -> None:
        """Compare once; what was wrong at the last look in the same way is mended."""
        wrong = self._wrong(list(legs), states) if self.floor.pbx_up else {}
        stayed = [about for about, found in wrong.items() if self._suspects.get(about) == found]
        for about in stayed:
            # suspected anew from here: a repair that does not help is tried again in two looks
            self._mend(about, wrong.pop(about)[1])
        self._suspects = wrong
        self.looks += 1

    def _wrong(self, legs: Sequence[Leg], states: Mapping[str, str]) -> dict[str, Wrong]:
        told: dict[str, list[ev.Event]] = {}
        for event in [*differences(self.floor, legs, self.hotlines()), *unheld(self.floor, legs)]:
            call = self.floor.calls.get(_call(event))
            if not self._is_known(call, event):
                told.setdefault(_call(event), []).append(event)
        wrong = {
            about: (_mark(self.floor.calls.get(CallId(about))), tuple(events))
            for about, events in told.items()
        }
        for event in strayed(self.floor.reachable, states):
            wrong[event.endpoint] = ((), (event,))
        return wrong

    def _is_known(self, call: Call | None, event: ev.Event) -> bool:
        """Tell whether a difference is none: who waits waits; a mobile's ring has its deadline."""
        if call is None or not isinstance(event, ev.HoldReached | ev.DialFailed):
            return False
        if call.stage is Stage.WAITING:
            return call.confirmed
        agent = self.floor.agents.get(call.agent) if call.agent else None
        return agent is not None and agent.is_mobile and call.stage is Stage.OFFERED

    def _mend(self, about: str, events: Sequence[ev.Event]) -> None:
        call = CallId("") if isinstance(events[0], PHONES) else CallId(about)
        what = " ".join(type(event).__name__ for event in events)
        log.warning("call=%s what stayed wrong is mended: %s", about, what)
        self.tell(ev.StateHealed(call, what, "" if call else about))
        for event in events:
            self.tell(event)


def unheld(floor: Floor, legs: Iterable[Leg]) -> list[ev.Event]:
    """Find who hears music though nobody holds them, and who talks again without our knowing."""
    known = list(legs)
    agents = {leg.call: leg for leg in known if leg.side == "agent" and leg.call}
    told: list[ev.Event] = []
    for leg in known:
        call = floor.calls.get(CallId(leg.call))
        if leg.side == "caller" and call is not None:
            told += _unheld(call, leg, agents.get(call.id))
    return told


def _unheld(call: Call, caller: Leg, agent: Leg | None) -> list[ev.Event]:
    talks = caller.bridged and agent is not None and agent.bridged
    if call.awaited:
        return [ev.PhoneResumed(call.id, call.agent)] if talks and call.agent else []
    lost = caller.context == "held" and call.stage is Stage.TALKING and not call.parked
    return [ev.CallFellBack(call.id)] if lost else []


def strayed(
    reachable: Collection[str], states: Mapping[str, str]
) -> list[ev.PhoneLost | ev.PhoneReachable]:
    """Find the phones that we know otherwise than Asterisk; one in a call tells nothing."""
    told: list[ev.PhoneLost | ev.PhoneReachable] = []
    phones = (each for each in sorted(states.items()) if PHONE.match(each[0]))
    for endpoint, state in phones:
        if state == HERE and endpoint not in reachable:
            told.append(ev.PhoneReachable(endpoint))
        elif state in GONE and endpoint in reachable:
            told.append(ev.PhoneLost(endpoint))
    return told


def _call(event: Any) -> CallId:
    found: CallId = event.call
    return found


def _mark(call: Call | None) -> Mark:
    """Say in which state a call is; another state at the next look is another matter."""
    if call is None:
        return ()
    return (call.stage, call.since, call.agent, call.offer, call.confirmed, call.awaited)
