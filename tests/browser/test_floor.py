"""The supervisor's board follows the floor; everybody sees only what is theirs."""

import os
import signal
from time import monotonic

import pytest
from playwright.async_api import Locator

from tests.browser.conftest import Caller, Sit
from tests.browser.people import LONG_MS, until
from tests.house.system import System

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]

SOON_S = 2.0


async def shown(what: Locator) -> float:
    """Wait until it is on the page; gives the seconds that this took."""
    began = monotonic()
    await what.wait_for(timeout=LONG_MS)
    return monotonic() - began


async def test_the_board_follows_within_two_seconds(
    system: System, sit: Sit, caller: Caller
) -> None:
    agent = await sit("8004")
    await agent.take_shift()
    chief = await sit("supervisor")
    await chief.sees("live-groups")
    tile = chief.page.locator("li").filter(has_text="陈立")
    assert "小休" in await tile.inner_text()

    phone = await caller("13900139000")
    await phone.dial("4008000002")
    await phone.press("1")
    await until(lambda: system.board()["groups"][2]["waiting"] == 1, 30)
    waiting = chief.at("live-waiting-list")
    taken = [await shown(waiting.filter(has_text="139****9000"))]
    assert await chief.text("live-waiting") == "1"

    await agent.press("state-ready")
    taken.append(await shown(tile.filter(has_text="振铃")))
    await (await agent.sees("card-answer")).click()
    taken.append(await shown(tile.filter(has_text="通话")))
    await until(lambda: chief.at("live-waiting").filter(has_text="0").count())
    await phone.hang_up()
    taken.append(await shown(tile.filter(has_text="整理")))
    assert min(taken) < SOON_S, f"a busy machine may be late, but not each time: {taken}"
    assert not any("13900139000" in frame for frame in chief.told + agent.told)


async def test_the_pages_speak_english_too(sit: Sit) -> None:
    chief = await sit("supervisor")
    await chief.sees("live-groups")
    await chief.press("language")
    await chief.page.get_by_role("heading", name="Live").first.wait_for()
    assert (await chief.page.evaluate("document.documentElement.lang")).startswith("en")
    await chief.go("/reports/hotline")
    await chief.page.get_by_role("heading", name="Reports").wait_for()
    assert await chief.text("nav-calls") == "Calls"
    await chief.press("language")
    await chief.page.get_by_role("heading", name="报表").wait_for()


async def test_who_waits_for_a_report_is_told_and_may_leave(system: System, sit: Sit) -> None:
    """Its process stands still, as beside a machine that is full; who cancels ends it."""

    def workers() -> list[int]:
        return [pid for pid, line in system.alive().items() if "reports.worker" in line]

    chief = await sit("supervisor")
    given = chief.page.locator("[data-test=report-empty], [data-test=report-row]")
    await chief.go("/reports/hotline")
    await until(given.count)
    stopped = workers()
    for pid in stopped:
        os.kill(pid, signal.SIGSTOP)
    await chief.press("report-agent")
    assert "长报表会给通话让路" in await chief.text("report-working")
    await chief.press("report-cancel")
    await chief.page.get_by_text("已取消计算").wait_for()
    await until(lambda: not set(stopped) <= set(workers()))
    for pid in set(stopped) & set(workers()):
        os.kill(pid, signal.SIGCONT)
    await chief.page.get_by_role("button", name="重试").click()
    await until(given.count)


async def test_an_agent_has_no_reports_and_no_board(system: System, sit: Sit) -> None:
    agent = await sit("8001")
    for path in ("/reports/group", "/live", "/admin/users"):
        await agent.go(path)
        await agent.page.wait_for_url("**/desk")
    assert await agent.at("nav-reports").count() == 0
    fetch = "(path) => fetch(path).then((answer) => answer.status)"
    for path in ("/api/v1/reports/group?from=today&to=today", "/api/v1/admin/users"):
        assert await agent.page.evaluate(fetch, path) == 403
    agent.complaints.clear()  # the browser itself reports the two refusals that were asked for


async def test_a_second_window_asks_before_it_takes_the_phone(sit: Sit) -> None:
    first = await sit("8005")
    await first.take_shift()
    second = await sit("8005")
    await second.go("/desk")
    await second.sees("elsewhere")
    await second.press("take-over")
    await second.registered()
    await first.sees("elsewhere")
