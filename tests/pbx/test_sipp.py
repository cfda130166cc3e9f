"""Callers by SIPp: ten at five a second, and some who try to write into our books."""

import asyncio
import contextlib
import json
from itertools import pairwise

import pytest

from domain import events as ev
from tests.house.firm import LANES, SERVICE, VOLUME
from tests.house.scene import Person, Scene, scene_on, soon
from tests.house.sipp import sipp
from tests.house.system import System

pytestmark = [pytest.mark.pbx, pytest.mark.timeout(180)]
CALLS = 10


async def _works(scene: Scene, agent: Person) -> None:
    """Take every call and hang up as soon as the talk is in the books."""
    while True:
        call = await agent.takes(within_s=600)
        await scene.fact(call, ev.OfferAnswered, agent=agent.number)
        await agent.phone.hang_up()


async def test_ten_calls_at_five_a_second_are_all_served(system: System) -> None:
    async with scene_on(system, VOLUME) as scene:
        agents = [await scene.agent(which) for which in range(len(VOLUME.agents))]
        work = [asyncio.create_task(_works(scene, agent)) for agent in agents]
        try:
            await sipp("until_bye", system.sip, VOLUME.hotline, "-m", str(CALLS), "-r", "5")
        finally:
            for task in work:
                task.cancel()
            await asyncio.gather(*work, return_exceptions=True)
        sql = "SELECT * FROM call WHERE hotline = ? AND started >= ? AND outcome IS NOT NULL"
        ours = (VOLUME.hotline, scene.began)
        await soon(lambda: len(system.rows(sql, *ours)) == CALLS, what="ten rows")
        rows = system.rows(sql, *ours)
        assert {(row["outcome"], row["by"], row["offers"]) for row in rows} == {
            ("answered", "agent", 1)
        }
        assert len({row["caller"] for row in rows}) == CALLS
        assert {row["agent"] for row in rows} == set(VOLUME.agents)
        spans = sorted(
            (each["agent"], each["started"], each["ended"])
            for row in rows
            for each in scene.segments(row["call"])
            if each["kind"] == "talk"
        )
        assert len(spans) == CALLS
        for (who, _, ended), (next_who, started, _) in pairwise(spans):
            assert who != next_who or started >= ended, "one agent talked to two callers"
        kept = (
            "SELECT count(*) AS n FROM recording r JOIN call c ON c.call = r.call"
            " WHERE hotline = ? AND c.started >= ?"
        )
        await soon(lambda: system.rows(kept, *ours)[0]["n"] == CALLS, 40, "recordings")


HOSTILE = '"a\\"),b) ${CC_CALL} $[1+1];x%0d%0aAction: Logoff|<b>" <sip:13912340001@h.invalid>'
FORGED = '"x" <sip:%0d%0aEvent:UserEvent@h.invalid>'


async def test_headers_that_try_to_forge_are_only_text(system: System) -> None:
    before = {record.call for record in system.journal()}
    lane = LANES[0]
    for headers in (
        ("-key", "from", HOSTILE, "-key", "asserted", HOSTILE),
        ("-key", "from", FORGED, "-key", "asserted", FORGED),
        (
            *("-key", "from", '"Anonymous" <sip:anonymous@anonymous.invalid>'),
            *("-key", "asserted", "<sip:anonymous@anonymous.invalid>"),
        ),
    ):
        await sipp("strange", system.sip, lane.hotline, "-m", "1", "-d", "1200", *headers)
    new = await soon(lambda: _arrivals(system, before, 3), what="three calls")
    assert [call.caller for call in new] == ["13912340001", "", ""]
    assert all(call.hotline == lane.hotline for call in new)
    for call in new:
        assert len(call.call) == 26 and call.call.isalnum()
        await soon(lambda c=call.call: _outcome(system, c) == "abandoned_ivr", what="its row")
    # nothing else happened: no other call, no key, no agent, no loss of Asterisk
    after = [record for record in system.journal() if record.call not in before and record.call]
    assert {record.call for record in after} == {call.call for call in new}
    assert not [each for each in after if isinstance(each.event, ev.KeyPressed | ev.HoldReached)]
    assert system.is_ready()


async def test_a_number_of_nobody_is_served_and_who_asks_for_privacy_stays_unknown(
    system: System,
) -> None:
    before = {record.call for record in system.journal()}
    headers = "<tel:+8613912340002>\r\nPrivacy: id\r\nDiversion: <sip:4000000002@h>;reason=busy"
    sender = ("-key", "from", '"Zhang" <sip:013912340002@h>', "-key", "asserted", headers)
    await sipp("strange", system.sip, "02899999999", "-m", "1", "-d", "1200", *sender)
    (call,) = await soon(lambda: _arrivals(system, before, 1), what="the call")
    assert (call.caller, call.withheld) == ("13912340002", True)
    assert (call.called, call.hotline) == ("02899999999", SERVICE.hotline)
    assert "@" in call.sip_id
    await soon(lambda: _outcome(system, call.call) == "abandoned_ivr", what="its row")
    facts = [record.event for record in system.journal(call.call)]
    assert ev.CalledNumberUnknown(call.call, "02899999999", "trunk-test") in facts
    (row,) = system.rows("SELECT caller, withheld FROM call WHERE call = ?", call.call)
    assert row == {"caller": "13912340002", "withheld": 1}
    looked = [event for event in facts if isinstance(event, ev.CustomerLookedUp)]
    assert [event.status for event in looked] == ["unknown"]


def _arrivals(system: System, before: set[str], count: int) -> list[ev.CallArrived]:
    found = [
        record.event
        for record in system.journal()
        if isinstance(record.event, ev.CallArrived) and record.call not in before
    ]
    return found if len(found) == count else []


def _outcome(system: System, call: str) -> str:
    with contextlib.suppress(IndexError, json.JSONDecodeError):
        return str(system.rows("SELECT outcome FROM call WHERE call = ?", call)[0]["outcome"])
    return ""
