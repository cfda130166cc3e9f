"""Alarms through the pages: rules, receivers, a real test message, the log; and /metrics.

The story at the end runs the real line to the engine: it goes away, somebody is told once.
"""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from domain.clock import Clock
from domain.ids import Instant
from outside import GuardedHttp
from tests.house.sink import Sink
from tests.web.conftest import EngineEnd, Enter, Firm, until
from watch.alarms import AlarmKeeper, Around
from watch.look import House, Look
from watch.receivers import Ways
from web.world import ALARMS

LIST = "/api/v1/admin"
HOOK = {"id": "hook", "name": "值班系统", "kind": "webhook", "secret_ref": "file:webhook-alarm"}


@pytest.fixture
def sink() -> Iterator[Sink]:
    """Open a web server that remembers."""
    made = Sink()
    yield made
    made.close()


def allow(server: Any, sink: Sink) -> AlarmKeeper:
    """Let the alarms of a served application reach the sink."""
    keeper: AlarmKeeper = server.app[ALARMS]
    ways = keeper.around.ways
    open_to = Ways(GuardedHttp([f"127.0.0.1:{sink.port}"]), ways.mail, ways.secrets, {}, ways.clock)
    keeper.around = Around(
        keeper.around.look,
        keeper.around.config,
        open_to,
        keeper.around.clock,
        keeper.around.url,
        keeper.around.file,
    )
    return keeper


async def test_shipped_alarms_become_the_firm_s_own_with_the_first_change(
    enter: Enter, firm: Firm
) -> None:
    browser = await enter("manager")
    _, shown = await browser.ask("GET", f"{LIST}/alarms")
    assert shown["shipped"] is True and len(shown["rows"]) == 15
    assert {each["id"] for each in shown["metrics"]} >= {"trunk_down", "one_way", "disk_free"}
    entry = next(each for each in shown["rows"] if each["id"] == "longest_wait") | {"limit": 45}
    path = f"{LIST}/alarms/longest_wait"
    status, done = await browser.ask("PUT", path, {"entry": entry, "base": shown["version"]})
    assert status == 200 and done["version"] == 2, done
    _, shown = await browser.ask("GET", f"{LIST}/alarms")
    assert shown["shipped"] is False and len(shown["rows"]) == 15
    assert next(e for e in firm.world.config.now.alarms if e.id == "longest_wait").limit == 45
    status, body = await browser.ask("POST", f"{LIST}/alarms", {"entry": entry})
    assert (status, body["code"]) == (409, "conflict")
    status, body = await browser.ask("PUT", f"{LIST}/alarms/none", {"entry": entry})
    assert status == 404
    wrong = entry | {"receivers": ["nobody"]}
    status, body = await browser.ask("PUT", path, {"entry": wrong})
    assert status == 422 and "receivers" in body["field"] and "没有这个接收方" in body["message_zh"]
    assert (await browser.ask("DELETE", f"{LIST}/alarms/pop_p95"))[0] == 200


async def test_receivers_are_the_administrator_s_and_a_test_tells_what_came_of_it(
    enter: Enter, server: Any, sink: Sink, firm: Firm
) -> None:
    manager = await enter("manager")
    entry = HOOK | {"url": f"http://127.0.0.1:{sink.port}/hook"}
    status, body = await manager.ask("POST", f"{LIST}/receivers", {"entry": entry})
    assert (status, body["code"]) == (403, "not_allowed")
    admin = await enter("admin")
    status, body = await admin.ask("POST", f"{LIST}/receivers", {"entry": entry | {"kind": "mail"}})
    assert status == 422 and "收件人" in body["message_zh"], body
    assert (await admin.ask("POST", f"{LIST}/receivers", {"entry": entry}))[0] == 200
    _, refused = await admin.ask("POST", f"{LIST}/receivers/hook/test")
    assert refused["ok"] is False and "public internet" in refused["error"]
    allow(server, sink)
    _, taken = await admin.ask("POST", f"{LIST}/receivers/hook/test")
    assert taken == {"ok": True, "error": ""}
    assert json.loads(sink.received[0][1])["type"] == "alarm.test"
    _, shown = await admin.ask("GET", f"{LIST}/receivers")
    assert shown["rows"][0]["id"] == "hook" and shown["mail"] is False
    assert (shown["states"][0]["failures"], shown["states"][0]["waiting"]) == (0, 0)
    assert (await admin.ask("POST", f"{LIST}/receivers/none/test"))[0] == 404
    assert (await admin.ask("DELETE", f"{LIST}/receivers/hook"))[0] == 200
    assert firm.world.config.now.receivers == ()


async def test_metrics_are_for_this_machine_and_who_has_the_token(
    enter: Enter, firm: Firm, engine_end: EngineEnd, server: Any
) -> None:
    outside = await enter("")
    engine_end.answers["health"] = {"pbx": True, "epoch": 1, "version": 1, "journal_seq": 5}
    keeper: AlarmKeeper = server.app[ALARMS]
    await keeper.turn()
    status, text = await outside.ask("GET", "/metrics")
    assert status == 200 and b"yingda_engine_up 1" in text and b"yingda_journal_seq 5" in text
    assert b'yingda_group{group="presale",figure="waiting"} 0' in text
    assert b"138" not in text
    proxied = {"X-Forwarded-For": "8.8.8.8"}
    status, body = await outside.ask("GET", "/metrics", headers=proxied)
    assert (status, body["code"]) == (403, "not_allowed")
    token = firm.world.secret("metrics-token")
    for given, wanted in ((f"Bearer {token}", 200), ("Bearer no", 403), (f"Basic {token}", 403)):
        headers = proxied | {"Authorization": given}
        assert (await outside.ask("GET", "/metrics", headers=headers))[0] == wanted
    await keeper.close()


class Time:
    """A clock that only the test moves."""

    def __init__(self) -> None:
        self.ms = 1_795_354_200_000

    def clock(self) -> Clock:
        """Give it to whom it may concern."""
        return Clock(lambda: Instant(self.ms / 1000), lambda: self.ms)


async def test_the_engine_goes_away_somebody_is_told_once_and_again_when_it_is_back(
    enter: Enter, server: Any, sink: Sink, firm: Firm, engine_end: EngineEnd
) -> None:
    admin, lead = await enter("admin"), await enter("supervisor")
    entry = HOOK | {"url": f"http://127.0.0.1:{sink.port}/hook"}
    assert (await admin.ask("POST", f"{LIST}/receivers", {"entry": entry}))[0] == 200
    keeper, time, engine = allow(server, sink), Time(), firm.world.engine
    house = House(engine, engine.floor.whole, firm.world.db, firm.world.data, time.clock())
    keeper.around = Around(
        Look(house),
        keeper.around.config,
        keeper.around.ways,
        time.clock(),
        keeper.around.url,
        keeper.around.file,
    )
    engine_end.answers["health"] = {"pbx": True, "epoch": 1, "version": 1}

    async def live(seconds: int) -> list[str]:
        for _ in range(0, seconds, 2):
            await keeper.turn()
            await keeper.until_told()
            time.ms += 2000
        bodies = [json.loads(body) for _, body in sink.received]
        return [f"{each['type']} {each['data']['metric']}" for each in bodies]

    assert await live(60) == []
    await engine_end.close()
    await until(lambda: not engine.up)
    assert await live(120) == ["alarm.opened engine_away"]
    _, log = await lead.ask("GET", "/api/v1/incidents", params={"open": "true"})
    (one,) = log["rows"]
    assert one["told"] == ["值班系统"] and one["page"] == "/live" and log["failing"] == []
    path = f"/api/v1/incidents/{one['id']}"
    assert (await lead.ask("POST", f"{path}/acknowledge"))[0] == 200
    assert (await lead.ask("POST", "/api/v1/incidents/none/acknowledge"))[0] == 404
    _, log = await lead.ask("GET", "/api/v1/incidents")
    assert log["rows"][0]["by"] == "supervisor" and log["rows"][0]["acknowledged"] == time.ms
    await engine_end.open()
    await until(lambda: engine.up)
    told = ["alarm.opened engine_away", "alarm.over engine_away"]
    assert await live(120) == told
    _, told_rows = await lead.ask("GET", path)
    assert [(row["receiver"], row["kind"]) for row in told_rows["rows"]] == [
        ("值班系统", "opened"),
        ("值班系统", "over"),
    ]
    _, log = await lead.ask("GET", "/api/v1/incidents")
    assert log["rows"][0]["over"] and len(log["rows"]) == 1
    await keeper.close()
