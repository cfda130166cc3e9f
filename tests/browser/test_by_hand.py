"""A supervisor sees why a call waits and steps in; the agent picks it; the state set holds."""

import pytest

from tests.browser.conftest import Caller, Sit
from tests.browser.people import LONG_MS, until
from tests.house.system import System

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]


async def test_why_it_waits_priority_pick_and_a_state_for_afterwards(
    system: System, sit: Sit, caller: Caller
) -> None:
    agent = await sit("8004")
    await agent.take_shift()
    chief = await sit("supervisor")
    await chief.sees("live-groups")

    phone = await caller("13900139000")
    await phone.dial("4008000002")
    await phone.press("1")
    await chief.press("hand")
    why = await chief.sees("hand-why")
    await why.filter(has_text="陈立 8004").filter(has_text="小休").wait_for(timeout=LONG_MS)
    await chief.press("hand-earlier")
    await until(lambda: [call["priority"] for call in system.board()["calls"]] == [4], 30)
    await chief.page.keyboard.press("Escape")

    await agent.press("pick")
    await (await agent.sees("card-answer")).click()
    tile = chief.page.locator("li").filter(has_text="陈立")
    await tile.filter(has_text="通话").wait_for(timeout=LONG_MS)
    await chief.press("force-8004", "force-offline")
    await phone.hang_up()
    await tile.filter(has_text="离线").wait_for(timeout=LONG_MS)
    assert not any("13900139000" in frame for frame in chief.told + agent.told)
