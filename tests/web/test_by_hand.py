"""What is decided by hand: who may, what the engine is asked, what the audit trail keeps."""

from typing import Any

import pytest

from tests.web.conftest import EngineEnd, Enter

MOVE = ("POST", "/api/v1/calls/C1/move", {"to_kind": "group", "to": "vip"})
PRIORITY = ("PUT", "/api/v1/calls/C1/priority", {"priority": 2})
FORCE = ("PUT", "/api/v1/agents/8001/state", {"state": "break", "reason": "meal"})
WISHES = {
    "call.move": (MOVE, {"call": "C1", "to_kind": "group", "to": "vip"}),
    "call.priority": (PRIORITY, {"call": "C1", "priority": 2}),
    "agent.force": (FORCE, {"agent": "8001", "state": "break", "reason": "meal"}),
}
WHY = {"place": 1, "group": "presale", "step": 0, "needs": "presale", "preferred": ""} | {
    "on_hold": True,
    "candidates": [{"agent": "8001", "why": "break", "detail": "meal"}],
}


@pytest.mark.parametrize("word", WISHES)
async def test_leaders_decide_and_it_is_audited(
    enter: Enter, engine_end: EngineEnd, word: str
) -> None:
    (method, path, body), args = WISHES[word]
    status, _ = await (await enter("8001")).ask(method, path, body)
    assert status == 403
    for login in ("supervisor", "manager"):
        status, told = await (await enter(login)).ask(method, path, body)
        assert status == 200, told
    asked = [wish["args"] for wish in engine_end.asked if wish["do"] == word]
    assert asked == [args | {"by": login} for login in ("supervisor", "manager")]
    _, trail = await (await enter("manager")).ask("GET", "/api/v1/admin/audit")
    noted = [(row["who"], row["object"]) for row in trail["rows"] if row["what"] == word]
    about = args.get("call") or args["agent"]
    assert sorted(noted) == [("manager", about), ("supervisor", about)]


async def test_an_agent_picks_in_the_own_name_only(enter: Enter, engine_end: EngineEnd) -> None:
    status, _ = await (await enter("8001")).ask("POST", "/api/v1/calls/C1/pick", {})
    assert status == 200
    assert engine_end.asked[-1]["args"] == {"agent": "8001", "call": "C1", "by": "8001"}
    status, _ = await (await enter("supervisor")).ask("POST", "/api/v1/calls/C1/pick", {})
    assert status == 403


@pytest.mark.parametrize(
    ("wish", "field"),
    [
        (("PUT", FORCE[1], {"state": "break", "reason": "nap"}), "reason"),
        (("PUT", FORCE[1], {"state": "asleep"}), "state"),
        (("PUT", PRIORITY[1], {"priority": 100}), "priority"),
        (("POST", MOVE[1], {"to_kind": "number", "to": "1"}), "to_kind"),
    ],
)
async def test_what_makes_no_sense_is_refused(
    enter: Enter, wish: tuple[str, str, Any], field: str
) -> None:
    status, body = await (await enter("supervisor")).ask(*wish)
    assert (status, body["field"]) == (422, field)


async def test_the_engines_refusal_is_told_and_not_audited(
    enter: Enter, engine_end: EngineEnd
) -> None:
    engine_end.answers["call.move"] = {"code": "conflict", "zh": "已不在排队", "en": "gone"}
    manager = await enter("manager")
    status, body = await manager.ask(*MOVE)
    assert (status, body["message_zh"], body["message_en"]) == (409, "已不在排队", "gone")
    _, trail = await manager.ask("GET", "/api/v1/admin/audit")
    assert all(row["what"] != "call.move" for row in trail["rows"])


async def test_why_a_call_waits(enter: Enter, engine_end: EngineEnd) -> None:
    engine_end.answers["call.why"] = WHY
    status, told = await (await enter("supervisor")).ask("GET", "/api/v1/calls/C1/why")
    assert (status, told) == (200, WHY)
    status, _ = await (await enter("8001")).ask("GET", "/api/v1/calls/C1/why")
    assert status == 403
