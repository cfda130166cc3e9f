"""The engine's door over a real socket: snapshot first, answers by id, a slow reader is cut."""

import asyncio
import json
import stat
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from domain.clock import Clock
from domain.errors import Conflict
from domain.ids import Instant
from switchboard import door as door_module
from switchboard.door import Door

CLOCK = Clock(lambda: Instant(1.0), lambda: 1_000)


async def answer(word: str, args: Mapping[str, Any]) -> dict[str, Any]:
    if word == "agent.ready":
        raise Conflict("sign in first")
    if word == "break":
        raise ZeroDivisionError
    return {"word": word, **args}


@pytest.fixture
async def opened(tmp_path: Path) -> AsyncIterator[tuple[Door, Path]]:
    """Open a door in a folder of its own."""
    door = Door(lambda: {"calls": []}, answer, CLOCK)
    path = tmp_path / "run" / "engine.sock"
    await door.open(path)
    yield door, path
    await door.close()


class Visitor:
    """A web process at the door."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    @classmethod
    async def enter(cls, path: Path) -> "Visitor":
        return cls(*await asyncio.open_unix_connection(str(path), limit=1 << 24))

    async def hear(self) -> dict[str, Any]:
        async with asyncio.timeout(3):
            line = await self.reader.readline()
        heard: dict[str, Any] = json.loads(line)
        return heard

    def say(self, text: str) -> None:
        self.writer.write(text.encode() + b"\n")


async def test_the_picture_comes_first_then_what_happens(opened: tuple[Door, Path]) -> None:
    door, path = opened
    visitor = await Visitor.enter(path)
    assert await visitor.hear() == {
        "ev": "board.snapshot",
        "seq": 0,
        "ts": 1000,
        "data": {"calls": []},
    }
    door.tell("board.delta", {"gone": ["c1"]})
    door.tell("call.offered", {"call": "来电"}, "8001")
    assert (await visitor.hear())["seq"] == 1
    told = await visitor.hear()
    assert (told["seq"], told["agent"], told["data"]) == (2, "8001", {"call": "来电"})
    visitor.writer.close()


async def test_wishes_are_answered_by_their_id(opened: tuple[Door, Path]) -> None:
    visitor = await Visitor.enter(opened[1])
    await visitor.hear()
    visitor.say('{"id": 7, "do": "health", "args": {"x": 1}}')
    assert await visitor.hear() == {"id": 7, "ok": {"word": "health", "x": 1}}
    visitor.say('{"id": 8, "do": "agent.ready"}')
    refused = await visitor.hear()
    assert refused["error"] == {"code": "conflict", "zh": "请先签入", "en": "Sign in first"}
    visitor.say('{"id": 9, "do": "break"}')
    assert (await visitor.hear())["error"]["code"] == "error"
    visitor.writer.close()


@pytest.mark.parametrize("line", ["no json", "[]", "7", '{"id": 1}'])
async def test_a_line_that_is_no_wish_harms_nobody(opened: tuple[Door, Path], line: str) -> None:
    visitor = await Visitor.enter(opened[1])
    await visitor.hear()
    visitor.say(line)
    visitor.say('{"id": 2, "do": "health"}')
    while (heard := await visitor.hear()).get("id") != 2:
        assert "error" in heard
    assert heard == {"id": 2, "ok": {"word": "health"}}
    visitor.writer.close()


async def test_only_this_user_may_enter(opened: tuple[Door, Path]) -> None:
    assert stat.S_IMODE(opened[1].stat().st_mode) == 0o600


async def test_a_slow_reader_is_cut_and_the_others_go_on(
    opened: tuple[Door, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(door_module, "MAX_PENDING", 1 << 18)
    door, path = opened
    slow, quick = await Visitor.enter(path), await Visitor.enter(path)
    await quick.hear()
    slow.writer.transport.pause_reading()  # type: ignore[attr-defined]
    for number in range(40):
        door.tell("board.delta", {"n": number, "much": "x" * 100_000})
        assert (await quick.hear())["data"]["n"] == number
    slow.writer.transport.resume_reading()  # type: ignore[attr-defined]
    got = 0
    async with asyncio.timeout(5):
        with pytest.raises((ConnectionError, EOFError, asyncio.IncompleteReadError)):
            while True:
                got += len(await slow.reader.readuntil(b"\n")) > 1000
    assert got < 40
    quick.writer.close()
