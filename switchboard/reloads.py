"""Is a phone that is out of reach still in its talk? Its audio tells.

A page that is only out of touch with us (the web process was restarted) goes on sending: its talk
is let be. One that was reloaded or closed sends nothing, and its caller shall not hear silence. A
desk phone may be silent by itself, so it is looked at for longer.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Set

from acd import Floor
from acd.floor import Agent, Line
from domain import events as ev
from domain.errors import YingdaError
from domain.ids import CallId
from domain.ports import Tell

log = logging.getLogger("yingda.reloads")

Packets = Callable[[Set[str]], Awaitable[dict[str, dict[str, int]]]]
"""Give call → side → RTP packets received so far."""
LOOK_S = 0.5
WELL = 4
"""So many looks with audio from a phone that is registered again, and nobody was lost."""
SILENT_LOOKS = {"browser": 1, "phone": 4}
"""So many looks without a packet, of a phone that is out of reach, and it is gone."""


class Reloads:
    """Watches the talks of browsers and desk phones that went out of reach."""

    def __init__(
        self, floor: Floor, packets: Packets, tell: Tell, sleep: Callable[[float], Awaitable[None]]
    ) -> None:
        self._floor = floor
        self._packets = packets
        self._tell = tell
        self._sleep = sleep
        self._watching: dict[str, asyncio.Task[None]] = {}

    def note(self, record: ev.Record) -> None:
        """Listener: look after the talk of a phone that is lost."""
        if not isinstance(record.event, ev.PhoneLost):
            return
        for agent in self._floor.agents.values():
            if agent.endpoint == record.event.endpoint and _talks(agent):
                self._start(agent)

    def _start(self, agent: Agent) -> None:
        call = agent.call
        if call is None or call in self._watching:
            return
        task = asyncio.create_task(self._watch(agent, call))
        self._watching[call] = task
        task.add_done_callback(lambda _: self._watching.pop(call, None))

    async def _watch(self, agent: Agent, call: CallId) -> None:
        before, well, silent = await self._received(call), 0, 0
        while agent.call == call and _talks(agent) and well < WELL:
            await self._sleep(LOOK_S)
            if self._is_here_again(agent):
                return
            now = await self._received(call)
            if now is None:
                continue
            silent = silent + 1 if now == before else 0
            if silent >= SILENT_LOOKS[agent.phone]:
                self._tell(ev.PhoneSilent(call, agent.card.number))
                return
            before = now
            well = well + 1 if agent.endpoint in self._floor.reachable else 0

    def _is_here_again(self, agent: Agent) -> bool:
        """Tell a desk phone that only registered anew; a page that did so has lost its talk."""
        return agent.phone == "phone" and agent.endpoint in self._floor.reachable

    async def _received(self, call: CallId) -> int | None:
        """Count what came from the agent's phone; None when nobody can tell."""
        try:
            return (await self._packets({call})).get(call, {}).get("agent")
        except YingdaError as error:
            log.warning("call=%s the audio cannot be looked at: %s", call, error)
            return None


def _talks(agent: Agent) -> bool:
    return agent.phone in SILENT_LOOKS and agent.line in (Line.TALKING, Line.HOLDING)
