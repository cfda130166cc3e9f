"""Calls whose names and headers mean harm, placed for real, and what they must leave whole."""

import asyncio
import csv
import io
import json
import re
import unicodedata
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path

from domain import events as ev
from domain.events import Record
from tests.house.hostile import MARK, Raw
from tests.house.scene import soon
from tests.house.system import System
from tests.house.visitor import Visitor

TMP = Path("/tmp")
PREFIX = "1390666"
"""How these callers' numbers begin."""
KINDS = ("hotline", "ivr", "abandon", "group", "agent")
FORMULA = re.compile(r"[=+\-@\t\r＝＋－＠]")
FORGED = re.compile(r"\s*(Event|Action|UserEvent|Channel):")
NUMBER = re.compile(r"-?[\d.,]+%?")
NEVER = (ev.OfferMade, ev.OfferAnswered, ev.DialAsked, ev.OutsideDialled)
"""What no caller may bring about by a name."""


def caller(number: int) -> str:
    """Give the n-th caller's number."""
    return f"{PREFIX}{number:04}"


async def placed(
    system: System, hotline: str, calls: Sequence[list[str]], at_once: int = 3
) -> list[int]:
    """Place a call for each list of samples, a few at a time; gives the final statuses."""
    turn = asyncio.Semaphore(at_once)

    async def one(n: int, samples: list[str]) -> int:
        async with turn:
            return await Raw("127.0.0.2", system.sip).call(hotline, caller(n), samples)

    return await asyncio.gather(*(one(n, samples) for n, samples in enumerate(calls)))


async def over(system: System, before: int) -> dict[str, str]:
    """Wait until every call that came in has its row; caller to call id."""
    return await soon(partial(_ended, system, before), 120, "every call has ended and has its row")


def _ended(system: System, before: int) -> dict[str, str]:
    rows = system.rows(f"select call, caller, ended from call where caller like '{PREFIX}%'")
    done = {row["caller"]: row["call"] for row in rows if row["ended"]}
    came = {
        record.event.caller
        for record in system.journal()[before:]
        if isinstance(record.event, ev.CallArrived) and record.event.caller.startswith(PREFIX)
    }
    return done if came and came <= done.keys() else {}


def harmless(name: str) -> bool:
    """Nothing that moves, hides or ends a line."""
    return len(name) <= 64 and not [
        s for s in name if unicodedata.category(s) in ("Cc", "Cf", "Zl")
    ]


def kept(system: System, facts: Iterable[Record], calls: Mapping[str, str]) -> list[str]:
    """Look at rows and journal; gives what is wrong."""
    rows = system.rows(f"select caller_name from call where caller like '{PREFIX}%'")
    names = [row["caller_name"] for row in rows]
    wrong = [f"a name does harm: {name!r}" for name in names if not harmless(name)]
    if not any(MARK in name for name in names):
        wrong.append("no name came through at all")
    own = set(calls.values())
    wrong += [
        f"{record.call}: {type(record.event).__name__}"
        for record in facts
        if record.call in own and isinstance(record.event, NEVER)
    ]
    return wrong + [f"a program was run: {file}" for file in TMP.glob(f"{MARK}*")]


async def shown(page: Visitor, calls: Mapping[str, str]) -> list[str]:
    """Ask for every call and every report as a supervisor; gives what is wrong."""
    wrong = []
    for number, call in calls.items():
        async with page.http.get(f"/api/v1/calls/{call}") as answer:
            text = await answer.text()
            plain = answer.content_type == "application/json"
            sniffed = answer.headers["X-Content-Type-Options"] != "nosniff"
        if answer.status != 200 or not plain or sniffed or number in text:
            wrong.append(f"{call}: {answer.status} {answer.content_type}")
        elif json.loads(text)["call"]["call"] != call:
            wrong.append(f"{call}: another call is shown")
    for kind in KINDS:
        wrong += await _csv(page, kind) + await _book(page, kind)
    return wrong


async def _csv(page: Visitor, kind: str) -> list[str]:
    status, body = await page.ask("GET", f"/api/v1/reports/{kind}.csv")
    rows = list(csv.reader(io.StringIO(body.decode("utf-8-sig"))))
    if status != 200 or len({len(row) for row in rows}) != 1:
        return [f"{kind}.csv: {status}, rows of unlike length"]
    cells = [cell for row in rows for cell in row]
    return [f"{kind}.csv: formula {c!r}" for c in cells if FORMULA.match(c) and not _is_number(c)]


def _is_number(cell: str) -> bool:
    return cell == "-" or bool(NUMBER.fullmatch(cell))


async def _book(page: Visitor, kind: str) -> list[str]:
    status, body = await page.ask("GET", f"/api/v1/reports/{kind}.xlsx")
    if status != 200:
        return [f"{kind}.xlsx: {status}"]
    book = zipfile.ZipFile(io.BytesIO(body))
    sheets = [book.read(name) for name in book.namelist() if "worksheets/" in name]
    formulas = [sheet for sheet in sheets if b"<f>" in sheet or b"<f " in sheet]
    return [f"{kind}.xlsx: {len(formulas)} of {len(sheets)} sheets hold formulas"] * bool(
        formulas or not sheets
    )


def told(system: System) -> list[str]:
    """Look at webhooks and logs; gives what is wrong."""
    wrong = []
    for headers, body in list(system.sink.received):
        if not isinstance(json.loads(body), dict):
            wrong.append(f"a webhook is no object: {body[:200]!r}")
        wrong += [f"a header of a webhook: {text}" for text in headers.values() if MARK in text]
    for file in (system.log, system.data / "run" / "asterisk" / "log" / "messages.log"):
        lines = file.read_text(errors="replace").splitlines()
        wrong += [f"{file.name}: forged line {line!r}" for line in lines if FORGED.match(line)]
    return wrong
