"""The emergency switch over HTTP: whose right it is, what the engine is asked, what is audited."""

from typing import Any

import pytest

from domain.clock import real_clock
from tests.web.conftest import EngineEnd, Enter

LINE = "/api/v1/hotlines/4008000001/switch"
CLOSE: dict[str, Any] = {"state": "closed", "reason": "台风"}


async def test_a_supervisor_closes_a_hotline_and_it_is_audited(
    enter: Enter, engine_end: EngineEnd
) -> None:
    until = real_clock().utc_ms() + 3_600_000
    page = await enter("supervisor")
    assert (await page.ask("PUT", LINE, CLOSE | {"until": until}))[0] == 200
    assert (await page.ask("DELETE", "/api/v1/hotlines/all/switch"))[0] == 200
    asked = [wish["args"] for wish in engine_end.asked if wish["do"] == "hotline.switch"]
    assert asked == [
        {"hotline": "4008000001", "by": "supervisor", "prompt": "", "until": until} | CLOSE,
        {"hotline": "", "by": "supervisor", "state": ""},
    ]
    _, trail = await (await enter("manager")).ask("GET", "/api/v1/admin/audit")
    noted = [
        (row["who"], row["object"]) for row in trail["rows"] if row["what"] == "hotline.switch"
    ]
    assert sorted(noted) == [("supervisor", "4008000001"), ("supervisor", "all")]
    assert (await (await enter("8001")).ask("PUT", LINE, CLOSE))[0] == 403
    assert (await (await enter("8001")).ask("GET", "/api/v1/switches"))[0] == 403


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"state": "ajar"}, "state"),
        ({"until": 1}, "until"),
        ({"reason": ""}, "reason"),
        ({"prompt": "no_such_sentence"}, "prompt"),
    ],
)
async def test_what_makes_no_sense_is_refused(
    enter: Enter, engine_end: EngineEnd, more: dict[str, Any], field: str
) -> None:
    page = await enter("supervisor")
    status, told = await page.ask("PUT", LINE, CLOSE | more)
    assert status == 422 and field in str(told), told
    assert (await page.ask("PUT", "/api/v1/hotlines/1234/switch", CLOSE))[0] == 404
    assert not [wish for wish in engine_end.asked if wish["do"] == "hotline.switch"]


async def test_the_page_is_told_what_is_held_and_what_may_be_played(enter: Enter) -> None:
    status, seen = await (await enter("supervisor")).ask("GET", "/api/v1/switches")
    assert status == 200 and seen["rows"] == [] and isinstance(seen["prompts"], list)
