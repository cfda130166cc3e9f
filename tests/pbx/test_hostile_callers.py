"""A hundred callers' names that mean harm, in real calls: pages, files, webhooks, logs whole."""

import asyncio
import csv
import io
import json
import re
import unicodedata
import zipfile
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession, CookieJar

from domain import events as ev
from tests.house.firm import MENU
from tests.house.hostile import MARK, NAMES, Raw, corpus
from tests.house.scene import soon
from tests.house.system import System

pytestmark = [pytest.mark.pbx, pytest.mark.timeout(300)]

SAMPLES = list(corpus())
PER_CALL = len(NAMES) + 1
TMP = Path("/tmp")
USERS = [f"1390666{n:04}" for n in range(-(-len(SAMPLES) // PER_CALL))]
"""The callers' numbers, one for each call."""


@pytest.fixture(scope="module")
def told(system: System) -> int:
    """Place the calls, a few at a time; gives how long the journal was before."""
    before = len(system.journal())

    async def all_calls() -> list[int]:
        turn = asyncio.Semaphore(3)

        async def one(n: int, user: str) -> int:
            async with turn:
                own = SAMPLES[n * PER_CALL : (n + 1) * PER_CALL]
                return await Raw("127.0.0.2", system.sip).call(MENU, user, own)

        return await asyncio.gather(*(one(n, user) for n, user in enumerate(USERS)))

    statuses = asyncio.run(all_calls())
    assert statuses.count(200) >= len(USERS) - 3, statuses
    return before


async def over(system: System, before: int) -> dict[str, str]:
    """Wait until every call that came in has its row; caller to call id."""

    def ended() -> dict[str, str]:
        rows = system.rows("select call, caller, ended from call where caller like '1390666%'")
        done = {row["caller"]: row["call"] for row in rows if row["ended"]}
        came = {
            record.event.caller
            for record in system.journal()[before:]
            if isinstance(record.event, ev.CallArrived) and record.event.caller in USERS
        }
        return done if came and came <= done.keys() else {}

    return await soon(ended, 60, "every call has ended and has its row")


def harmless(name: str) -> bool:
    """Nothing that moves, hides or ends a line."""
    return len(name) <= 64 and not [
        s for s in name if unicodedata.category(s) in ("Cc", "Cf", "Zl")
    ]


async def test_each_call_is_one_call_and_its_words_are_only_words(
    system: System, told: int
) -> None:
    calls = await over(system, told)
    assert len(calls) >= len(USERS) - 3
    names = [row["caller_name"] for row in system.rows(
        "select caller_name from call where caller like '1390666%'"
    )]  # fmt: skip
    assert any(MARK in name for name in names)
    assert all(map(harmless, names)), names
    facts = [record for record in system.journal()[told:] if record.call in calls.values()]
    kinds = {type(record.event) for record in facts}
    assert not kinds & {ev.OfferMade, ev.OfferAnswered, ev.DialAsked, ev.OutsideDialled}
    assert not await asyncio.to_thread(lambda: list(TMP.glob(f"{MARK}*"))), "a program was run"


async def test_pages_files_webhooks_and_logs_are_whole(system: System, told: int) -> None:
    calls = await over(system, told)
    async with ClientSession(system.url, cookie_jar=CookieJar(unsafe=True)) as page:
        given = {"login": "supervisor", "password": system.logins["supervisor"]}
        async with page.post("/api/v1/session", json=given) as answer:
            assert answer.status == 200
        await _listed(page, calls)
        for kind in ("hotline", "ivr", "abandon"):
            await _whole(page, kind)
    for headers, body in list(system.sink.received):
        assert isinstance(json.loads(body), dict)
        assert not [text for text in headers.values() if MARK in text]
    _logs(system)


async def _listed(page: ClientSession, calls: dict[str, str]) -> None:
    for number, call in calls.items():
        async with page.get(f"/api/v1/calls/{call}") as answer:
            text = await answer.text()
            assert answer.status == 200, text
            assert answer.content_type == "application/json"
            assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert number not in text, "masked"
        shown: dict[str, Any] = json.loads(text)
        assert shown["call"]["call"] == call


async def _whole(page: ClientSession, kind: str) -> None:
    async with page.get(f"/api/v1/reports/{kind}.csv") as answer:
        assert answer.status == 200
        rows = list(csv.reader(io.StringIO((await answer.read()).decode("utf-8-sig"))))
    assert {len(row) for row in rows} == {len(rows[0])}
    async with page.get(f"/api/v1/reports/{kind}.xlsx") as answer:
        book = zipfile.ZipFile(io.BytesIO(await answer.read()))
    sheets = [book.read(name) for name in book.namelist() if "worksheets/" in name]
    assert sheets
    assert not [sheet for sheet in sheets if b"<f>" in sheet or b"<f " in sheet]


def _logs(system: System) -> None:
    """No line of a log begins with what a caller said."""
    files = [system.log, system.data / "run" / "asterisk" / "log" / "messages.log"]
    for file in files:
        lines = file.read_text(errors="replace").splitlines()
        assert not [
            line for line in lines if re.match(r"\s*(Event|Action|UserEvent|Channel):", line)
        ]
