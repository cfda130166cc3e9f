"""Virtual days with faults: `days --cycles SEEDS`, each a day of callers, agents and bad luck.

The real engine on the fake exchange, in virtual time: people do anything at any time, the engine
is killed and comes back, the link is cut, messages get lost, phones vanish, the rows' database is
away. After each day: nobody is left behind, nobody had two callers, places were kept, every call
has one record whose parts make the whole, and the rows made anew are the rows.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from random import Random

from acd.floor import Line
from cdr import CallRecord, fold
from domain import events as ev
from pbx.message import Message
from tests.chaos.people import told_quietly
from tests.chaos.tally import Ask, Tally
from tests.house.memory_journal import MemoryJournal
from tests.stories.table import shown
from tests.stories.test_any_day import Day
from tests.stories.world import BEGINS

STEPS = 150
"""Things that happen in a day."""
QUIET, QUIET_S = 0.06, 120.0
"""How often nothing happens for long."""
ONCE = (ev.CallEnded, ev.CallLost)
BEGAN = 1000.0
"""Where virtual time begins."""


class HardDay(Day):
    """A day of chance on which other things break, too."""

    def __init__(self, seed: int) -> None:
        self.journal = MemoryJournal()
        super().__init__(Path("nowhere"), seed, self.journal)
        self.luck = Random(seed)
        self.broke: Counter[str] = Counter()
        self.messages = 0
        self.wrong: list[str] = []
        self.rows: dict[str, CallRecord] = {}
        self.projected, self.away_until = 0, 0.0

    async def step(self) -> None:
        """Let something break now and then, and let the day go on."""
        fate = self.luck.random()
        if fate < 0.02:
            self.broke["link"] += 1
            self.world.engine.cut(self.luck.choice((0.6, 2.0, 9.0)))
        elif fate < 0.04:
            self.broke["database"] += 1
            self.away_until = self.world.time.now + self.luck.choice((5.0, 60.0))
        self._listen()
        engine, before = self.world.engine, self._lines()
        await super().step()
        if self.world.engine is not engine:
            self.broke["engine"] += 1
            self._compare(before)
        if self.luck.random() < QUIET:
            await self.pass_s(QUIET_S)
        self.project()

    def _lines(self) -> dict[str, list[str]]:
        """List who waits, group by group, in order."""
        waiting = self.world.engine.floor.waiting
        return {group: [place[2] for place in line] for group, line in waiting.items()}

    def _compare(self, before: dict[str, list[str]]) -> None:
        """I4: who waited before the engine died and still does stands in the same order."""
        now = self._lines()
        for group, line in before.items():
            kept = [call for call in line if call in now.get(group, ())]
            again = [call for call in now.get(group, ()) if call in line]
            if kept != again:
                self.wrong.append(f"{group}: {kept} waited, then {again}")

    def _listen(self) -> None:
        """Lose one message of fifty, on whatever link there is by now."""
        pbx = self.world.pbx
        if getattr(pbx.listen, "__name__", "") != "_heard":
            return
        hear = pbx.listen

        def lossy(message: Message) -> None:
            self.messages += 1
            if self.luck.random() < 0.02:
                self.broke["message"] += 1
            else:
                hear(message)

        pbx.listen = lossy

    def project(self) -> None:
        """Fold what is new into rows, as the projector does, while the database is there."""
        if self.world.time.now < self.away_until:
            return
        new = {row[5] for row in self.journal.rows[self.projected :] if row[5]}
        self.projected = self.journal.last_seq
        self.rows |= {call: fold(self.journal.read_call(call)) for call in new}


def found_wrong(day: HardDay) -> Iterator[str]:
    """Name what must not be after a day."""
    engine, pbx = day.world.engine, day.world.pbx
    yield from (f"a conversation failed: {fault!r}" for fault in pbx.faults)
    yield from (f"left behind: {name}" for name in pbx.channels)
    yield from (f"the engine still has {call}" for call in engine.floor.calls)
    for number, agent in engine.floor.agents.items():
        if agent.line is not Line.FREE:
            yield f"{number} is stuck: {agent.line}"
    if shown(engine.replayed()) != shown(engine.floor):
        yield "a replay is another floor"
    facts = [record.event for record in day.journal.since(0)]
    yield from _doubled(facts)
    yield from day.wrong
    yield from _records(day.world.records())
    yield from _rows(day)


def _doubled(facts: Sequence[ev.Event]) -> Iterator[str]:
    """I1, I3: one end for each call; nobody talks with two, by what was told in order."""
    ends = Counter(fact.call for fact in facts if isinstance(fact, ONCE))
    yield from (f"{call} ended {times} times" for call, times in ends.items() if times > 1)
    talking: dict[str, str] = {}
    for fact in facts:
        if isinstance(fact, ev.OfferAnswered) and talking.get(fact.agent, fact.call) != fact.call:
            yield f"{fact.agent} has {talking[fact.agent]} and {fact.call}"
        if isinstance(fact, ev.OfferAnswered):
            talking[fact.agent] = fact.call
        elif isinstance(fact, ev.TalkEnded):
            talking = {agent: call for agent, call in talking.items() if call != fact.call}


def _records(records: Sequence[CallRecord]) -> Iterator[str]:
    """I5, I9: every call that began has one outcome, and its parts make the whole."""
    for record in records:
        parts = record.ivr_ms + record.wait_ms + record.ring_ms + record.talk_ms + record.hold_ms
        if record.outcome is None:
            yield f"{record.call} has no outcome"
        if not 0 <= parts <= record.total_ms:
            yield f"{record.call}: parts {parts}, whole {record.total_ms}"


def _rows(day: HardDay) -> Iterator[str]:
    """I10: rows that came late are the rows made anew."""
    day.away_until = 0.0
    day.project()
    anew = {record.call: record for record in day.world.records()}
    for call, record in anew.items():
        if day.rows.get(call) != record:
            yield f"{call}: the row is not what it would be made anew"


async def live(seed: int) -> HardDay:
    """Live through one day, and let everybody go home."""
    day = HardDay(seed)
    await day.open_up()
    for _ in range(STEPS):
        await day.step()
    await day.pass_s(60)
    if not day.world.engine.alive:
        day.world.started()
    await day.close_down()
    await day.pass_s(30)
    return day


async def _live(ask: Ask, tally: Tally) -> None:
    broke: Counter[str] = Counter()
    lasted = calls = 0.0
    for n in range(ask.cycles):
        seed = ask.seed + n
        day = await live(seed)
        for wrong in found_wrong(day):
            tally.must(False, f"--seed {seed} --cycles 1: {wrong}")
        tally.cycles += 1
        broke += day.broke
        lasted += day.world.time.now - BEGAN
        calls += sum(isinstance(record.event, BEGINS) for record in day.journal.since(0))
        if tally.cycles % 100 == 0:
            ask.say(f"{tally.cycles} days, {calls:.0f} calls, {dict(broke)}")
    tally.live_calls = int(calls)
    tally.also |= {"virtual_hours": round(lasted / 3600, 1), **dict(broke)}


def run(ask: Ask) -> Tally:
    """Live through `cycles` days."""
    return told_quietly(_live, ask)
