"""One PC plays everybody: a test caller in one window, the agent in another."""

import pytest

from tests.browser.conftest import Sit
from tests.browser.people import Person, until
from tests.house.system import System

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]


async def dialling_window(person: Person) -> Person:
    """Open the one-time test caller's page as a manager does, in a window beside."""
    async with person.page.context.expect_page() as coming:
        await person.press("test-call")
    window = Person(await coming.value, person.url, person.complaints)
    await window.page.locator("[data-test='dial-go']:not([disabled])").wait_for()
    return window


async def phase(window: Person, name: str) -> None:
    """Wait until the test caller's page says so."""
    await window.page.locator(f"[data-test='dial-state'][data-phase='{name}']").wait_for()


async def test_a_manager_calls_the_hotline_and_rates_it(system: System, sit: Sit) -> None:
    agent = await sit("8002")
    await agent.take_shift()
    await agent.ready()
    manager = await sit("manager")
    window = await dialling_window(manager)
    await window.at("dial-hotline").select_option("4008000001")
    await window.press("source-voice", "dial-go")
    await phase(window, "up")
    await window.press("key-1")

    await agent.sees("card")
    await agent.press("card-answer")
    await agent.state("通话")
    # the made-up voice has its first formant between 270 and 730 Hz

    async def voice() -> bool:
        return max([await agent.hears(hz) for hz in (300, 450, 600)]) > -60

    await until(voice)
    heard = window.at("heard-level")

    async def beep() -> bool:
        return float(await heard.get_attribute("data-level") or 0) > 0.2

    await until(beep)
    await agent.page.keyboard.press("F9")
    await agent.state("整理")
    await rate(window, system)
    await phase(window, "over")


async def rate(window: Person, system: System) -> None:
    """Press 5 as long as the question stands, and find it among the answers."""

    async def rated() -> bool:
        if await window.at("key-5").is_enabled():
            await window.press("key-5")
        found = "SELECT score FROM survey_answer WHERE state = 'answered' AND agent = '8002'"
        return [row["score"] for row in system.rows(found)] == [5]

    await until(rated, 60, step=1)
