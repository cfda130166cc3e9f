"""People in a world of virtual time: a scenario is what they do as soon as they can. Pure but time.

A step waits for its moment (the phone rings, the menu listens) and is done then; one whose moment
never comes is passed over, as people give up. So a scenario goes on whatever the wire does to it.
"""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Iterable
from pathlib import Path

from domain import events as ev
from domain.errors import YingdaError
from domain.ids import AgentId
from pbx.fake import FakePbx
from pbx.fake_caller import Channel
from pbx.fake_time import Timeline
from switchboard.board import state_of
from tests.chaos.tally import Ask, Tally
from tests.house.memory_journal import MemoryJournal
from tests.stories.world import World

START_MS = 1_795_395_600_000
LOOK_S, PATIENCE_S, THINKS_S = 0.5, 60.0, 2.0
HOTLINE = "4008000001"
Step = tuple[Callable[["Firm"], bool], Callable[["Firm"], object]]
"""The moment for which it waits, and what is done then."""


class Firm:
    """A world with its people: agents at work, callers by number."""

    def __init__(self, agents: Iterable[str], pbx: Callable[[Timeline], FakePbx] = FakePbx) -> None:
        self.journal = MemoryJournal()
        self.world = World(Path("nowhere"), START_MS, journal=self.journal, pbx=pbx)
        self.agents = tuple(agents)
        self.callers: dict[str, Channel] = {}
        self.late = 0

    async def pass_s(self, seconds: float) -> None:
        """Let time pass."""
        await self.world.pass_to(self.world.time.now + seconds)

    async def open_up(self) -> None:
        """Bring everybody to work."""
        for agent in self.agents:
            self.world.pbx.registers(f"a{agent}")
        await self.pass_s(0.1)
        for agent in self.agents:
            self.world.ask("agent.sign_in", agent, phone="phone")
        await self.pass_s(0.1)
        for agent in self.agents:
            self.world.ask("agent.ready", agent)
        await self.pass_s(0.1)

    async def live(self, steps: Iterable[Step]) -> None:
        """Do one step after the other, each at its moment."""
        for when, do in steps:
            end = self.world.time.now + PATIENCE_S
            while not when(self) and self.world.time.now < end:
                await self.pass_s(LOOK_S)
            self.late += not when(self)
            await self.pass_s(THINKS_S)
            with contextlib.suppress(YingdaError, LookupError, AttributeError):
                do(self)
            await self.world.settle()

    async def close_down(self) -> None:
        """Let everybody hang up who still is there, and whatever follows happen."""
        await self.pass_s(20)
        for _ in range(2):
            for channel in list(self.world.pbx.channels.values()):
                if channel.variables.get("CC_LEG") == "caller":
                    self.world.pbx.hang_up(channel)
            await self.pass_s(40)

    # --- what people see ----------------------------------------------------------------------

    def talks(self, agent: str) -> bool:
        """Tell whether an agent's phone is picked up."""
        leg = self.world.pbx.phones[f"a{agent}"].leg
        return leg is not None and leg.up

    def rings(self, agent: str) -> bool:
        """Tell whether an agent's phone rings."""
        leg = self.world.pbx.phones[f"a{agent}"].leg
        return leg is not None and not leg.up

    def shows(self, agent: str) -> str:
        """Read an agent's state off the page, while the engine is there."""
        floor = self.world.engine.floor
        return str(state_of(floor.agents[AgentId(agent)], floor))

    def at(self, caller: str, *contexts: str) -> bool:
        """Tell whether a caller is there, in one of these places."""
        channel = self.callers.get(caller)
        return channel is not None and channel.alive and channel.context in contexts

    def is_asked(self, caller: str) -> bool:
        """Tell whether somebody listens for this caller's keys."""
        channel = self.callers.get(caller)
        listens = channel is not None and channel.alive and channel.ear is not None
        return listens and bool(self.callers[caller].listens_for)

    def dial(self, caller: str) -> None:
        """Let somebody call."""
        self.callers[caller] = self.world.pbx.dial(caller, HOTLINE)

    def press(self, caller: str, key: str) -> None:
        """Let a caller press a key."""
        self.world.pbx.press(self.callers[caller], key)

    def leave(self, caller: str) -> None:
        """Let a caller hang up."""
        self.world.pbx.hang_up(self.callers[caller])

    def ask(self, word: str, agent: str, **args: object) -> None:
        """Press something on an agent's page."""
        self.world.ask(word, agent, call=self.world.call_of(agent), **args)

    # --- what came of it ----------------------------------------------------------------------

    def end_state(self) -> tuple[object, ...]:
        """Show who is where at the end."""
        floor = self.world.engine.floor
        people = [(str(a.presence), a.reason, str(a.line), a.call) for a in floor.agents.values()]
        return people, sorted(floor.calls), sorted(floor.reachable), len(self.world.pbx.channels)

    def outcomes(self) -> list[tuple[object, ...]]:
        """Show what the records say of each call, in order; who hung up first is told by order."""
        return [(r.direction, r.outcome, r.group, r.agent) for r in self.world.records()]

    def healed(self) -> bool:
        """Tell whether the pictures were compared again, or something was mended."""
        told = [record.event for record in self.journal.since(0)]
        joins = sum(isinstance(event, ev.PbxJoined) for event in told)
        return joins > 1 or any(isinstance(event, ev.StateHealed) for event in told)


class Complaints(logging.Handler):
    """Collects what was logged as an error: nothing may be."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.said: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep one."""
        trace = record.exc_info[1] if record.exc_info else ""
        self.said.append(f"{record.name}: {record.getMessage()} {trace!r}")


def told_quietly(tell: Callable[[Ask, Tally], Awaitable[None]], ask: Ask) -> Tally:
    """Run a part in virtual time; it fails if anything was logged as an error."""
    tally, complaints = Tally(ask.seed), Complaints()
    logging.getLogger().addHandler(complaints)
    try:
        asyncio.run(tell(ask, tally))
    finally:
        logging.getLogger().removeHandler(complaints)
    tally.must(not complaints.said, f"complained: {complaints.said[:3]}")
    return tally
