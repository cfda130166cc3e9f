"""Whoever dials what nobody should: two hundred called numbers from outside reach no Dial."""

import asyncio
import csv
from collections import Counter

import pytest

from demo.softphone import CallRefused
from domain import events as ev
from tests.carrier.house import House
from tests.carrier.line import Caller, Line
from tests.carrier.sdp import Audio
from tests.house.scene import soon

pytestmark = [pytest.mark.pbx, pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(300)]

ABROAD = ("00", "+", "000", "0085", "*7200", "9011", "011", "17951", "1795100", "%2B", "00%30")
PLACES = (
    "14155550100", "85298765432", "447700900123", "37312345678", "25261234567", "88216000000",
    "8613800138000", "21612345678", "2250102030405", "4921155501",
)  # fmt: skip
ODD = (
    "*72", "*720013800138000", "#", "##", "*", "**21*13800138000#", "s", "h", "i", "t", "T", "e",
    "_X.", "_.", "!", "%00", "%0d%0aDial", "hotline", "dial-out", "offer", "fallback",
    "from-agents", "8001", "a8001", "w8001", "m8001", "PJSIP%2Fa8001", "0&PJSIP%2Fx",
    "13800138000@trunk-two-sbcs",
    "${EXTEN}", "$%7BSHELL(id)%7D", "0,1,Dial", "1%2CDial", "'", "%22", "%5C", "a" * 64, "9" * 41,
    "9" * 200, "+", "++8613800138000", "0-0-8-5", "(0085)", "00 85", "tel", "anonymous", "110",
    "120", "119", "122", "911", "999", "112", "95588", "4000000000", "1600000", "012593", "1010",
    "中文", "%E4%B8%AD", "0x0085", "1e9", "-1", "0", "00", "000000", "....", "a.b.c",
    "x;user=phone",
)  # fmt: skip
HEADERS = (
    ("X-Any", "1\r\nRoute: <sip:127.0.1.2>"),
    ("Diversion", "<sip:0085298765432@evil>;reason=unconditional"),
    ("Diversion", '"),Dial(PJSIP/0085298765432@trunk-two-sbcs)" <sip:1@evil>'),
    ("P-Asserted-Identity", '"${SHELL(id)}" <sip:0085298765432@evil>'),
    ("Referred-By", "<sip:0085298765432@evil>"),
    ("Replaces", "a@b;to-tag=1;from-tag=2"),
    ("Route", "<sip:0085298765432@127.0.1.2;lr>"),
    ("History-Info", "<sip:0085298765432@evil?Replaces=x>;index=1"),
    ("P-Called-Party-ID", "<tel:+85298765432>"),
    ("Call-Info", "<sip:evil>;answer-after=0"),
)
NUMBERS = (*(start + place for start in ABROAD for place in PLACES), *ODD)


async def test_two_hundred_hostile_numbers_reach_no_dial(house: House) -> None:
    tries = [(number, ()) for number in NUMBERS]
    tries += [(n, (header,)) for header in HEADERS for n in ("0085298765432", "*72", "s")]
    assert len(tries) >= 200
    await soon(lambda: "0 active channels" in house.console("core show channels"), 60)
    told, rows, asked = len(house.journal()), len(_cdr(house)), _asked(house)
    seats, answers = asyncio.Semaphore(8), Counter[str]()

    async def attempt(number: str, headers: tuple[tuple[str, str], ...]) -> None:
        line = Line(house.sbcs["127.0.1.2"], "13900139000", 0.0, Audio())
        line.says = Caller(to="<sip:x@{far}>", headers=headers)
        async with seats:
            try:
                await line.dial(number, 3)
                answers["200"] += 1
            except (CallRefused, TimeoutError) as refused:
                answers[str(getattr(refused, "status", 0))] += 1
            await line.close()

    await asyncio.gather(*(attempt(*each) for each in tries))
    channels = "core show channels concise"
    await soon(lambda: not house.console(channels), 90, lambda: house.console(channels))
    print("answers by status:", dict(answers))
    assert _asked(house) == asked, "an INVITE left for a carrier"
    new = _cdr(house)[rows:]
    assert len(new) >= answers["200"] > 0
    assert {row["lastapp"] for row in new}.isdisjoint({"Dial", "Queue", "Originate", "Bridge"})
    assert {row["dstchannel"] for row in new} == {""}, "a second leg"
    assert {row["channel"].split("-0")[0] for row in new} == {"PJSIP/trunk-two-sbcs"}
    kinds = {type(record.event) for record in house.journal()[told:]}
    assert not kinds & {ev.DialAsked, ev.OfferMade, ev.RouteFailed, ev.FarRang}


def _asked(house: House) -> dict[str, int]:
    return {host: len(sbc.asked("INVITE")) for host, sbc in house.sbcs.items()}


def _cdr(house: House) -> list[dict[str, str]]:
    text = "".join(f.read_text(errors="replace") for f in house.data.rglob("Master.csv"))
    rows = csv.reader(text.splitlines())
    return [{"channel": row[5], "dstchannel": row[6], "lastapp": row[7]} for row in rows]
