"""The do-not-call list by its admin page: who may change it, and what a change is."""

from typing import Any

from tests.web.conftest import Enter, Firm

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
