"""The line to the engine: commands, refusals, silence, and coming back."""

from typing import Any

import pytest

from domain.errors import EngineUnavailable
from tests.web.conftest import EngineEnd, Enter, Firm, agent_row, until
from web.errors import Said


async def test_commands_go_out_in_the_own_name(enter: Enter, engine_end: EngineEnd) -> None:
    browser = await enter("8001")
    steps: list[tuple[str, str, Any, str, dict[str, Any]]] = [
        ("POST", "me/shift", {"phone": "phone"}, "agent.sign_in", {"phone": "phone"}),
        ("PUT", "me/state", {"state": "ready"}, "agent.ready", {}),
        (
            "PUT",
            "me/state",
            {"state": "break", "reason": "meal"},
            "agent.pause",
            {"reason": "meal"},
        ),
        ("POST", "me/wrapup", {"action": "extend"}, "agent.wrapup_extend", {}),
        ("POST", "calls/C1/hold", {}, "call.hold", {"call": "C1"}),
        ("POST", "calls/C1/hangup", None, "call.hang_up", {"call": "C1"}),
        (
            "POST",
            "calls/C1/decline",
            {"offer": 7, "reason": "busy"},
            "call.decline",
            {"call": "C1", "offer": 7, "reason": "busy"},
        ),
        ("POST", "calls/C1/painted", {"ms": 12.5}, "pop.painted", {"call": "C1", "ms": 12.5}),
        ("DELETE", "me/shift", None, "agent.sign_out", {}),
    ]
    for method, path, body, do, args in steps:
        status, answer = await browser.ask(method, f"/api/v1/{path}", body)
        assert status == 200, (path, answer)
        asked = engine_end.asked[-1]
        assert (asked["do"], asked["args"]) == (do, {"agent": "8001"} | args)


async def test_a_refusal_of_the_engine_keeps_its_words(enter: Enter, engine_end: EngineEnd) -> None:
    engine_end.answers["agent.ready"] = {"code": "conflict", "zh": "话机未注册", "en": "No phone"}
    browser = await enter("8001")
    status, body = await browser.ask("PUT", "/api/v1/me/state", {"state": "ready"})
    assert status == 409
    assert body == {"code": "conflict", "message_zh": "话机未注册", "message_en": "No phone"}


async def test_a_silent_engine_is_said_to_be_silent(
    enter: Enter, firm: Firm, engine_end: EngineEnd, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(firm.world.engine, "_answer_s", 0.2)
    engine_end.silent = True
    browser = await enter("8001")
    status, body = await browser.ask("PUT", "/api/v1/me/state", {"state": "ready"})
    assert (status, body["code"]) == (503, "engine_unavailable")


async def test_the_link_comes_back_and_keeps_the_last_picture(
    enter: Enter, firm: Firm, engine_end: EngineEnd
) -> None:
    browser = await enter("supervisor")
    link = firm.world.engine
    await engine_end.close()
    await until(lambda: not link.up)
    with pytest.raises(EngineUnavailable):
        await link.ask("health")
    status, board = await browser.ask("GET", "/api/v1/board")
    assert status == 200 and board["engine"] is False and len(board["agents"]) == 2
    engine_end.board["agents"] = [agent_row("8001", "presale")]
    await engine_end.open()
    await until(lambda: link.up and link.floor.agent("8006") is None)


async def test_a_summary_outside_the_lists_is_refused(enter: Enter) -> None:
    browser = await enter("8001")
    status, body = await browser.ask(
        "PUT", "/api/v1/calls/C1/summary", {"category": "nope", "result": "x"}
    )
    assert (status, body["field"]) == (422, "category")


async def test_only_said_codes_reach_people(firm: Firm) -> None:
    assert str(Said("no_agent")) == "This account has no agent number."


async def test_a_browser_shift_gets_its_own_sip_login(enter: Enter, firm: Firm) -> None:
    browser = await enter("8001")
    status, shift = await browser.ask("POST", "/api/v1/me/shift", {"phone": "browser"})
    assert status == 200
    sip = shift["sip"]
    assert sip["username"] == "w8001" and len(sip["password"]) >= 24 and sip["ws"] == "/sip"
    assert sip["password"] == firm.world.secret("w8001")


async def test_health(enter: Enter, engine_end: EngineEnd, firm: Firm) -> None:
    browser = await enter("")
    assert (await browser.ask("GET", "/healthz")) == (200, {"ok": True})
    assert (await browser.ask("GET", "/readyz"))[0] == 200
    await engine_end.close()
    await until(lambda: not firm.world.engine.up)
    status, body = await browser.ask("GET", "/readyz")
    assert (status, body["engine"], body["database"]) == (503, False, True)
