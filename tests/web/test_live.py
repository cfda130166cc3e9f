"""The live socket: what each role sees, masked; slow pages, foreign origins, ended sessions."""

import asyncio
import json
import random
from typing import Any

import aiohttp
import pytest

from tests.web.conftest import Browser, EngineEnd, Enter, Firm, agent_row, call_row, card, until
from web import live
from web.floor import Scope

LIVE = "/api/v1/live"


class Page:
    """A page's live socket: collects messages and looks after their order."""

    def __init__(self, browser: Browser) -> None:
        self.browser = browser
        self.seen: list[dict[str, Any]] = []

    async def __aenter__(self) -> "Page":
        self.socket = await self.browser.client.ws_connect(
            LIVE, headers={"Origin": self.browser.origin}
        )
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.socket.close()

    async def get(self, ev: str) -> dict[str, Any]:
        """Wait for the next message of a kind."""
        async with asyncio.timeout(30):
            while True:
                message = json.loads(await self.socket.receive_str())
                assert message["seq"] == len(self.seen) + 1
                self.seen.append(message)
                if message["ev"] == ev:
                    return message


def ids(board: dict[str, Any]) -> tuple[set[str], set[str], set[str]]:
    """Name what a board shows."""
    data = board["data"]
    return (
        {row["id"] for row in data["groups"]},
        {row["number"] for row in data["agents"]},
        {row["call"] for row in data["calls"]},
    )


async def test_a_supervisor_sees_the_floor_masked(enter: Enter) -> None:
    async with Page(await enter("supervisor")) as page:
        board = await page.get("board.snapshot")
        assert ids(board) == ({"presale", "vip", "partner"}, {"8001", "8006"}, {"C1", "C2"})
        assert {row["caller"] for row in board["data"]["calls"]} == {"138****8000"}
        assert (await page.get("sys.beat"))["data"]["up"] is True


async def test_who_leads_the_floor_sees_the_trunks(enter: Enter, engine_end: EngineEnd) -> None:
    line = {"name": "carrier", "in_use": 2, "peak": 5, "channels": 30, "registered": True}
    full = line | {"in_use": 30, "peak": 30, "refused_today": 1}
    chief, agent = await enter("supervisor"), await enter("8001")
    async with Page(chief) as page, Page(agent) as other:
        assert (await page.get("board.snapshot"))["data"]["trunks"] == []
        await other.get("board.snapshot")
        for row in (line, full):
            engine_end.tell("board.delta", {"agents": [], "calls": [], "trunks": [row]})
            assert (await page.get("board.delta"))["data"]["trunks"] == [row]
        told = agent_row("8001", "presale", "vip")
        engine_end.tell("board.delta", {"agents": [told], "calls": [], "trunks": [line]})
        assert "trunks" not in (await other.get("board.delta"))["data"]
        _, board = await chief.ask("GET", "/api/v1/board")
        assert [row["in_use"] for row in board["trunks"]] == [2]


async def test_an_agent_sees_the_own_groups_and_own_events(
    enter: Enter, engine_end: EngineEnd, firm: Firm
) -> None:
    groups = next(a.groups for a in firm.world.config.now.agents if a.number == "8001")
    async with Page(await enter("8001")) as page:
        board = await page.get("board.snapshot")
        shown_groups, shown_agents, shown_calls = ids(board)
        assert shown_groups == {"presale", "vip", "partner"} & set(groups)
        assert "8001" in shown_agents
        assert (await page.get("me.state"))["data"]["number"] == "8001"
        assert ("C2" in shown_calls) is ("partner" in groups)
        engine_end.tell("call.offered", card("C9", "8006"), agent="8006")
        engine_end.tell("call.offered", card("C1", "8001"), agent="8001")
        offered = await page.get("call.offered")
        assert offered["data"]["call"] == "C1" and offered["data"]["caller"] == "138****8000"
        row = agent_row("8001", *groups, state="ringing", call="C1")
        engine_end.tell("board.delta", {"agents": [row], "calls": [], "gone": [], "groups": []})
        assert (await page.get("me.state"))["data"]["state"] == "ringing"


async def test_a_call_that_leaves_the_scope_is_gone(
    enter: Enter, engine_end: EngineEnd, firm: Firm
) -> None:
    groups = list(next(a.groups for a in firm.world.config.now.agents if a.number == "8001"))
    other = next(g.id for g in firm.world.config.now.groups if g.id not in groups)
    async with Page(await enter("8001")) as page:
        await page.get("board.snapshot")
        mine = call_row("C7", groups[0])
        engine_end.tell("board.delta", {"calls": [mine], "agents": [], "gone": [], "groups": []})
        assert [row["call"] for row in (await page.get("board.delta"))["data"]["calls"]] == ["C7"]
        moved = call_row("C7", other)
        engine_end.tell("board.delta", {"calls": [moved], "agents": [], "gone": [], "groups": []})
        left = (await page.get("board.delta"))["data"]
        assert (left["calls"], left["gone"]) == ([], ["C7"])
        engine_end.tell("board.delta", {"calls": [], "agents": [], "gone": ["C7"], "groups": []})
        engine_end.tell("board.delta", {"calls": [mine], "agents": [], "gone": [], "groups": []})
        assert (await page.get("board.delta"))["data"]["gone"] == []


async def test_the_page_is_told_when_the_engine_goes_and_comes(
    enter: Enter, engine_end: EngineEnd
) -> None:
    async with Page(await enter("manager")) as page:
        await page.get("board.snapshot")
        await engine_end.close()
        assert (await page.get("sys.engine"))["data"]["up"] is False
        await engine_end.open()
        assert (await page.get("sys.engine"))["data"]["up"] is True
        await page.get("board.snapshot")


@pytest.mark.parametrize("origin", ["", "http://evil.example", "null"])
async def test_foreign_or_absent_origins_are_refused(enter: Enter, origin: str) -> None:
    browser = await enter("supervisor")
    for path in (LIVE, "/sip"):
        with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
            await browser.client.ws_connect(path, headers={"Origin": origin} if origin else {})
        assert refused.value.status == 403


async def test_nobody_without_a_session(enter: Enter) -> None:
    browser = await enter("")
    for path in (LIVE, "/sip"):
        with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
            await browser.client.ws_connect(path, headers={"Origin": browser.origin})
        assert refused.value.status == 401


async def test_signing_out_closes_the_socket(enter: Enter, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "CHECK_S", 0.05)
    browser = await enter("supervisor")
    async with Page(browser) as page:
        await page.get("board.snapshot")
        await browser.ask("DELETE", "/api/v1/session")
        async with asyncio.timeout(30):
            while (await page.socket.receive()).type != aiohttp.WSMsgType.CLOSE:
                pass
        assert page.socket.close_code == 1008


async def test_a_page_that_does_not_read_is_cut_off(
    enter: Enter, engine_end: EngineEnd, firm: Firm
) -> None:
    browser = await enter("supervisor")
    async with Page(browser) as page:
        await page.get("board.snapshot")
        # the page's side stops taking bytes off the wire
        connection = page.socket._conn  # type: ignore[attr-defined]
        assert connection is not None and connection.transport is not None
        connection.transport.pause_reading()
        left = {"group": "presale", "text": "x" * 36_000}
        hub = browser.client.app  # type: ignore[attr-defined]
        for _ in range(500):
            engine_end.tell("message.left", left)
        held = hub[live.LIVE] if hub else None
        assert held is not None
        await until(lambda: not held._lines, within_s=60)
        connection.transport.abort()


def test_a_slow_line_is_marked_after_256_messages() -> None:
    line = live.Line(None, Scope(None))  # type: ignore[arg-type]
    for _ in range(256):
        line.send("sys.beat", 1, {})
    assert not line.overrun
    line.send("sys.beat", 1, {})
    assert line.overrun


def _made_up(chance: random.Random) -> str | bytes:
    """Make up what no page of ours sends: commands, broken JSON, bytes, now and then very much."""
    size = chance.choice((0, 1, 40, 400, 4_000))
    match chance.randrange(4):
        case 0:
            return chance.randbytes(size)
        case 1:
            return json.dumps({"id": 1, "do": "agent.ready", "args": {"agent": "8006"}})
        case 2:
            return "[" * size
        case _:
            return "".join(chance.choices('{}[]":,\\\x00张\U0001f4de\ufffe0e', k=size))


async def test_five_thousand_messages_that_nobody_meant_do_nothing(
    enter: Enter, engine_end: EngineEnd, caplog: pytest.LogCaptureFixture
) -> None:
    chance, browser = random.Random(5), await enter("8001")
    async with Page(browser) as page, Page(browser) as other:
        for _ in range(5_000):
            made = _made_up(chance)
            send = page.socket.send_str if isinstance(made, str) else page.socket.send_bytes
            await send(made)  # type: ignore[arg-type]
        engine_end.tell("message.left", {"group": "presale", "text": "x"})
        for each in (page, other):
            await each.get("board.snapshot")
            await each.get("message.left")
        await page.socket.send_str("x" * (live.MESSAGE_LIMIT + 1))
        async with asyncio.timeout(30):
            while (await page.socket.receive()).type != aiohttp.WSMsgType.CLOSE:
                pass
        assert page.socket.close_code == 1009, "too big"
        assert (await browser.ask("GET", "/api/v1/me"))[0] == 200
    assert not [wish for wish in engine_end.asked if wish["do"] == "agent.ready"]
    assert not [record for record in caplog.records if record.exc_info]


async def test_one_person_has_not_every_socket(
    enter: Enter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "MOST_PAGES", 2)
    browser, other = await enter("supervisor"), await enter("8001")
    async with Page(browser) as first, Page(browser) as second:
        await first.get("board.snapshot")
        await second.get("board.snapshot")
        headers = {"Origin": browser.origin}
        async with browser.client.get(LIVE, headers=headers) as answer:
            assert (answer.status, (await answer.json())["code"]) == (429, "too_many_open")
        async with Page(other) as page:
            await page.get("board.snapshot")
