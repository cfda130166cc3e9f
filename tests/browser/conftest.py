"""A browser, people at it and callers, in front of the running installation.

At the end of each journey nobody's page may have complained of anything.
"""

import shutil
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, async_playwright

from demo.audio import tone
from demo.call import TEST_TRUNK
from demo.phone_aio import AioPhone
from demo.softphone import Account
from tests.browser.people import Person, newcomer
from tests.house.system import Refusal, System, missing, until as wait

PAGES = Path(__file__).parents[2] / "web" / "pages" / "index.html"
FLAGS = [
    "--no-sandbox",
    "--use-fake-ui-for-media-stream",
    "--use-fake-device-for-media-stream",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]

Sit = Callable[[str], Awaitable[Person]]
Caller = Callable[[str], Awaitable[AioPhone]]


@pytest.fixture
async def chromium() -> AsyncIterator[Browser]:
    """Give a Chromium whose microphone is a beep each half second."""
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    if path is None:
        missing("no chromium: apt-get install chromium")
    if not PAGES.exists():
        missing(f"no pages in {PAGES.parent}: make dev")
    async with async_playwright() as play:
        browser = await play.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        await browser.close()


@pytest.fixture
async def sit(system: System, chromium: Browser) -> AsyncIterator[Sit]:
    """Sit somebody down at a window of their own, logged in; "" stays outside."""
    people: list[Person] = []

    async def sit(login: str) -> Person:
        person = await newcomer(chromium, system.url)
        people.append(person)
        if login:
            await person.sign_in(login, system.logins)
        return person

    yield sit
    assert [text for person in people for text in person.complaints] == []


@pytest.fixture
async def caller(system: System) -> AsyncIterator[Caller]:
    """Give customers' phones that say a tone of 440 Hz; they come in by the test trunk."""
    phones: list[AioPhone] = []

    async def open_phone(number: str) -> AioPhone:
        account = Account(number, "", system.sip, TEST_TRUNK)
        phone = AioPhone(account, lambda: tone(440))
        phones.append(phone)
        await phone.open()
        return phone

    yield open_phone
    for phone in phones:
        await phone.close()


@pytest.fixture(autouse=True)
def floor_is_empty(system: System) -> Iterator[None]:
    """Let nobody be at work from an earlier story, nor leave anybody there for the next."""
    _send_home(system)
    yield
    _send_home(system)


def _send_home(system: System) -> None:
    wait(
        lambda: all(_is_away(system, row) for row in system.board()["agents"]), 60, "all went home"
    )


def _is_away(system: System, row: dict[str, Any]) -> bool:
    """Sign an agent out; one whose talk is not over yet is asked again."""
    if row["state"] != "offline":
        with suppress(Refusal):
            system.ask("agent.sign_out", agent=row["number"])
    return bool(row["state"] == "offline")
