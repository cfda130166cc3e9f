"""A call of a group with auto-answer is taken by the page itself, until the agent says no."""

import pytest

from tests.browser.conftest import Caller, Sit
from tests.browser.people import until
from tests.house.firm import GREETS
from tests.house.system import System

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]


async def test_the_page_answers_by_itself_until_it_is_told_not_to(
    system: System, sit: Sit, caller: Caller
) -> None:
    number = GREETS.agents[1]
    agent = await sit(number)
    await agent.take_shift()
    await agent.ready()
    assert await (await agent.sees("auto-answer")).is_checked()
    phone = await caller("13700137011")
    await phone.dial(GREETS.hotline)
    await until(lambda: system.agent(number)["state"] == "talking")
    await phone.hang_up()
    await until(lambda: system.agent(number)["state"] in ("wrapping", "ready"))
    await until(lambda: system.agent(number)["state"] == "ready")
    await agent.press("auto-answer")
    second = await caller("13700137012")
    await second.dial(GREETS.hotline)
    await agent.sees("card")
    await until(lambda: system.agent(number)["state"] == "ringing")
    await agent.press("card-answer")
    await until(lambda: system.agent(number)["state"] == "talking")
    await second.hang_up()
    await until(lambda: system.agent(number)["state"] in ("wrapping", "ready"))
