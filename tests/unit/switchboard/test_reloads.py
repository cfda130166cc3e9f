"""Whose audio stopped is told of; whose goes on is let be."""

import asyncio
from collections.abc import Set

from acd import AgentCard, Floor
from acd.floor import Line
from domain import events as ev
from domain.ids import AgentId, CallId
from switchboard.reloads import SILENT_LOOKS, WELL, Reloads

CALL, LIN = CallId("c1"), AgentId("8001")


class Talk:
    """A browser phone in a talk; `counts` are the packets at each look."""

    def __init__(self, *counts: int | None) -> None:
        self.floor = Floor()
        self.floor.configure([], [AgentCard(LIN)])
        self.agent = self.floor.agents[LIN]
        self.agent.phone, self.agent.endpoint = "browser", "w8001"
        self.agent.line, self.agent.call = Line.TALKING, CALL
        self.counts, self.looks = counts, 0
        self.told: list[ev.Event] = []
        self.reloads = Reloads(self.floor, self.packets, self.told.append, self.sleep)

    async def packets(self, calls: Set[str]) -> dict[str, dict[str, int]]:
        count = self.counts[min(self.looks, len(self.counts) - 1)]
        self.looks += 1
        return {} if count is None else {CALL: {"agent": count}}

    async def sleep(self, seconds: float) -> None:
        if self.looks > 20:
            self.agent.line = Line.FREE
        await asyncio.sleep(0)

    async def loses(self) -> list[ev.Event]:
        self.reloads.note(ev.Record(1, 0.0, 0, ev.PhoneLost("w8001")))
        while self.reloads._watching:  # noqa: ASYNC110  # turns of the loop take no time
            await asyncio.sleep(0)
        return self.told


async def test_silence_is_told_once() -> None:
    assert await Talk(100, 125, 125).loses() == [ev.PhoneSilent(CALL, LIN)]


async def test_a_page_that_is_only_out_of_touch_is_let_be() -> None:
    talk = Talk(*range(0, 3000, 25))
    assert await talk.loses() == []
    talk = Talk(*range(0, 3000, 25))
    talk.floor.reachable.add("w8001")
    assert await talk.loses() == [] and talk.looks == WELL + 1


async def test_nothing_is_known_nothing_is_told() -> None:
    assert await Talk(None).loses() == []


async def test_a_desk_phone_is_looked_at_for_longer() -> None:
    pauses = Talk(100, 100, 100, 100, 125, 125, 125, 150, *range(200, 900, 25))
    pauses.agent.phone = "phone"
    assert await pauses.loses() == []
    dead = Talk(100)
    dead.agent.phone = "phone"
    assert await dead.loses() == [ev.PhoneSilent(CALL, LIN)]
    assert dead.looks == 1 + SILENT_LOOKS["phone"]
    anew = Talk(100)
    anew.agent.phone = "phone"
    anew.floor.reachable.add("w8001")
    assert await anew.loses() == [], "it only registered anew, and is muted"


async def test_mobiles_and_free_lines_are_not_looked_at() -> None:
    talk = Talk(0, 0)
    talk.agent.phone = "mobile"
    assert await talk.loses() == [] and talk.looks == 0
