"""Asking a CRM: every answer is a status, in time, and the breaker spares a CRM that is down."""

import asyncio
import json
from collections.abc import Mapping

import pytest

from crm import Breaker, HttpLookup, look_up
from crm.lookup import FAILURES, OPEN_S
from demo.crm import serve
from domain.clock import Clock
from domain.errors import Unavailable
from domain.ids import Instant
from outside import GuardedHttp

SECRET = "whsec_" + "QUJD" * 11


class Answers:
    """A way out that gives one scripted answer and remembers what was asked."""

    def __init__(self, status: int = 200, body: bytes = b'{"id": "C1"}') -> None:
        self.answer = (status, body)
        self.asked: list[tuple[str, Mapping[str, str]]] = []
        self.error: Exception | None = None

    async def get(self, url: str, headers: Mapping[str, str]) -> tuple[int, bytes]:
        self.asked.append((url, headers))
        if self.error:
            raise self.error
        return self.answer


class Watch:
    """A clock that is turned by hand."""

    def __init__(self) -> None:
        self.now = 100.0

    def clock(self) -> Clock:
        return Clock(lambda: Instant(self.now), lambda: 0)


async def asked(http: Answers, number: str = "13800138000") -> str:
    lookup = HttpLookup("http://crm/?n={number}", http)
    return (await look_up(lookup, number, 500, Breaker(Watch().clock()))).status


async def test_the_number_is_quoted_and_the_secret_is_a_bearer() -> None:
    http = Answers()
    lookup = HttpLookup("http://crm/?n={number}&v=1", http, "s3cret")
    looked = await look_up(lookup, "+1415&x=#", 500, Breaker(Watch().clock()))
    assert looked.status == "found" and looked.customer and looked.customer.id == "C1"
    assert http.asked == [
        ("http://crm/?n=%2B1415%26x%3D%23&v=1", {"Authorization": "Bearer s3cret"})
    ]
    assert "s3cret" not in repr(lookup)


@pytest.mark.parametrize(
    ("status", "body", "said"),
    [
        (200, b'{"id": "C1", "name": "x"}', "found"),
        (404, b"", "unknown"),
        (200, b"{}", "down"),
        (200, b'{"id": ""}', "down"),
        (200, b"[]", "down"),
        (200, b"<html>", "down"),
        (200, b"\xff\xfe", "down"),
        (200, b"[" * 60_000, "down"),
        (200, b'{"id": NaN}', "down"),
        (302, b"", "down"),
        (500, b"", "down"),
    ],
)
async def test_every_answer_is_a_status(status: int, body: bytes, said: str) -> None:
    assert await asked(Answers(status, body)) == said


async def test_nobody_is_asked_without_a_crm_or_a_number() -> None:
    breaker = Breaker(Watch().clock())
    assert (await look_up(None, "138", 0, breaker)).status == "off"
    http = Answers()
    assert await asked(http, "") == "unknown"
    assert http.asked == []


async def test_what_does_not_fit_is_cut_and_links_lead_to_the_web_only() -> None:
    body = {
        "id": 17,
        "name": "林" * 999,
        "tags": ["a", 5, *["t"] * 99],
        "fields": {"n": 1, "yes": True, "none": None, "list": [1, "二"], "long": "x" * 999},
        "url": "javascript:alert(1)",
    }
    http = Answers(body=json.dumps(body).encode())
    looked = await look_up(
        HttpLookup("http://c/{number}", http), "1", 500, Breaker(Watch().clock())
    )
    customer = looked.customer
    assert customer is not None
    assert (customer.id, len(customer.name), customer.url) == ("17", 200, "")
    assert customer.tags[:2] == ("a", "5") and len(customer.tags) == 40
    assert dict(customer.fields) | {"long": ""} == {
        "n": 1,
        "yes": True,
        "none": None,
        "list": '[1, "二"]',
        "long": "",
    }
    assert len(customer.fields["long"]) == 200


async def test_a_slow_crm_costs_the_budget_and_no_more() -> None:
    class Slow(Answers):
        async def get(self, url: str, headers: Mapping[str, str]) -> tuple[int, bytes]:
            await asyncio.Event().wait()
            raise AssertionError

    began = asyncio.get_running_loop().time()
    looked = await look_up(
        HttpLookup("http://c/{number}", Slow()), "1", 50, Breaker(Watch().clock())
    )
    assert looked.status == "slow"
    assert 0.045 < asyncio.get_running_loop().time() - began < 1


async def test_the_breaker_spares_a_crm_that_is_down_and_tries_again() -> None:
    watch, http = Watch(), Answers()
    http.error = Unavailable("refused")
    breaker, lookup = Breaker(watch.clock()), HttpLookup("http://c/{number}", http)
    for _ in range(FAILURES + 3):
        assert (await look_up(lookup, "1", 500, breaker)).status == "down"
    assert len(http.asked) == FAILURES
    watch.now += OPEN_S
    assert (await look_up(lookup, "1", 500, breaker)).status == "down"  # one try, still down
    assert (await look_up(lookup, "1", 500, breaker)).status == "down"
    assert len(http.asked) == FAILURES + 1
    watch.now += OPEN_S
    http.error = None
    assert (await look_up(lookup, "1", 500, breaker)).status == "found"
    assert breaker.failures == 0


async def test_the_sample_crm_is_asked_for_real() -> None:
    runner = await serve(0, SECRET)
    port = runner.addresses[0][1]
    http = GuardedHttp([f"127.0.0.1:{port}"])
    lookup = HttpLookup(f"http://127.0.0.1:{port}/customers?number={{number}}", http)
    breaker = Breaker(Watch().clock())
    try:
        looked = await look_up(lookup, "13800138000", 2000, breaker)
        assert looked.status == "found" and looked.customer is not None
        assert (looked.customer.name, looked.customer.level) == ("林女士", "VIP")
        assert looked.customer.url == f"http://127.0.0.1:{port}/customers/C1001"
        assert (await look_up(lookup, "13011112222", 2000, breaker)).status == "unknown"
        closed = HttpLookup(lookup.url, GuardedHttp())
        assert (await look_up(closed, "13800138000", 2000, breaker)).status == "down"
    finally:
        await http.close()
        await runner.cleanup()
