"""Voicemail: each sees the own groups' boxes, hears, calls back, settles; everything is audited."""

from pathlib import Path
from typing import Any

import pytest

from cdr.project import CallProjection
from domain import events as ev
from domain.ids import CallId
from recording import MessageProjection, RecordingProjection
from speech import tone
from tests.web.conftest import Browser, EngineEnd, Enter, Firm

LIST = "/api/v1/messages"
WISH = {"hotline": "4008000001", "consent": "left a message"}


def past(call: str, box: str, at: int, *, withheld: bool = False) -> list[ev.Record]:
    """Give the journal of a call that left a message."""
    facts: list[ev.Event] = [
        ev.CallArrived(CallId(call), "4008000001", "4008000001", "13800138000", withheld=withheld),
        ev.MessageLeft(CallId(call), box, f"2026/11/23/{call}-message.wav", 7.4),
        ev.MessageKept(CallId(call), f"2026/11/23/{call}-message.mp3", 7.4, 4000, "aa", 1),
    ]
    return [ev.Record(at + n, 0.0, at + n, fact) for n, fact in enumerate(facts)]


@pytest.fixture
async def left(firm: Firm) -> list[str]:
    """Three messages: one for partners, two for presale, the newest from somebody unknown."""
    calls = {
        "M1": past("M1", "partner", 1000),
        "M2": past("M2", "presale", 2000),
        "M3": past("M3", "presale", 3000, withheld=True),
    }
    records = [record for each in calls.values() for record in each]
    async with firm.world.db.write() as connection:
        for _ in range(2):  # a record may be projected again
            await MessageProjection(lambda call: calls[call]).apply(connection, records)
            await CallProjection(lambda call: calls[call]).apply(connection, records)
            await RecordingProjection().apply(connection, records)
    folder: Path = firm.world.recordings / "2026/11/23"
    lay(folder, list(calls))
    return list(calls)


def lay(folder: Path, calls: list[str]) -> None:
    folder.mkdir(parents=True)
    for call in calls:
        (folder / f"{call}-message.mp3").write_bytes(tone.as_wav(tone.beep(0.2, 400)))


async def rows(browser: Browser, **query: str) -> tuple[list[dict[str, Any]], int]:
    status, body = await browser.ask("GET", LIST, params=query)
    assert status == 200, body
    return body["rows"], body["unheard"]


async def test_an_agent_sees_the_boxes_of_the_own_groups(enter: Enter, left: list[str]) -> None:
    browser = await enter("8001")
    found, unheard = await rows(browser)
    assert ([each["call"] for each in found], unheard) == (["M3", "M2"], 2)
    assert (found[1]["caller"], found[0]["caller"]) == ("138****8000", "")
    assert (found[1]["box_name"], found[1]["hotline_name"]) == ("售前咨询", "客户服务热线")
    assert (await browser.ask("GET", f"{LIST}/M1"))[0] == 404
    assert (await browser.ask("PUT", f"{LIST}/M1", {"state": "done"}))[0] == 404
    everybody = await rows(await enter("supervisor"))
    assert ([each["call"] for each in everybody[0]], everybody[1]) == (["M3", "M2", "M1"], 3)
    assert len((await rows(await enter("manager"), box="partner"))[0]) == 1


async def test_a_message_is_heard_called_back_and_settled(
    enter: Enter, left: list[str], engine_end: EngineEnd
) -> None:
    browser = await enter("8001")
    status, sound = await browser.ask("GET", f"{LIST}/M2")
    assert status == 200 and sound[:4] == b"RIFF"
    assert (await browser.ask("GET", f"{LIST}/unheard"))[1] == {"unheard": 1}
    assert [each["state"] for each in (await rows(browser))[0]] == ["new", "heard"]
    engine_end.answers["call.dial"] = {"call": "C9"}
    assert (await browser.ask("POST", "/api/v1/calls", WISH | {"of_call": "M1"}))[0] == 404
    assert (await browser.ask("POST", "/api/v1/calls", WISH | {"of_call": "M2"}))[0] == 200
    status, row = await browser.ask("PUT", f"{LIST}/M2", {"state": "done", "note": "已回电"})
    assert (status, row["state"], row["note"], row["by"]) == (200, "done", "已回电", "8001")
    assert [each["call"] for each in (await rows(browser))[0]] == ["M3"]
    assert len((await rows(browser, show="all"))[0]) == 2
    status, _ = await browser.ask("PUT", f"{LIST}/M2", {"state": "lost"})
    assert status == 422
    admin = await enter("admin")
    _, trail = await admin.ask("GET", "/api/v1/admin/audit")
    acts = [(each["who"], each["what"], each["object"]) for each in trail["rows"]]
    assert acts.count(("8001", "message.mark", "M2")) == 2
    assert ("8001", "message.listen", "M2") in acts


async def test_a_new_message_is_told_to_those_whose_box_it_is(
    enter: Enter, engine_end: EngineEnd
) -> None:
    heard: dict[str, list[dict[str, Any]]] = {}
    sockets = {}
    for login in ("8001", "8005", "supervisor"):
        browser = await enter(login)
        sockets[login] = await browser.client.ws_connect(
            "/api/v1/live", headers={"Origin": browser.origin}
        )
        assert (await sockets[login].receive_json())["ev"] == "sys.engine"
    told = {"call": "M4", "group": "presale", "caller": "13800138000", "withheld": False}
    engine_end.tell("message.left", told)
    engine_end.tell("board.snapshot", engine_end.board)
    for login, socket in sockets.items():
        heard[login] = []
        snapshots = 0
        while snapshots < 2:
            message = await socket.receive_json(timeout=30)
            snapshots += message["ev"] == "board.snapshot"
            heard[login] += [message["data"]] if message["ev"] == "message.left" else []
        await socket.close()
    assert {login: len(found) for login, found in heard.items()} == {
        "8001": 1,
        "8005": 0,
        "supervisor": 1,
    }
    assert heard["8001"][0]["caller"] == "138****8000"
