"""Behind a reverse proxy: its word on who asks counts, nobody else's."""

import dataclasses

import pytest
from aiohttp.test_utils import TestServer

from office import audit
from tests.web.conftest import Browser, Enter, Firm, Visitor
from web.app import build
from web.proxies import asker

OURS = ["127.0.0.0/8", "::1"]
WRONG = {"login": "nobody-here", "password": "wrong-wrong"}


@pytest.mark.parametrize(
    ("peer", "forwarded", "who"),
    [
        ("127.0.0.1", ["203.0.113.9"], "203.0.113.9"),
        ("127.0.0.1", ["6.6.6.6, 203.0.113.9"], "203.0.113.9"),
        ("127.0.0.1", ["6.6.6.6", "203.0.113.9, 127.0.0.2"], "203.0.113.9"),
        ("127.0.0.1", ["2001:db8::7"], "2001:db8::7"),
        ("127.0.0.1", ["<script>"], "127.0.0.1"),
        ("127.0.0.1", [], "127.0.0.1"),
        ("203.0.113.9", ["127.0.0.1"], "203.0.113.9"),
        ("", ["6.6.6.6"], ""),
    ],
)
def test_the_last_hop_that_is_not_ours(peer: str, forwarded: list[str], who: str) -> None:
    assert asker(peer, forwarded, OURS) == who


async def test_without_a_proxy_the_header_changes_nothing(enter: Enter, firm: Firm) -> None:
    browser = await enter("")
    for n in range(5):
        await browser.ask(
            "POST", "/api/v1/session", WRONG, headers={"X-Forwarded-For": f"6.6.6.{n}"}
        )
    other = {"login": "admin", "password": "wrong-wrong"}
    answers = [
        await browser.ask("POST", "/api/v1/session", other, headers={"X-Forwarded-For": "7.7.7.7"})
        for _ in range(2)
    ]
    assert answers[0][0] == 429, "every try counts for the address that really asks"
    details = [row.detail for row in await audit.trail(firm.world.db) if "refused" in row.what]
    assert details and all("127.0.0.1" in detail and "6.6.6" not in detail for detail in details)


async def test_a_proxy_of_ours_tells_who_asks_and_that_it_is_encrypted(firm: Firm) -> None:
    web = dataclasses.replace(firm.world.settings.web, proxies=("127.0.0.1",))
    settings = dataclasses.replace(firm.world.settings, web=web)
    server = TestServer(build(dataclasses.replace(firm.world, settings=settings)))
    async with Visitor(server) as client:
        page = Browser(client)
        told = {"X-Forwarded-For": "6.6.6.6, 203.0.113.9", "X-Forwarded-Proto": "https"}
        assert (await page.ask("POST", "/api/v1/session", WRONG, headers=told))[0] == 401
        given = {"login": "admin", "password": firm.passwords["admin"]}
        async with client.post("/api/v1/session", json=given, headers=told) as answer:
            assert answer.status == 200
            assert answer.cookies["__Host-yingda"]["secure"]
    details = [row.detail for row in await audit.trail(firm.world.db) if "session" in row.what]
    assert len(details) == 2
    assert all("203.0.113.9" in detail for detail in details)
