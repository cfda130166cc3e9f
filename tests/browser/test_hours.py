"""A supervisor turns the emergency switch; a manager looks ahead in a calendar."""

import pytest

from tests.browser.conftest import Sit
from tests.browser.people import LONG_MS, until
from tests.house.firm import CLOSED
from tests.house.system import System

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]


async def test_a_supervisor_opens_a_hotline_and_lets_it_go(system: System, sit: Sit) -> None:
    chief = await sit("supervisor")
    await chief.press("switch")
    await (await chief.sees("switch-line")).select_option(CLOSED)
    await chief.press("switch-open", "switch-endless")
    await chief.at("switch-reason").fill("门店加班")
    await chief.press("switch-go")
    band = (await chief.sees("switches")).locator(f"[data-hotline='{CLOSED}']")
    await band.filter(has_text="门店加班").wait_for(timeout=LONG_MS)
    try:
        held = [(row["hotline"], row["state"]) for row in system.board()["switches"]]
        assert (CLOSED, "open") in held
    finally:
        await band.locator("[data-test='let-go']").click()
    await band.wait_for(state="detached", timeout=LONG_MS)
    await until(lambda: not system.board()["switches"], 30)


async def test_a_manager_sees_the_days_to_come_and_asks_what_if(sit: Sit) -> None:
    manager = await sit("manager")
    await manager.go("/admin/calendars")
    look = await manager.sees("days-workdays")
    await look.locator("summary").click()
    await look.locator("tbody tr").nth(13).wait_for(timeout=LONG_MS)
    await manager.at("probe-workdays").fill("2026-10-10T10:00")
    await look.locator("button[type='submit']").click()
    answer = await manager.sees("probed-workdays")
    await answer.filter(has_text="调休").wait_for(timeout=LONG_MS)
    await manager.sees("holidays")
