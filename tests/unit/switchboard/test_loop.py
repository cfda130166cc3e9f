"""The loop: order, one commit a turn, nothing acts unwritten, a listener harms nobody."""

import asyncio
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from acd import AgentCard, Floor, GroupRules
from domain import commands as do, events as ev
from domain.clock import Clock
from domain.commands import WakeAt
from domain.errors import Unavailable
from domain.ids import AgentId, CallId, GroupId, Instant
from store.journal import Entry, JournalFile
from switchboard import loop as loop_module
from switchboard.loop import Switchboard, decide_all

CALL, LIN, SALES = CallId("c1"), AgentId("8001"), GroupId("sales")
CLOCK = Clock(lambda: Instant(5.0), lambda: 5_000)


class Log:
    """A journal, a PBX and a listener that write down the order of what they are told."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.broken = False
        self.waits = asyncio.Event()
        self.waits.set()

    async def append(self, entries: Sequence[Entry]) -> list[ev.Record]:
        await self.waits.wait()
        if self.broken:
            raise Unavailable("the disk is full")
        records = [ev.Record(n, *entry) for n, entry in enumerate(entries, 1)]
        self.lines.append("wrote " + " ".join(record.kind for record in records))
        return records

    def do(self, commands: Sequence[do.PbxCommand]) -> None:
        self.lines += [f"did {type(command).__name__}" for command in commands]

    def listen(self, record: ev.Record) -> None:
        self.lines.append(f"told {record.kind}")


def a_floor() -> Floor:
    floor = Floor()
    floor.configure([GroupRules(SALES)], [AgentCard(LIN, groups=(SALES,))])
    return floor


def ring() -> list[ev.Event]:
    return [
        ev.PbxJoined(1),
        ev.PhoneReachable("a8001"),
        ev.AgentSignedIn(LIN, "phone", "a8001"),
        ev.AgentReadied(LIN),
        ev.CallArrived(CALL, "400", "400", "138"),
        ev.GroupChosen(CALL, SALES),
        ev.HoldReached(CALL),
    ]


def a_loop(log: Log) -> Switchboard:
    loop = Switchboard(a_floor(), log, log, CLOCK, lambda wait_s, call: None)
    loop.listeners.append(log.listen)
    return loop


async def test_one_turn_is_one_commit_then_commands_then_listeners() -> None:
    log = Log()
    loop = a_loop(log)
    for event in ring():
        loop.tell(event)
    await loop.turn()
    kinds = [type(event).__name__ for event in ring()] + ["OfferMade"]
    assert log.lines[:2] == ["wrote " + " ".join(kinds), "did RingAgent"]
    assert log.lines[2:] == [f"told {kind}" for kind in kinds]
    assert loop.is_idle


async def test_events_gather_while_the_disk_works() -> None:
    log = Log()
    loop = a_loop(log)
    running = asyncio.create_task(loop.run())
    log.waits.clear()
    loop.tell(ev.PbxJoined(1))
    while not loop.is_idle:
        await asyncio.wait([running], timeout=0.001)
    for event in ring():
        loop.tell(event)
    log.waits.set()
    async with asyncio.timeout(3):
        while loop.turns < 2:
            await asyncio.wait([running], timeout=0.001)
    running.cancel()
    assert [line.count(" ") for line in log.lines if line.startswith("wrote")] == [1, 8]


async def test_what_nothing_acts_upon_is_written_with_what_follows_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(loop_module, "COMPANY_S", 3600.0)
    log = Log()
    loop = a_loop(log)
    running = asyncio.create_task(loop.run())
    *before, last = ring()
    for event in before:
        loop.tell(event)
        await asyncio.wait([running], timeout=0.001)
    assert log.lines == [] and not loop.is_idle, "seven facts, and nobody is rung for them"
    loop.tell(last)
    async with asyncio.timeout(20):
        while not loop.turns:
            await asyncio.wait([running], timeout=0.001)
    assert [line.split(" ")[0] for line in log.lines[:2]] == ["wrote", "did"]
    assert log.lines[0].count(" ") == 8 and loop.is_idle
    loop.tell(ev.PbxLeft("x"))
    async with asyncio.timeout(20):
        await loop.settled()
    assert log.lines[-1] == "told PbxLeft", "whoever asks does not wait for company"
    running.cancel()


async def test_a_listener_that_fails_does_not_stop_the_others() -> None:
    log = Log()
    loop = a_loop(log)

    def fails(record: ev.Record) -> None:
        raise ValueError("a listener's fault")

    loop.listeners.insert(0, fails)
    loop.tell(ev.PbxJoined(1))
    await loop.turn()
    assert log.lines == ["wrote PbxJoined", "told PbxJoined"]


async def test_nothing_acts_when_the_journal_cannot_be_written() -> None:
    log = Log()
    log.broken = True
    loop = a_loop(log)
    for event in ring():
        loop.tell(event)
    with pytest.raises(Unavailable):
        await loop.run()
    assert log.lines == []


async def test_a_timer_that_means_nothing_any_more_is_not_written() -> None:
    log = Log()
    loop = a_loop(log)
    loop.tell(ev.AnnouncementDue(CALL))
    await loop.turn()
    assert log.lines == []


async def test_timers_come_back_as_events() -> None:
    later: list[tuple[float, Callable[[], None]]] = []
    log = Log()
    loop = Switchboard(
        a_floor(), log, log, CLOCK, lambda wait_s, call: later.append((wait_s, call))
    )
    loop.wake_at(WakeAt(Instant(7.5), ev.PbxLeft("x")))
    loop.wake_at(WakeAt(Instant(1.0), ev.PbxLeft("y")))
    assert [wait_s for wait_s, _ in later] == [2.5, 0.0]
    later[0][1]()
    await loop.turn()
    assert log.lines == ["wrote PbxLeft"]


async def test_the_clock_of_asyncio_is_the_one_that_is_used_by_default() -> None:
    log = Log()
    loop = Switchboard(a_floor(), log, log, CLOCK)
    running = asyncio.create_task(loop.run())
    loop.wake_at(WakeAt(Instant(5.0), ev.PbxLeft("x")))
    async with asyncio.timeout(3):
        while not loop.turns:
            await asyncio.wait([running], timeout=0.001)
    running.cancel()
    assert log.lines == ["wrote PbxLeft"]


async def test_the_journal_keeps_what_was_decided_in_its_order(tmp_path: Path) -> None:
    journal = JournalFile.open(tmp_path / "journal.db", ballast_bytes=0)
    loop = Switchboard(a_floor(), journal, Log(), CLOCK, lambda wait_s, call: None)
    for event in ring():
        loop.tell(event)
    await loop.turn()
    kept = journal.since(0)
    assert [record.seq for record in kept] == list(range(1, 9))
    assert [record.event for record in kept[:7]] == ring()
    assert isinstance(kept[7].event, ev.OfferMade)
    journal.close()


def test_each_event_is_decided_whole_before_the_next() -> None:
    entries = [(1.0 + n, 1000 + n, event) for n, event in enumerate(ring())]
    entries.append((9.0, 9000, ev.CallEnded(CALL, 16)))
    batch = decide_all(a_floor(), entries)
    kinds = [type(event).__name__ for _, _, event in batch.entries]
    assert kinds[6:] == ["HoldReached", "OfferMade", "CallEnded", "OfferFailed"]
    assert {mono for mono, _, _ in batch.entries[6:8]} == {7.0}
