"""No engine is there: the real Asterisk alone serves callers in order, and writes them down."""

import asyncio
import re
import time

import pytest

from domain.headers import numbers_of
from domain.settings import Settings
from pbx.absent import FAMILY, Absence, absences
from pbx.asterisk import PrivateAsterisk
from pbx.message import parse
from switchboard.arrivals import SIP_ID, SOURCES, TRUNK, Arrivals, Line, joined
from tests.house.ami import Ami
from tests.house.raw_caller import ODD, Caller

pytestmark = pytest.mark.pbx

ASKED = Arrivals({"every": Line(tuple(SOURCES), tuple(SOURCES))}).asked


async def test_without_the_engine_asterisk_itself_writes_down_who_called(
    asterisk: PrivateAsterisk, settings: Settings
) -> None:
    began = time.time() * 1000
    headers = (f'P-Asserted-Identity: "{ODD}" <tel:+8613900000001>', "Privacy: id")
    assert await Caller().dial("127.0.0.2", settings, "4001000001", *headers, name=ODD) == 200
    engine = await Ami.login(settings.ports.ami, "engine", "e" * 24, events="off")
    (waits,) = await notes(engine)
    assert (waits.call, waits.took_ms, waits.left_ms, waits.group) == ("", 0, 0, "")
    assert began - 2 <= waits.came_ms <= waits.fell_ms <= time.time() * 1000 + 2
    await asterisk.cli("channel request hangup all")
    async with asyncio.timeout(40):
        while not (found := await notes(engine))[0].left_ms:
            pass
    seen = dict.fromkeys((*ASKED, "CC_CALLED", TRUNK), "") | dict(found[0].seen)
    assert (seen["CC_CALLED"], seen[TRUNK]) == ("4001000001", "trunk-test")
    assert seen[SIP_ID].startswith("call-")
    assert seen[SOURCES["privacy"][0]] == "id"
    assert numbers_of(joined(seen, SOURCES["pai"]))[-1] == "13900000001"
    watch = await Ami.login(settings.ports.ami, "watch", "w" * 24, events="off")
    told = await watch.ask("DBDelTree", Family=FAMILY, Key=found[0].key)
    assert "Response: Success" in told
    assert await notes(engine) == []
    log = (asterisk.config.parent.parent / "log/messages.log").read_text()
    assert "ERROR" not in log and "DB" not in log, log


CROWD, SERVED = 40, 5


async def test_forty_callers_in_the_fallback_are_served_in_the_order_they_came(
    asterisk: PrivateAsterisk, settings: Settings
) -> None:
    """They come within 8 s, nobody is there; then one agent at a time takes the next one."""
    for nth in range(CROWD):
        assert await Caller().dial("127.0.0.2", settings, "4001000001") == 200, nth
    engine = await Ami.login(settings.ports.ami, "engine", "e" * 24, events="off")
    async with asyncio.timeout(60):
        while len(line := await in_line(asterisk)) < CROWD:
            pass
    came = [f"trunk-test-{number:08x}" for number in range(CROWD)]
    assert line == came
    member = {"Queue": "fb-any", "Interface": "Local/echo@from-agents"}
    assert "Response: Success" in await engine.ask("QueueAdd", **member)
    for nth in range(SERVED):
        async with asyncio.timeout(60):
            while len(line := await in_line(asterisk)) > CROWD - nth - 1:
                pass
        assert line == came[nth + 1 :]
        await engine.ask("Hangup", Channel=f"PJSIP/{came[nth]}")
    served = [each for each in await notes(engine) if each.took_ms]
    assert len(served) >= SERVED
    assert [each.key for each in sorted(served, key=lambda each: each.took_ms)] == [
        each.key for each in served
    ]


async def in_line(asterisk: PrivateAsterisk) -> list[str]:
    """Name who waits in the dialplan's own queue, first come first."""
    told = await asterisk.cli("queue show fb-any")
    return re.findall(r"^ +\d+\. PJSIP/(\S+) \(wait", told, re.M)


async def notes(ami: Ami) -> list[Absence]:
    """Read what the dialplan wrote down."""
    first = await ami.ask("DBGetTree", Family=FAMILY)
    assert "Response: Success" in first, first
    rows: list[tuple[str, str]] = []
    while "DBGetTreeComplete" not in (row := await ami.read("Event: ")):
        told = parse(row.strip().encode())
        rows.append((told.get("Key"), told.get("Val")))
    return absences(rows)
