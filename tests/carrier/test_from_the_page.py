"""An agent calls out from the page: the number, the reason, the talk, and what the list says."""

import os
import shutil
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser, async_playwright

from domain import events as ev
from tests.browser.conftest import FLAGS, PAGES
from tests.browser.people import Person, hears_beeps, newcomer, until
from tests.carrier.house import Bench, House
from tests.carrier.profiles import TIMER
from tests.house.scene import CALLER_HZ, soon
from tests.house.system import missing

pytestmark = [
    pytest.mark.browser,
    pytest.mark.asyncio(loop_scope="session"),
    pytest.mark.timeout(180),
]
LOUD_DB = -70.0
PICTURES = os.environ.get("YINGDA_TEST_PICTURES", "")
"""A folder for pictures of the pages on the way; none are taken without it."""


@pytest_asyncio.fixture(loop_scope="session")
async def window() -> AsyncIterator[Browser]:
    """Give a Chromium."""
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    if path is None or not PAGES.exists():
        missing("no chromium or no pages: make dev, apt-get install chromium")
    async with async_playwright() as play:
        browser = await play.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        await browser.close()


async def _picture(person: Person, name: str) -> None:
    if PICTURES:
        await person.page.screenshot(path=f"{PICTURES}/{name}.png")


async def _placed(bench: Bench, agent: str) -> str:
    """Find the last call that this agent placed."""

    def found() -> str:
        placed = [record.event for record in bench.system.journal()]
        mine = [each for each in placed if isinstance(each, ev.DialAsked) and each.agent == agent]
        return str(mine[-1].call) if mine else ""

    return await soon(found, what=f"a call out of {agent}")


async def test_a_call_out_from_the_page(house: House, window: Browser) -> None:
    bench = Bench(house, TIMER)
    number, customer = bench.lane.agents[0], bench.line()
    await customer.phone.open()
    agent = await newcomer(window, house.url)
    await agent.sign_in(number, house.logins)
    await agent.take_shift()

    await agent.at("dial-hotline").select_option(label=bench.profile.name)
    await agent.at("dial-to").fill("110")
    await agent.at("dial-consent").fill("客户来电要求回电")
    await agent.press("dial-go")
    assert "紧急" in await agent.text("dial-refusal")
    await _picture(agent, "dial-refused")

    await agent.at("dial-to").fill(customer.number)
    await agent.press("dial-go")
    await agent.sees("dial-bar")
    await customer.phone.wait_ring(40)
    await _picture(agent, "dial-rings")
    await customer.phone.answer()
    await agent.sees("talk-timer")
    await until(lambda: _hears(agent))
    await hears_beeps(customer.phone)
    await agent.press("call-hold")
    await customer.hears_a("music")
    await agent.press("call-hold")
    await hears_beeps(customer.phone)
    await _picture(agent, "dial-talk")
    call = await _placed(bench, number)
    await _is_barred(agent, bench, customer.number)
    await agent.press("call-hangup")
    await customer.phone.wait_end(40)

    row = await bench.row(call)
    assert (row["direction"], row["outcome"], row["by"]) == ("out", "answered", "agent")
    await agent.sees("call-back")
    await _picture(agent, "dial-over")
    await agent.go("/calls")
    await agent.sees("calls-table")
    assert "外呼" in await agent.text("calls-table")
    assert customer.number not in await agent.page.content()
    await _picture(agent, "dial-list")
    await bench.state(number, "break")
    await agent.go("/desk")
    await agent.press("shift-out")
    # a page may ask for a card in the moment in which the wrap-up ends, which Chromium logs
    complaints = [text for text in agent.complaints if not ("404" in text and "/context" in text)]
    refused = [text for text in complaints if "409" in text and "/calls" in text]
    assert complaints == refused, "only the call to 110 was refused"
    await bench.close()


async def _is_barred(agent: Person, bench: Bench, number: str) -> None:
    """The agent has the customer never called again, in the middle of the talk."""
    await agent.press("bar")
    await agent.sees("bar-why")
    await _picture(agent, "dial-bar")
    await agent.press("bar-go")
    kept = bench.system.data / "config" / "current.json"
    await soon(lambda: f'"{number}"' in kept.read_text(), what="the number on the list")
    await agent.at("bar-why").wait_for(state="detached")


async def _hears(agent: Person) -> bool:
    return await agent.hears(CALLER_HZ) > LOUD_DB
