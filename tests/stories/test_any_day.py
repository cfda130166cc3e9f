"""A day of chance: people do anything at any time, the engine dies, and nothing is left behind."""

import contextlib
import random
from pathlib import Path

import pytest

from acd.floor import Line
from domain import events as ev
from domain.errors import YingdaError
from pbx.hands import Action
from tests.house.memory_journal import MemoryJournal
from tests.stories.table import shown
from tests.stories.world import World

AGENTS = ("8001", "8002", "8003")
HOTLINES = ("4008000001", "4008000002")
START_MS = 1_795_395_600_000
WISHES = (
    "ready",
    "ready",
    "ready",
    "done",
    "hold",
    "retrieve",
    "hang_up",
    "decline",
    "pause",
    "by_hand",
)


class Day:
    """Chance in a world."""

    def __init__(self, folder: Path, seed: int, journal: MemoryJournal | None = None) -> None:
        self.world = World(folder, START_MS, journal=journal)
        self.chance = random.Random(seed)

    async def pass_s(self, seconds: float) -> None:
        await self.world.pass_to(self.world.time.now + seconds)

    async def open_up(self) -> None:
        for agent in AGENTS:
            self.world.pbx.registers(f"a{agent}")
        await self.pass_s(1)
        for agent in AGENTS:
            self.world.ask("agent.sign_in", agent, phone="phone")
        await self.pass_s(1)

    async def step(self) -> None:
        kind = self.chance.random()
        if kind < 0.12:
            self.world.pbx.dial(
                f"139{self.chance.randrange(10**8):08d}", self.chance.choice(HOTLINES)
            )
        elif kind < 0.40:
            self._caller()
        elif kind < 0.70:
            self._phone(f"a{self.chance.choice(AGENTS)}")
        elif kind < 0.985 or not self.world.engine.alive:
            with contextlib.suppress(YingdaError):
                self._page(self.chance.choice(AGENTS))
        else:
            await self.world.engine.dies()
            await self.pass_s(self.chance.choice((1, 5, 30)))
            self.world.started()
        await self.pass_s(self.chance.choice((0.0, 0.001, 0.3, 2.0, 7.0)))

    def _caller(self) -> None:
        callers = [c for c in self.world.pbx.channels.values() if c.variables["CC_LEG"] == "caller"]
        if callers:
            channel = self.chance.choice(callers)
            if self.chance.random() < 0.12:
                self.world.pbx.hang_up(channel)
            else:
                self.world.pbx.press(channel, self.chance.choice("1205"))

    def _phone(self, endpoint: str) -> None:
        pbx, phone = self.world.pbx, self.world.pbx.phones[endpoint]
        leg, chance = phone.leg, self.chance.random()
        if leg is not None and not leg.up:
            (pbx.answer if chance < 0.7 else pbx.reject)(endpoint)
        elif leg is not None and chance < 0.4:
            pbx.put_down(endpoint)
        elif chance > 0.97:
            (pbx.is_lost if phone.reachable else pbx.registers)(endpoint)
        elif not phone.reachable and chance > 0.5:
            pbx.registers(endpoint)

    def _page(self, agent: str) -> None:
        engine = self.world.engine
        known, wish = engine.floor.agents[agent], self.chance.choice(WISHES)  # type: ignore[index]
        call, offer = self.world.call_of(agent), known.offer
        if wish in ("hold", "retrieve", "hang_up"):
            self.world.ask(f"call.{wish}", agent, call=call)
        elif wish == "decline":
            self.world.ask("call.decline", agent, call=call, offer=offer, reason="busy")
        elif wish == "done":
            self.world.ask("agent.wrapup_done", agent)
        elif wish == "by_hand":
            self._by_hand(agent)
        elif self.chance.random() < 0.2:
            kind, to = self.chance.choice((("group", "presale"), ("agent", AGENTS[0])))
            self.world.ask("call.transfer", agent, call=call, to_kind=kind, to=to)
        else:
            self.world.ask(f"agent.{wish}", agent, reason="rest")

    def _by_hand(self, agent: str) -> None:
        """Do something by hand to any call or agent, possible or not."""
        floor, chance = self.world.engine.floor, self.chance
        call = chance.choice([*floor.calls, "none"])
        kind, to = chance.choice((("group", "presale"), ("group", "aftersale"), ("agent", agent)))
        state = chance.choice(("ready", "ready", "break", "offline"))
        word, args = chance.choice(
            (
                ("call.pick", {"call": call}),
                ("call.move", {"call": call, "to_kind": kind, "to": to}),
                ("call.priority", {"call": call, "priority": chance.randrange(10)}),
                ("agent.force", {"state": state, "reason": "rest"}),
            )
        )
        self.world.ask(word, agent, **args)

    async def close_down(self) -> None:
        """Let every caller leave, and whatever follows happen."""
        for channel in list(self.world.pbx.channels.values()):
            if channel.variables["CC_LEG"] == "caller":
                self.world.pbx.hang_up(channel)
        await self.pass_s(60)


@pytest.mark.parametrize("seed", range(8))
async def test_nothing_is_left_behind(tmp_path: Path, seed: int) -> None:
    day = Day(tmp_path, seed)
    await day.open_up()
    for _ in range(300):
        await day.step()
    await day.close_down()
    engine, pbx = day.world.engine, day.world.pbx
    assert not pbx.faults
    assert pbx.channels == {}
    assert engine.floor.calls == {}
    lines = {agent.line for agent in engine.floor.agents.values()}
    assert lines <= {Line.FREE}
    assert shown(engine.replayed()) == shown(engine.floor)
    assert not engine.cards.cards
    records = day.world.records()
    assert any(record.outcome == "answered" for record in records)
    for record in records:
        parts = record.ivr_ms + record.wait_ms + record.ring_ms + record.talk_ms + record.hold_ms
        assert record.outcome is not None
        assert 0 <= parts <= record.total_ms


@pytest.mark.parametrize("seed", range(4))
async def test_no_talk_is_ever_taken_apart_by_the_engine(tmp_path: Path, seed: int) -> None:
    day = Day(tmp_path, seed + 100)
    cut: list[str] = []

    def look_at(action: Action) -> None:
        name, fields = action
        channel = day.world.pbx.channels.get(fields.get("Channel", ""))
        if channel is None or name != "Redirect" or fields["Context"] not in ("offer", "hold"):
            return
        if channel.leg is not None and channel.leg.up:
            cut.append(channel.variables["CC_CALL"])

    day.world.pbx.look_at = look_at
    await day.open_up()
    for _ in range(300):
        await day.step()
    asked = {
        record.event.call
        for record in day.world.engine.journal.since(0)
        if isinstance(record.event, ev.TransferAsked)
    }
    assert set(cut) <= asked
