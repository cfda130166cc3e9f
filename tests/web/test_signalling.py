"""The signalling tab: for leaders only, numbers masked, causes in words."""

from pathlib import Path

from domain import events as ev
from domain.ids import CallId
from store.journal import JournalFile
from tests.web.conftest import Enter, Firm
from tracing import Buffer, Captured

CALL = CallId("01KAKR1D8W3T5Y0Z9QJH2MCEXA")
INVITE = (
    "INVITE sip:4001000001@10.0.0.1 SIP/2.0\nFrom: <sip:13800138000@10.0.0.2>;tag=1\n"
    "Call-ID: one\nCSeq: 1 INVITE\n"
)
REFUSED = "SIP/2.0 486 Busy Here\nCall-ID: two\nCSeq: 1 INVITE\n"


async def written(data: Path) -> None:
    """Write what engine and tracer would have written."""
    journal = JournalFile.open(data / "journal" / "journal.db")
    facts = [
        ev.CallArrived(CALL, "4001000001", "4001000001", "13800138000", sip_id="one"),
        ev.LegMeasured(CALL, "caller", 0, 150, 0, 0.0),
    ]
    await journal.append([(1.0, 1_795_311_000_000, fact) for fact in facts])
    journal.close()
    buffer = Buffer.open(data / "trace" / "trace.db")
    buffer.add(
        [
            Captured(1, "one", "", "10.0.0.2:5060", "10.0.0.1:5060", 17, True, INVITE),
            Captured(2, "two", CALL, "10.0.0.3:5060", "10.0.0.1:5060", 17, True, REFUSED),
        ]
    )
    buffer.close()


async def test_the_ladder_is_masked_and_says_causes_in_words(firm: Firm, enter: Enter) -> None:
    await written(firm.world.data)
    browser = await enter("supervisor")
    status, found = await browser.ask("GET", f"/api/v1/calls/{CALL}/signalling")
    assert status == 200, found
    assert [(rung["side"], rung["zh"]) for rung in found["rungs"]] == [
        ("caller", ""),
        ("agent", "用户忙"),
    ]
    assert "138****8000" in found["rungs"][0]["text"]
    assert "13800138000" not in str(found)
    assert found["media"] == [
        {"side": "caller", "received": 0, "sent": 150, "lost": 0, "jitter_ms": 0.0}
    ]


async def test_agents_do_not_see_it_and_unknown_calls_are_not_found(enter: Enter) -> None:
    agent, leader = await enter("8001"), await enter("manager")
    assert (await agent.ask("GET", f"/api/v1/calls/{CALL}/signalling"))[0] == 403
    assert (await leader.ask("GET", "/api/v1/calls/nope/signalling"))[0] == 404
