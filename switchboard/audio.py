"""Looks after the line while the engine lives: is everybody heard, is every trunk registered?

Audio: one AMI question for each talking leg every `LOOK_S` (measured: see
docs/howto/diagnose.md). Registrations: one question each `REGISTERED_S` if a trunk registers.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence, Set
from typing import Protocol

from acd import Floor
from acd.floor import Stage
from domain.clock import Clock
from domain.errors import YingdaError
from lines.one_way import Count, look, silent_side
from switchboard.incidents import DOWN, LINE_KINDS, Incidents

log = logging.getLogger("yingda.audio")

LOOK_S = 1.5
REGISTERED_S = 5.0
PATIENCE_S = 10.0
"""How long a trunk may be unregistered before it is said, if the tracer does not say why."""

Packets = Mapping[str, Mapping[str, int]]
"""Call → side → RTP packets that came from there."""


class Questions(Protocol):
    """What is asked of Asterisk; `switchboard.exchange` answers. Raises YingdaError."""

    async def packets(self, calls: Set[str]) -> Packets: ...
    async def registrations(self) -> Mapping[str, str]: ...


class LineWatch:
    """Compares what Asterisk says now with a moment ago, and sees incidents."""

    def __init__(
        self,
        floor: Floor,
        ask: Questions,
        incidents: Incidents,
        clock: Clock,
        trunks: Sequence[str],
    ) -> None:
        """`trunks`: names of those that register."""
        self._floor = floor
        self._ask = ask
        self._incidents = incidents
        self._clock = clock
        self._trunks = trunks
        self.on_silent: Callable[[str], None] = lambda call: None
        """Hears at each look of a talk whose agent sends nothing."""
        self._talks: dict[str, dict[str, Count]] = {}
        self._down: dict[str, float] = {}

    async def run(self) -> None:
        """Look for as long as the engine lives; a question without answer is asked again."""
        await asyncio.gather(
            self._each(LOOK_S, self.look_at_talks), self._each(REGISTERED_S, self.look_at_trunks)
        )

    async def _each(self, seconds: float, act: Callable[[], Awaitable[None]]) -> None:
        while True:
            await asyncio.sleep(seconds)
            try:
                if self._floor.pbx_up:
                    await act()
            except YingdaError as error:
                log.info("no answer about the lines: %s", error)

    async def look_at_talks(self) -> None:
        """Count the packets of every talk; held and parked ones are forgotten meanwhile."""
        talking = self._talking()
        if not talking:
            self._talks.clear()
            return
        packets = await self._ask.packets(talking)
        now = self._clock.mono()
        # a talk may have been held while Asterisk answered
        talking &= self._talking()
        self._talks = {
            call: look(self._talks.get(call, {}), packets[call], now)
            for call in talking
            if call in packets
        }
        for call, talk in self._talks.items():
            if side := silent_side(talk, now):
                self._incidents.see("one_way", call, side)
                if side != "caller":
                    self.on_silent(call)
            else:
                self._incidents.over("one_way", call)

    def _talking(self) -> set[str]:
        return {call.id for call in self._floor.calls.values() if call.stage is Stage.TALKING}

    async def look_at_trunks(self) -> None:
        """Read which trunks are registered; also close what was quiet for long."""
        self._incidents.sweep(set(self._floor.calls))
        if not self._trunks:
            return
        states = await self._ask.registrations()
        for trunk in self._trunks:
            self._judge(trunk, states.get(trunk, ""))

    def _judge(self, trunk: str, state: str) -> None:
        now = self._clock.mono()
        if state == "Registered":
            self._down.pop(trunk, None)
            self._incidents.registered(trunk)
            return
        since = self._down.setdefault(trunk, now)
        if any((kind, trunk) in self._incidents.open for kind in LINE_KINDS if kind != DOWN):
            self._incidents.over(DOWN, trunk)
        elif now - since >= PATIENCE_S:
            self._incidents.see(DOWN, trunk, state)
