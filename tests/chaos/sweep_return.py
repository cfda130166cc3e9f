"""The engine dies again at each turn of its return, while callers wait in the dialplan's own queue.

Three callers wait, the engine dies, all three fall back; the next engine takes them back to the
music, and it is killed at one turn of that or of what comes after. Then an agent comes. All three
must be served, in the order in which they came. Virtual time on the fake exchange.
"""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from domain.ids import AgentId
from pbx.fake_caller import Channel
from switchboard.board import state_of
from tests.chaos.sweep import (
    ANSWER_AFTER_S,
    HOTLINE,
    KEY,
    LONGEST_S,
    POINTS,
    PRESS_AFTER_S,
    REST_S,
    START_MS,
    STUCK_S,
    TALK_S,
    TICK_S,
    Doomed,
    Ended,
    left_behind,
    passes,
)
from tests.chaos.tally import Ask, Tally
from tests.stories.world import World

AGENT, PHONE = "8001", "a8001"
CALLERS = ("13800138001", "13800138002", "13800138003")
APART_S, GONE_S, EMPTY_S = 6.0, 12.0, 5.0
"""Between two callers; how long no engine is there at first; how long no agent is, afterwards."""
AWAY_S = (0.4, 2.5, 10.0)
"""How long the second death takes: the music goes on, or all fall back once more."""
WORDS = {"offline": "agent.sign_in", "break": "agent.ready", "signed_in": "agent.ready"}
WITH: dict[str, dict[str, object]] = {"agent.sign_in": {"phone": "phone"}}
"""What an agent who wants to work presses, by what the page shows."""
RETURN = 10
"""The turns in which everybody is taken back: what a short run looks at."""


@dataclass(slots=True)
class Return:
    """The callers, and the one agent who comes late."""

    world: World
    callers: list[Channel] = field(default_factory=list)
    served: list[str] = field(default_factory=list)
    """Who talked with the agent, in order."""
    cut: int = 0
    _was: tuple[str, str] = ("", "")
    _since: float = 0.0
    _pressed: dict[str, float] = field(default_factory=dict)

    async def fall_back(self) -> None:
        """Let callers wait for nobody, and the engine die until all are in the fallback."""
        world = self.world
        world.pbx.registers(PHONE)
        await world.pass_to(world.time.now + 1)
        world.ask("agent.sign_in", AGENT, phone="phone")
        for number in CALLERS:
            self.callers.append(world.pbx.dial(number, HOTLINE))
            await world.pass_to(world.time.now + PRESS_AFTER_S)
            world.pbx.press(self.callers[-1], KEY)
            await world.pass_to(world.time.now + APART_S - PRESS_AFTER_S)
        await world.engine.dies()
        await world.pass_to(world.time.now + GONE_S)
        assert {caller.context for caller in self.callers} == {"fallback"}

    @property
    def over(self) -> bool:
        """Tell whether every caller has been let go."""
        return not any(caller.alive for caller in self.callers)

    def works(self) -> None:
        """Let the agent be at work: asked again where an engine forgot it."""
        engine = self.world.engine
        if engine.alive:
            word = WORDS.get(str(state_of(engine.floor.agents[AgentId(AGENT)], engine.floor)))
            if word is not None:
                self.world.ask(word, AGENT, **WITH.get(word, {}))

    def step(self) -> None:
        """Let everybody do what is to be done now."""
        now, leg = self.world.time.now, self.world.pbx.phones[PHONE].leg
        state = "" if leg is None else "talks" if leg.up else "rings"
        with_whom = leg.caller.name if leg is not None and leg.caller is not None else ""
        if (state, with_whom) != self._was:
            self._sees(state, with_whom)
            self._was, self._since = (state, with_whom), now
        if state == "rings" and now - self._since >= ANSWER_AFTER_S:
            self.world.pbx.answer(PHONE)
        elif state == "talks" and now - self._since >= TALK_S:
            self._was = ("", "")
            self.world.pbx.put_down(PHONE)
        self._rate(now)

    def _sees(self, state: str, with_whom: str) -> None:
        """Notice who is served, and a talk that ended though nobody put down the phone."""
        self.cut += self._was[0] == "talks"
        if state == "talks":
            self.served.append(with_whom)

    def _rate(self, now: float) -> None:
        for caller in self.callers:
            asked = caller.alive and caller.ear is not None
            if asked and now - self._pressed.setdefault(caller.name, now) >= PRESS_AFTER_S:
                self._pressed[caller.name] = now
                self.world.pbx.press(caller, KEY)


async def play(folder: Path, turn: int = 0, point: str = "") -> Ended:
    """Play the return; the engine dies at that turn of it, and is started again."""
    world = World(folder, START_MS)
    here = Return(world)
    await here.fall_back()
    world.started()
    doomed, began = Doomed(world, turn, point), world.time.now
    while not here.over and world.time.now < began + LONGEST_S:
        if world.time.now > began + EMPTY_S:
            here.works()
        await passes(world, AWAY_S[turn % len(AWAY_S)], TICK_S, here.step)
    await passes(world, 0, REST_S, lambda: None)
    ended = Ended(doomed.turns, doomed.records, here.cut, tuple(faults(here)))
    if world.engine.alive:
        world.engine.journal.close()
    return ended


def faults(here: Return) -> list[str]:
    """Say what is not as it must be when all are over."""
    told = left_behind(here.world)
    told += [] if here.over else ["a caller was never let go"]
    wanted = [caller.name for caller in here.callers]
    told += [] if here.served == wanted else [f"served {here.served}, not {wanted}"]
    outcomes = [record.outcome for record in here.world.records()]
    fine = len(outcomes) == len(CALLERS) and set(outcomes) <= {"answered", "fallback"}
    return told + ([] if fine else [f"outcomes {outcomes}"])


def run(ask: Ask) -> Tally:
    """Kill at each of the first `cycles` turns after the return began, in each way."""
    return asyncio.run(swept(ask))


async def swept(ask: Ask) -> Tally:
    """Kill at each of these turns."""
    tally = Tally(ask.seed)
    whole = await play(ask.room / "whole")
    tally.must(not whole.faults, f"undisturbed: {whole.faults}")
    for turn, point in _points(min(ask.cycles, whole.turns)):
        where = f"turn {turn} {point}"
        async with asyncio.timeout(STUCK_S):
            ended = await play(ask.room / where.replace(" ", "-"), turn, point)
        tally.cycles += 1
        tally.live_calls += len(CALLERS)
        tally.cut += ended.cut
        if not tally.must(not ended.faults, f"{where}: {ended.faults}"):
            ask.say(tally.broken[-1])
    tally.also["turns"] = float(whole.turns)
    return tally


def _points(turns: int) -> Iterator[tuple[int, str]]:
    return ((turn, point) for turn in range(1, turns + 1) for point in POINTS)
