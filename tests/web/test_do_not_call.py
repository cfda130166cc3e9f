"""The do-not-call list by its admin page: who may change it, and what a change is."""

from dataclasses import replace
from typing import Any

from domain.events import CallArrived
from tests.web.conftest import EngineEnd, Enter, Firm
from tests.web.test_calls import ONE, TWO, project, story

PATH = "/api/v1/admin/do-not-call"


async def listed(browser: Any) -> list[dict[str, Any]]:
    """Read the list."""
    status, body = await browser.ask("GET", PATH)
    assert status == 200, body
    return list(body["rows"])


async def test_a_number_comes_and_goes(enter: Enter, firm: Firm) -> None:
    browser = await enter("manager")
    before = await listed(browser)
    entry = {"number": "+86 138-0000-0007", "why": "客户要求"}
    status, done = await browser.ask("POST", PATH, {"entry": entry})
    assert (status, done["version"], done["announced"]) == (200, 2, True)
    row = (await listed(browser))[-1]
    assert (row["number"], row["why"], len(row["since"])) == ("13800000007", "客户要求", 10)
    assert firm.world.config.now.do_not_call[-1].number == "13800000007"
    status, body = await browser.ask("POST", PATH, {"entry": {"number": "013800000007"}})
    assert (status, body["code"]) == (409, "conflict")
    one = f"{PATH}/13800000007"
    status, _ = await browser.ask("PUT", one, {"entry": row | {"why": "投诉"}})
    assert status == 200 and (await listed(browser))[-1]["why"] == "投诉"
    status, _ = await browser.ask("DELETE", one)
    assert status == 200 and await listed(browser) == before
    status, _ = await browser.ask("DELETE", one)
    assert status == 404


async def test_what_is_no_number_is_named(enter: Enter) -> None:
    browser = await enter("manager")
    status, body = await browser.ask("POST", PATH, {"entry": {"number": "abc"}})
    assert status == 422 and "number" in str(body)


async def test_agents_and_supervisors_have_no_list(enter: Enter) -> None:
    for login in ("8001", "supervisor"):
        browser = await enter(login)
        status, _ = await browser.ask("GET", PATH)
        assert status == 403


async def test_an_agent_bars_the_customer_of_an_own_call(
    enter: Enter, firm: Firm, engine_end: EngineEnd
) -> None:
    await project(firm, story(ONE, "8001") + story(TWO, "8002"))
    one, two = (f"/api/v1/calls/{call}/do-not-call" for call in (ONE, TWO))
    agent = await enter("8001")
    status, body = await agent.ask("POST", two, {"why": "客户要求"})
    assert (status, body["code"]) == (404, "not_found")  # somebody else's call
    for _ in range(2):
        status, body = await agent.ask("POST", one, {"why": "客户要求"})
        assert status == 200 and "13800138000" not in str(body)
    entry = firm.world.config.now.do_not_call[-1]
    assert (entry.number, entry.why, firm.world.config.version) == ("13800138000", "客户要求", 2)
    assert [wish["do"] for wish in engine_end.asked].count("config.publish") == 1
    manager = await enter("manager")
    _, told = await manager.ask("GET", "/api/v1/admin/audit")
    mine = [row for row in told["rows"] if row["what"] == "number.bar"]
    assert [(row["who"], row["object"]) for row in mine] == [("8001", ONE)] * 2
    assert "13800138000" not in str(told)
    status, _ = await manager.ask("POST", two, {})
    assert status == 200
    status, _ = await (await enter("supervisor")).ask("POST", one, {})
    assert status == 403


async def test_a_withheld_number_is_not_barred(enter: Enter, firm: Firm) -> None:
    at, arrived = (told := story(ONE, "8001"))[2]
    assert isinstance(arrived, CallArrived)
    told[2] = (at, replace(arrived, withheld=True))
    await project(firm, told)
    agent = await enter("8001")
    status, body = await agent.ask("POST", f"/api/v1/calls/{ONE}/do-not-call", {})
    assert status == 422 and "13800138000" not in str(body)
    assert firm.world.config.version == 1
