"""The outbox against a real sink: order, schedule, what each answer means, restarts."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from standardwebhooks import Webhook

from domain import events as ev
from domain.clock import Clock
from domain.errors import NotFound
from domain.ids import CallId, Instant
from outside import Deliveries, Endpoint, GuardedHttp, Outbox, Sources
from outside.http import Answer
from outside.outbox import SCHEDULE_S, retry_after_s
from store import JournalFile

from .sinks import Sink, listening

SECRET = "whsec_" + "QUJD" * 11
BEGIN_MS = 1_795_000_000_000


class Office:
    """A journal, a sink, a clock that is turned by hand, and the outbox between them."""

    def __init__(self, folder: Path, sink: Sink) -> None:
        self.path = folder / "outbox.db"
        self.sink = sink
        self.now_ms = BEGIN_MS
        self.journal = JournalFile.open(folder / "journal.db", 0)
        self.file = Deliveries(self.path)
        self.endpoints = [self.endpoint()]
        self.on_site = [f"127.0.0.1:{sink.port}"]
        self._running: asyncio.Task[None] | None = None

    def endpoint(self, name: str = "crm", **changed: Any) -> Endpoint:
        given = {"url": self.sink.url, "events": frozenset({"ended"}), "secret": SECRET}
        return Endpoint(name, **(given | changed))

    def clock(self) -> Clock:
        return Clock(lambda: Instant(0.0), lambda: self.now_ms)

    async def start(self) -> None:
        sources = Sources(self.journal, lambda: self.endpoints, _event, _payload)
        self.http = GuardedHttp(self.on_site)
        self.outbox = Outbox(self.path, sources, self.http, self.clock(), lambda: 1.0)
        self._running = asyncio.create_task(self.outbox.run())
        await self.until(lambda: self.file.cursor() is not None)

    async def stop(self) -> None:
        if self._running is not None:
            self._running.cancel()
            with suppress(asyncio.CancelledError):
                await self._running
            await self.http.close()
            self._running = None

    async def ends(self, *calls: str) -> None:
        """Calls end; the outbox is woken as the loop would."""
        entries = [(0.0, self.now_ms, ev.CallEnded(CallId(call), 16)) for call in calls]
        await self.journal.append(entries)
        self.outbox.wake()

    async def pass_s(self, seconds: float) -> None:
        self.now_ms += round(seconds * 1000)
        self.outbox.wake()

    async def until(self, true: Callable[[], bool]) -> None:
        async with asyncio.timeout(20):
            while not true():  # noqa: ASYNC110  # any condition, of two processes even
                await asyncio.sleep(0.002)

    async def seen(self, count: int) -> None:
        """Wait until the sink heard so many and what came of each is written down."""
        await self.until(lambda: len(self.sink.heard) >= count)
        await self.until(lambda: sum(e.attempts for e in self.file.newest(500)) >= count)
        assert len(self.sink.heard) == count

    def status(self) -> dict[str, str]:
        return {each.id: each.status for each in self.file.newest(500)}


def _event(record: ev.Record) -> str:
    return "ended" if isinstance(record.event, ev.CallEnded) else ""


def _payload(record: ev.Record, endpoint: Endpoint) -> Mapping[str, Any]:
    return {"call": record.call, "for": endpoint.id}


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    sink = Sink()
    async with listening(sink.handle) as sink.port:
        made = Office(tmp_path, sink)
        await made.start()
        yield made
        await made.stop()
        made.journal.close()
        made.file.close()


async def test_a_message_arrives_once_signed_and_named_by_its_place(office: Office) -> None:
    await office.journal.append([(0.0, 0, ev.HoldReached(CallId("c0")))])
    await office.ends("c1")
    await office.seen(1)
    heard = office.sink.heard[0]
    assert heard.id == "2-crm"
    assert heard.headers["webhook-timestamp"] == str(BEGIN_MS // 1000)
    message = json.loads(heard.body)
    assert message == {
        "type": "ended",
        "timestamp": "2026-11-18T11:06:40.000Z",
        "data": {"seq": 2, "call": "c1", "for": "crm"},
    }
    signed = Webhook(SECRET)
    stamp = signed.sign(heard.id, datetime.fromtimestamp(BEGIN_MS / 1000, UTC), heard.body.decode())
    assert heard.headers["webhook-signature"] == stamp
    kept = office.file.newest()[0]
    assert (kept.status, kept.attempts, kept.body, kept.at) == ("delivered", 1, "", BEGIN_MS)


async def test_every_endpoint_hears_only_what_it_wants(office: Office) -> None:
    office.endpoints = [
        office.endpoint("a"),
        office.endpoint("b"),
        office.endpoint("c", events=frozenset({"other"})),
    ]
    await office.ends("c1")
    await office.seen(2)
    assert sorted(office.sink.ids) == ["1-a", "1-b"]


@pytest.mark.parametrize("status", [302, 400, 404, 500])
async def test_the_schedule_is_kept_to_the_end_then_it_is_dead(office: Office, status: int) -> None:
    office.sink.script = [status] * len(SCHEDULE_S)
    await office.ends("c1")
    for tries, delay_s in enumerate(SCHEDULE_S, 1):
        await office.pass_s(max(delay_s, 30))  # five failures in a row: the endpoint rests 30 s
        await office.seen(tries)
    dead = office.file.newest()[0]
    assert (dead.status, dead.attempts, dead.last_error) == ("dead", 10, f"HTTP {status}")
    assert set(office.sink.ids) == {"1-crm"}
    assert len({each.body for each in office.sink.heard}) == 1
    office.file.replay("1-crm", office.now_ms)
    await office.pass_s(30)
    await office.until(lambda: office.status() == {"1-crm": "delivered"})
    with pytest.raises(NotFound):
        office.file.replay("1-crm", office.now_ms)


async def test_nothing_is_sent_before_it_is_due(office: Office) -> None:
    office.sink.script = [500]
    await office.ends("c1")
    await office.seen(1)
    assert office.file.newest()[0].due == BEGIN_MS + 5000
    await office.pass_s(4.9)
    await office.ends("c2")  # another call does not wait for this one
    await office.until(lambda: office.status().get("2-crm") == "delivered")
    assert office.sink.ids == ["1-crm", "2-crm"]
    await office.pass_s(0.1)
    await office.until(lambda: office.status()["1-crm"] == "delivered")
    assert office.sink.ids == ["1-crm", "2-crm", "1-crm"]


async def test_a_clock_that_is_set_back_a_day_delays_nothing_by_a_day(office: Office) -> None:
    office.sink.script = [500] * 5
    await office.ends(*"abcde")
    await office.seen(5)  # the endpoint rests, and each message has its next try
    await office.pass_s(-86_400)
    await office.until(lambda: set(office.status().values()) == {"delivered"})


async def test_the_order_of_a_call_is_kept_through_failures(office: Office) -> None:
    office.sink.script = [503, 500]
    await office.ends("c1", "c1", "c1")
    await office.until(lambda: len(office.sink.heard) == 1)
    for wait_s in (5, 300):
        await office.seen(len(office.sink.heard))
        await office.pass_s(wait_s)
        heard = len(office.sink.heard)
        await office.until(lambda before=heard: len(office.sink.heard) > before)  # type: ignore[misc]
    await office.until(lambda: set(office.status().values()) == {"delivered"})
    assert office.sink.ids == ["1-crm", "1-crm", "1-crm", "2-crm", "3-crm"]


async def test_gone_closes_the_endpoint_until_its_address_changes(office: Office) -> None:
    office.sink.script = [410]
    await office.ends("c1", "c1")
    await office.until(lambda: set(office.status().values()) == {"dead"})
    await office.ends("c2")
    await office.until(lambda: office.file.cursor() == 3)
    assert office.sink.ids == ["1-crm"]
    office.endpoints = [office.endpoint(url=office.sink.url + "/new")]
    await office.ends("c3")
    await office.until(lambda: office.status().get("4-crm") == "delivered")
    assert office.sink.ids == ["1-crm", "4-crm"]


async def test_a_test_message_opens_a_closed_endpoint(office: Office) -> None:
    office.sink.script = [410]
    await office.ends("c1")
    await office.until(lambda: office.status() == {"1-crm": "dead"})
    message = office.file.test("crm", office.now_ms)
    office.outbox.wake()
    await office.until(lambda: office.status()[message] == "delivered")
    await office.until(lambda: not office.file.closed())
    assert json.loads(office.sink.heard[-1].body)["type"] == "webhook.test"
    await office.ends("c2")
    await office.until(lambda: office.status().get("2-crm") == "delivered")


async def test_come_again_later_is_heeded_for_the_whole_endpoint(office: Office) -> None:
    office.sink.script = [web.Response(status=429, headers={"Retry-After": "60"})]
    await office.ends("c1")
    await office.seen(1)
    await office.ends("c2")
    await office.until(lambda: office.file.cursor() == 2)
    await office.pass_s(59)
    other = office.endpoint("other")
    office.endpoints = [*office.endpoints, other]
    await office.ends("c3")  # another endpoint does not wait
    await office.until(lambda: office.status().get("3-other") == "delivered")
    assert office.sink.ids == ["1-crm", "3-other"]
    await office.pass_s(1)
    await office.until(lambda: set(office.status().values()) == {"delivered"})


async def test_an_endpoint_that_fails_again_and_again_rests(office: Office) -> None:
    office.sink.script = [500] * 5
    await office.ends(*"abcde")
    await office.seen(5)
    await office.ends("f")
    await office.until(lambda: office.file.cursor() == 6)
    await office.pass_s(29)
    assert len(office.sink.heard) == 5
    await office.pass_s(1)
    await office.until(lambda: set(office.status().values()) == {"delivered"})


async def test_a_dead_sink_is_a_failure_with_its_reason(office: Office) -> None:
    office.endpoints = [office.endpoint(url="http://127.0.0.1:1/")]
    await office.ends("c1")
    await office.until(lambda: office.status() == {"1-crm": "pending"})
    await office.until(lambda: office.file.newest()[0].attempts == 1)
    assert "on_site" in office.file.newest()[0].last_error


async def test_a_missing_secret_is_a_failure_with_its_reason(office: Office) -> None:
    office.endpoints = [office.endpoint(secret="")]
    await office.ends("c1")
    await office.until(lambda: [e.attempts for e in office.file.newest()] == [1])
    assert "whsec_" in office.file.newest()[0].last_error
    assert office.sink.heard == []


async def test_after_a_restart_it_goes_on_where_it_was(office: Office) -> None:
    office.sink.script = [500]
    await office.ends("c1")
    await office.seen(1)
    await office.stop()
    await office.ends("c2")  # while nobody delivers
    await office.start()
    await office.until(lambda: office.status().get("2-crm") == "delivered")
    await office.pass_s(5)
    await office.until(lambda: office.status()["1-crm"] == "delivered")
    assert office.sink.ids == ["1-crm", "2-crm", "1-crm"]


async def test_what_was_before_webhooks_is_nobodys_news(tmp_path: Path) -> None:
    sink = Sink()
    async with listening(sink.handle) as sink.port:
        office = Office(tmp_path, sink)
        await office.journal.append([(0.0, 0, ev.CallEnded(CallId("old"), 16))])
        await office.start()
        await office.ends("new")
        await office.seen(1)
        assert sink.ids == ["2-crm"]
        await office.stop()
        office.journal.close()
        office.file.close()


async def test_what_waits_for_a_removed_endpoint_is_dead_and_old_rows_go(office: Office) -> None:
    office.sink.script = [200, 500]
    await office.ends("c1")
    await office.seen(1)
    await office.ends("c2")
    await office.seen(2)
    office.endpoints = []
    await office.pass_s(120)
    await office.until(lambda: office.status() == {"1-crm": "delivered", "2-crm": "dead"})
    assert office.file.dead()[0].last_error == "the endpoint was removed"
    await office.pass_s(8 * 24 * 3600)
    await office.until(lambda: not office.status())


async def test_a_slow_sink_holds_up_neither_others_nor_the_journal(office: Office) -> None:
    let_go = asyncio.Event()

    async def slow(request: web.Request) -> web.StreamResponse:
        await let_go.wait()
        return web.Response()

    async with listening(slow) as port:
        await office.stop()
        office.on_site.append(f"127.0.0.1:{port}")
        await office.start()
        crm = office.endpoint()
        office.endpoints = [office.endpoint("slow", url=f"http://127.0.0.1:{port}/"), crm]
        await office.ends(*(f"c{number}" for number in range(20)))
        await office.until(lambda: list(office.status().values()).count("delivered") == 20)
        assert {each.rsplit("-", 1)[1] for each in office.sink.ids} == {"crm"}
        let_go.set()
        await office.until(lambda: set(office.status().values()) == {"delivered"})


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("0", 0),
        ("120", 120),
        ("99999999", 86400),
        ("Wed, 18 Nov 2026 11:07:40 GMT", 60),
        ("Wed, 18 Nov 2020 11:07:40 GMT", 0),
        ("-5", 0),
        ("soon", 0),
        ("٣", 0),
    ],
)
def test_retry_after_in_both_forms(header: str, seconds: int) -> None:
    assert retry_after_s(Answer(503, b"", header), BEGIN_MS) == seconds
