"""The engine dies at each turn of one call, in each way: before the commit, after it, after acting.

Virtual time on the fake exchange. People do what people do, whatever the engine does: a caller
presses when asked, a phone that rings is answered, a talk is held, passed on, ended. Afterwards the
caller must have been served, no talk cut, and nothing be left behind.
"""

import asyncio
import contextlib
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from acd.floor import Line
from domain import events as ev
from domain.errors import Conflict
from domain.events import Record
from pbx.fake_caller import Channel
from store.journal import Entry
from switchboard.board import state_of
from tests.chaos.tally import Ask, Tally
from tests.stories.table import shown
from tests.stories.world import World

START_MS = 1_795_395_600_000
CALLER, HOTLINE, KEY = "13800138000", "4008000001", "2"
FIRST, SECOND = "8001", "8004"
TICK_S, LONGEST_S, REST_S = 0.25, 400.0, 90.0
PRESS_AFTER_S, ANSWER_AFTER_S, TALK_S = 3.5, 1.0, 8.0
AWAY_S = (0.4, 1.5, 2.5)
"""How long it takes until an engine is there again; who is on hold gives up after four seconds."""
TRIES = 40
"""How often somebody presses what is refused, before doing what comes next: ten seconds."""
STUCK_S = 60.0
"""Real seconds; a play takes a tenth of one."""
ENDS = (ev.CallEnded, ev.CallLost)
POINTS = ("unwritten", "written", "acted")
"""Where a turn is cut: nothing kept, kept and not acted upon, acted upon and told to nobody."""


class Killed(Exception):
    """The process is gone in the middle of a turn."""


class Doomed:
    """A journal whose process dies at a turn; counts turns and facts."""

    def __init__(self, world: World, turn: int, point: str) -> None:
        self.world, self.turn, self.point = world, turn, point
        self.turns = self.records = 0
        self.hold()

    def hold(self) -> None:
        """Stand between the loop and its journal, in the engine that lives now."""
        loop = self.world.engine.loop
        loop._journal = self
        act = loop._pbx.do

        def do(commands: object) -> None:
            self._die("written")
            act(commands)  # type: ignore[arg-type]
            self._die("acted")

        loop._pbx = _Hands(do)

    async def append(self, entries: Sequence[Entry]) -> Sequence[Record]:
        """Write, unless this is where it ends."""
        self.turns += 1
        self._die("unwritten")
        written = await self.world.engine.journal.append(entries)
        self.records += len(written)
        return written

    def _die(self, point: str) -> None:
        if (self.turns, self.point) == (self.turn, point):
            raise Killed


@dataclass(frozen=True, slots=True)
class _Hands:
    do: Callable[[object], None]


@dataclass(slots=True)
class Person:
    """An agent who answers what rings and does something with the first talk."""

    number: str
    deeds: list[str]
    """What is done in the talk, each after some time: hold, retrieve, pass, page, put_down, …"""
    refuses: str = ""
    """What is done once to a phone that rings, instead of answering."""
    since: float = 0.0
    was: str = ""
    tries: int = 0


@dataclass(frozen=True, slots=True)
class Scenario:
    """What people do in one call."""

    first: tuple[str, ...]
    refuses: str = ""
    second: tuple[str, ...] = ("put_down",)


SCENARIOS: dict[str, Scenario] = {
    "transfer": Scenario(("pass",)),
    "hold": Scenario(("hold", "retrieve", "put_down")),
    "hold_and_transfer": Scenario(("hold", "pass")),
    "page": Scenario(("page",)),
    "declined": Scenario(("put_down",), refuses="decline"),
    "rejected": Scenario(("put_down",), refuses="reject"),
    "two_transfers": Scenario(("pass",), second=("back",)),
    "caller_leaves": Scenario(("leave",)),
}


@dataclass(slots=True)
class Play:
    """One call and its people, to the end."""

    world: World
    scenario: Scenario
    caller: Channel | None = None
    cut: int = 0
    asked_at: float = 0.0
    people: list[Person] = field(default_factory=list)
    _deed: bool = False
    _talked: set[str] = field(default_factory=set)

    def begin(self) -> None:
        """Bring the people."""
        here = self.scenario
        self.people = [
            Person(FIRST, [*here.first, "put_down"], here.refuses),
            Person(SECOND, [*here.second, "put_down"]),
        ]
        for person in self.people:
            self.world.pbx.registers(f"a{person.number}")

    def step(self) -> None:
        """Let everybody do what is to be done now."""
        self._see_cut()
        for person in self.people:
            self._agent(person)
        self._caller()

    @property
    def over(self) -> bool:
        """Tell whether the caller has come and gone."""
        return self.caller is not None and not self.caller.alive

    def _see_cut(self) -> None:
        """Notice a talk that ended though nobody did anything."""
        talking = {
            name
            for name, phone in self.world.pbx.phones.items()
            if phone.leg is not None and phone.leg.up and phone.leg.caller is not None
        }
        if not self._deed and self._talked - talking:
            self.cut += 1
        self._talked, self._deed = talking, False

    def _agent(self, person: Person) -> None:
        self._works(person)
        phone = self.world.pbx.phones[f"a{person.number}"]
        state = "" if phone.leg is None else "talks" if phone.leg.up else "rings"
        if state != person.was:
            person.was, person.since = state, self.world.time.now
        waited = self.world.time.now - person.since
        if state == "rings" and waited >= ANSWER_AFTER_S:
            self._rung(person)
        elif state == "talks" and waited >= TALK_S:
            self._talks(person)

    def _works(self, person: Person) -> None:
        engine = self.world.engine
        if not engine.alive:
            return
        agent = engine.floor.agents[person.number]  # type: ignore[index]
        now = state_of(agent, engine.floor)
        if now == "offline":
            self._asks("agent.sign_in", person, phone="phone")
        elif now in ("break", "signed_in"):
            self._asks("agent.ready", person)

    def _rung(self, person: Person) -> None:
        self._deed = True
        word, person.refuses = person.refuses, ""
        if word == "reject":
            self.world.pbx.reject(f"a{person.number}")
        elif word == "decline":
            agent = self.world.engine.floor.agents[person.number]  # type: ignore[index]
            args = {"call": agent.call or "", "offer": agent.offer, "reason": "busy"}
            if not self._asks("call.decline", person, **args):
                person.refuses = word
        else:
            self.world.pbx.answer(f"a{person.number}")

    def _talks(self, person: Person) -> None:
        """Do the next deed, and again if it was refused: nobody waits for the engine for ever."""
        word, call = person.deeds[0], self.world.call_of(person.number)
        done = True
        self._deed = True
        if word == "put_down":
            self.world.pbx.put_down(f"a{person.number}")
        elif word == "leave" and self.caller is not None:
            self.world.pbx.hang_up(self.caller)
        else:
            do, args = WISHES[word]
            done = self._asks(do, person, call=call, **args)
        person.tries += not done
        if done or person.tries > TRIES:
            person.since, person.tries = self.world.time.now, 0
            if len(person.deeds) > 1:
                person.deeds.pop(0)

    def _asks(self, word: str, person: Person, **args: object) -> bool:
        if not self.world.engine.alive:
            return False
        with contextlib.suppress(Conflict):
            self.world.ask(word, person.number, **args)
            return True
        return False

    def _caller(self) -> None:
        now = self.world.time.now
        if self.caller is None:
            if all(self._is_ready(person) for person in self.people):
                self.caller, self.asked_at = self.world.pbx.dial(CALLER, HOTLINE), now
        elif self.caller.ear is not None and now - self.asked_at >= PRESS_AFTER_S:
            self.asked_at = now
            self.world.pbx.press(self.caller, KEY)

    def _is_ready(self, person: Person) -> bool:
        engine = self.world.engine
        agent = engine.floor.agents[person.number]  # type: ignore[index]
        return engine.alive and state_of(agent, engine.floor) == "ready"


WISHES: dict[str, tuple[str, dict[str, object]]] = {
    "hold": ("call.hold", {}),
    "retrieve": ("call.retrieve", {}),
    "page": ("call.hang_up", {}),
    "pass": ("call.transfer", {"to_kind": "group", "to": "presale"}),
    "back": ("call.transfer", {"to_kind": "agent", "to": FIRST}),
}


@dataclass(frozen=True, slots=True)
class Ended:
    """What is left of one play."""

    turns: int
    records: int
    cut: int
    faults: tuple[str, ...]


async def play(folder: Path, scenario: Scenario, turn: int = 0, point: str = "") -> Ended:
    """Play a call; the engine dies at that turn, and is started again."""
    world = World(folder, START_MS)
    doomed, here = Doomed(world, turn, point), Play(world, scenario)
    end, away = world.time.now + LONGEST_S, AWAY_S[turn % len(AWAY_S)]
    here.begin()
    while not here.over and world.time.now < end:
        await passes(world, away, TICK_S, here.step)
    await passes(world, away, REST_S, lambda: None)
    ended = Ended(doomed.turns, doomed.records, here.cut, tuple(faults(here)))
    if world.engine.alive:
        world.engine.journal.close()
    return ended


async def passes(world: World, away: float, seconds: float, step: Callable[[], None]) -> None:
    """Let time pass, and the engine come back where it died."""
    until = world.time.now + seconds
    try:
        step()
        await world.pass_to(until)
    except Killed:
        await world.engine.dies()
        await world.pass_to(world.time.now + away)
        world.started()
        await world.pass_to(max(until, world.time.now + 0.01))


def faults(here: Play) -> list[str]:
    """Say what is not as it must be when a call is over."""
    told = left_behind(here.world)
    told += [] if here.over else ["the caller was never let go"]
    records = here.world.records()
    told += [] if len(records) == 1 else [f"{len(records)} records"]
    return told + [f"outcome {r.outcome}" for r in records if r.outcome != "answered"]


def left_behind(world: World) -> list[str]:
    """Say what is left when every call is over: nothing may be, and nothing twice."""
    engine = world.engine
    lines = {str(agent.line) for agent in engine.floor.agents.values()} - {str(Line.FREE)}
    told = [f"{type(fault).__name__} {fault}" for fault in world.pbx.faults]
    told += [f"{name} is still there" for name in world.pbx.channels]
    told += [f"call {call} is still open" for call in engine.floor.calls]
    told += [f"an agent is still {line}" for line in sorted(lines)]
    told += [] if shown(engine.replayed()) == shown(engine.floor) else ["replayed otherwise"]
    ends = Counter(fact.call for fact in world.facts() if isinstance(fact, ENDS))
    return told + [f"{call} ended {n} times" for call, n in ends.items() if n > 1]


def run(ask: Ask) -> Tally:
    """Sweep the first `cycles` scenarios, at every turn and point."""
    return asyncio.run(swept(ask, list(SCENARIOS)[: ask.cycles]))


async def swept(ask: Ask, names: Sequence[str]) -> Tally:
    """Sweep some scenarios."""
    tally, records = Tally(ask.seed), 0
    for name in names:
        whole = await play(ask.room / name, SCENARIOS[name])
        tally.must(not whole.faults, f"{name}, undisturbed: {whole.faults}")
        records += whole.records
        before = len(tally.broken)
        for turn in range(1, whole.turns + 1):
            for point in POINTS:
                await _point(ask, tally, name, turn, point)
        ask.say(f"{name}: {whole.turns} turns, {len(tally.broken) - before} broken")
    tally.also["records"] = float(records)
    return tally


async def _point(ask: Ask, tally: Tally, name: str, turn: int, point: str) -> None:
    tally.cycles += 1
    tally.live_calls += 1
    where = f"{name}, turn {turn} {point}"
    try:
        async with asyncio.timeout(STUCK_S):
            folder = ask.room / where.replace(", ", "-")
            ended = await play(folder, SCENARIOS[name], turn, point)
    except TimeoutError:
        tally.must(False, f"{where}: time stands still")
        return
    tally.cut += ended.cut
    if not tally.must(not ended.faults, f"{where}: {ended.faults}"):
        ask.say(tally.broken[-1])
    if ended.cut:
        ask.say(f"{where}: a talk was cut")
