"""Calls, recordings and reports over HTTP, on rows that the real projections wrote."""

import csv
import io
import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from cdr.project import AgentProjection, CallProjection
from domain import events as ev
from domain.events import Event, Record
from domain.ids import AgentId, CallId, GroupId, OfferId
from recording.project import RecordingProjection
from recording.seal import HEADER, seal
from tests.web.conftest import Browser, Enter, Firm
from web.errors import Said
from web.recordings import below

ONE, TWO = CallId("01AAAAAAAAAAAAAAAAAAAAAAA1"), CallId("01AAAAAAAAAAAAAAAAAAAAAAA2")
PATH = "2026/11/22"


def story(call: CallId, agent: str) -> list[tuple[float, Event]]:
    """Tell a call from arrival to its recording, by seconds."""
    who, offer, group = AgentId(agent), OfferId(1), GroupId("presale")
    kept = ev.RecordingKept(call, f"{PATH}/{call}.mp3", 20, 9, "", 2, f"{PATH}/{call}.peaks.json")
    return [
        (-2, ev.AgentSignedIn(who, "browser", f"w{agent}")),
        (-1, ev.AgentReadied(who)),
        (0, ev.CallArrived(call, "4008000001", "4008000001", "13800138000", brand="yunshan")),
        (4, ev.GroupChosen(call, group)),
        (5, ev.HoldReached(call)),
        (6, ev.OfferMade(call, who, offer, group, 20, "", "")),
        (9, ev.OfferAnswered(call, who, offer)),
        (29, ev.HungUp(call, "caller")),
        (29, ev.TalkEnded(call, who, "caller")),
        (29, ev.CallEnded(call, 16)),
        (29, ev.WrapUpStarted(call, who, 15)),
        (32, ev.WrapUpEnded(who, call, "done")),
        (31, kept),
        (32, ev.SummarySaved(call, who, "order", "solved", "=1+1")),
    ]


async def project(firm: Firm, stories: Sequence[tuple[float, Event]]) -> None:
    """Write the rows of these stories as the engine does."""
    start = firm.world.clock.utc_ms() - 60_000
    records = [
        Record(seq, at, start + round(at * 1000), event)
        for seq, (at, event) in enumerate(stories, 1)
    ]

    def read(call: str) -> list[Record]:
        return [record for record in records if record.call == call]

    async with firm.world.db.write() as connection:
        await CallProjection(read).apply(connection, records)
        await RecordingProjection().apply(connection, records)
        await AgentProjection().apply(connection, records)


@pytest.fixture
async def calls(firm: Firm) -> Firm:
    """Keep two finished calls, the first with its audio."""
    await project(firm, story(ONE, "8001") + story(TWO, "8002"))
    folder = firm.world.recordings / PATH
    folder.mkdir(parents=True)
    (folder / f"{ONE}.mp3").write_bytes(bytes(range(256)) * 4)
    peaks = {"seconds": 20.0, "caller": [0.1, 0.5], "agent": [0.0, 0.2]}
    (folder / f"{ONE}.peaks.json").write_text(json.dumps(peaks))
    return firm


async def get(browser: Browser, path: str, **query: str) -> tuple[int, Any]:
    """Read something below /api/v1."""
    return await browser.ask("GET", f"/api/v1/{path}", params=query)


@pytest.mark.usefixtures("calls")
async def test_the_list_is_masked_filtered_and_paged(enter: Enter) -> None:
    browser = await enter("supervisor")
    status, page = await get(browser, "calls", **{"from": "today", "to": "today"})
    if page["total"] != 2:  # the minute after midnight
        status, page = await get(browser, "calls", **{"from": "yesterday", "to": "today"})
    assert status == 200 and page["total"] == 2
    assert {row["caller"] for row in page["rows"]} == {"138****8000"}
    row = page["rows"][0]
    assert row["hotline_name"] == "客户服务热线" and row["outcome"] == "answered"
    assert row["talk_s"] == 20.0 and row["agent_name"]
    _, first = await get(browser, "calls", limit="1")
    _, second = await get(browser, "calls", limit="1", cursor=first["next"])
    assert [first["rows"][0]["call"], second["rows"][0]["call"]] == [TWO, ONE]
    assert second["next"] is None
    assert (await get(browser, "calls", agent="8001"))[1]["total"] == 1
    assert (await get(browser, "calls", number="8000"))[1]["total"] == 2
    assert (await get(browser, "calls", hotline="4008000002"))[1]["total"] == 0
    for wrong in ({"cursor": "x"}, {"limit": "9999"}, {"from": "soon"}, {"nope": "1"}):
        assert (await get(browser, "calls", **wrong))[0] == 422


async def test_a_withheld_number_is_told_to_nobody_in_no_way(firm: Firm, enter: Enter) -> None:
    private = [
        (at, replace(event, withheld=True, caller_name="张三"))
        if isinstance(event, ev.CallArrived)
        else (at, event)
        for at, event in story(ONE, "8001")
    ]
    await project(firm, private)
    for who in ("admin", "manager", "supervisor", "8001"):
        browser = await enter(who)
        status, page = await get(browser, "calls", **{"from": "yesterday", "to": "today"})
        assert status == 200
        assert [(row["caller"], row["withheld"]) for row in page["rows"]] == [("", True)]
        assert (await get(browser, "calls", number="13800138000"))[1]["total"] == 0
        status, detail = await get(browser, f"calls/{ONE}")
        assert status == 200 and "138" not in str(detail["call"]["caller"])
        assert "张三" not in str(detail)
        status, _ = await browser.ask("POST", f"/api/v1/calls/{ONE}/reveal")
        assert status in (403, 404)


@pytest.mark.usefixtures("calls")
async def test_an_agent_gets_the_own_calls_only(enter: Enter) -> None:
    browser = await enter("8001")
    _, page = await get(browser, "calls", agent="8002")
    assert [row["call"] for row in page["rows"]] == [ONE]
    assert (await get(browser, f"calls/{ONE}"))[0] == 200
    assert (await get(browser, f"calls/{TWO}"))[1]["code"] == "not_found"
    status, body = await get(browser, f"recordings/{ONE}")
    assert (status, body["code"]) == (403, "not_allowed")


@pytest.mark.usefixtures("calls")
async def test_one_call_in_full(enter: Enter) -> None:
    browser = await enter("manager")
    status, detail = await get(browser, f"calls/{ONE}")
    assert status == 200, detail
    assert [part["kind"] for part in detail["segments"]][:2] == ["ivr", "queue"]
    assert detail["recording"]["url"] == f"/api/v1/recordings/{ONE}"
    assert detail["summary"]["note"] == "=1+1"
    assert (await get(browser, f"calls/{TWO}"))[1]["recording"] is None, "its file is not there"
    status, shown = await browser.ask("POST", f"/api/v1/calls/{ONE}/reveal")
    assert (status, shown) == (200, {"caller": "13800138000"})
    _, trail = await get(browser, "admin/audit")
    assert ("manager", "number.reveal", ONE) in {
        (row["who"], row["what"], row["object"]) for row in trail["rows"]
    }


@pytest.mark.usefixtures("calls")
async def test_a_recording_plays_in_pieces_and_is_audited_once(enter: Enter) -> None:
    browser = await enter("supervisor")
    url = f"/api/v1/recordings/{ONE}"
    async with browser.client.get(url) as response:
        assert response.status == 200 and response.content_type == "audio/mpeg"
        assert len(await response.read()) == 1024
    async with browser.client.get(url, headers={"Range": "bytes=10-19"}) as response:
        assert response.status == 206 and await response.read() == bytes(range(10, 20))
    status, peaks = await get(browser, f"recordings/{ONE}/peaks")
    assert (status, peaks["caller"]) == (200, [0.1, 0.5])
    status, body = await get(browser, f"recordings/{TWO}")
    assert (status, body["code"]) == (404, "recording_gone")
    _, trail = await get(await enter("admin"), "admin/audit")
    assert [row["what"] for row in trail["rows"]].count("recording.listen") == 1


@pytest.mark.usefixtures("calls")
async def test_a_locked_recording_plays_in_pieces_until_it_is_touched(
    firm: Firm, enter: Enter
) -> None:
    keys, file = firm.world.keys, firm.world.recordings / PATH / f"{ONE}.mp3"
    keys.start()
    plain = file.rename(file.with_name("plain"))
    sound = bytes(range(251)) * 1000  # four chunks
    plain.write_bytes(sound)
    seal(plain, file, keys.ring()[0])
    browser = await enter("supervisor")
    url = f"/api/v1/recordings/{ONE}"

    async def asked(span: str = "") -> tuple[int, str, bytes]:
        headers = {"Range": f"bytes={span}"} if span else {}
        async with browser.client.get(url, headers=headers) as response:
            told = response.headers.get("Content-Range", "")
            return response.status, told, await response.read()

    size = len(sound)
    async with browser.client.get(url) as response:
        assert (response.status, response.content_type) == (200, "audio/mpeg")
        assert response.headers["Accept-Ranges"] == "bytes" and response.content_length == size
        assert "no-store" in response.headers["Cache-Control"]
        assert await response.read() == sound
    for span, start, stop in (
        ("0-", 0, size),
        ("0-0", 0, 1),
        ("65530-65540", 65530, 65541),
        ("200000-", 200_000, size),
        ("-7", size - 7, size),
        (f"10-{size * 2}", 10, size),
    ):
        assert await asked(span) == (206, f"bytes {start}-{stop - 1}/{size}", sound[start:stop])
    for span in (f"{size}-", "5-3", "x", "1-2,5-6"):
        assert (await asked(span))[:2] == (416, f"bytes */{size}")
    data = bytearray(file.read_bytes())
    data[HEADER] ^= 1
    file.write_bytes(data)
    assert (await get(browser, f"recordings/{ONE}"))[1]["code"] == "recording_damaged"
    assert (await asked("70000-70009"))[2] == sound[70_000:70_010], "another chunk is whole"
    keys.file.unlink()
    status, body = await get(browser, f"recordings/{ONE}")
    assert (status, body["code"]) == (503, "recording_key")


def test_no_name_leads_out_of_the_recordings(firm: Firm) -> None:
    root = firm.world.recordings
    root.mkdir(parents=True)
    (root.parent / "secret").write_text("x")
    (root / "link").symlink_to(root.parent / "secret")
    for name in ("../secret", "/etc/passwd", "link", "a/../../secret", "a\0b", "", ".", ".."):
        with pytest.raises(Said):
            below(root, name)


@pytest.mark.usefixtures("calls")
async def test_reports_are_the_same_in_every_form(enter: Enter) -> None:
    browser = await enter("manager")
    for kind in (
        "hotline",
        "group",
        "agent",
        "interval",
        "abandon",
        "survey",
        "summary",
        "ivr",
        "flow",
    ):
        time = {"from": "yesterday", "to": "today"}
        status, report = await get(browser, f"reports/{kind}", **time)
        assert status == 200 and report["kind"] == kind and report["columns"]
        status, data = await get(browser, f"reports/{kind}.csv", **time)
        assert status == 200
        lines = list(csv.reader(io.StringIO(data.decode("utf-8-sig"))))
        assert len(lines[0]) == len(report["columns"])
        assert len(lines) - 1 in (len(report["rows"]), len(report["rows"]) + 1)
        status, data = await get(browser, f"reports/{kind}.xlsx", **time)
        assert status == 200 and data.startswith(b"PK")
    status, body = await get(browser, "reports/nope")
    assert (status, body["field"]) == (422, "kind")


@pytest.mark.usefixtures("calls")
async def test_an_agents_own_day(enter: Enter) -> None:
    browser = await enter("8001")
    status, today = await get(browser, "me/today")
    assert status == 200
    if today["answered"]:  # not in the minute after midnight
        assert (today["answered"], today["talk_s"], today["avg_talk_s"]) == (1, 20.0, 20.0)
        assert today["wrap_s"] == 3.0
