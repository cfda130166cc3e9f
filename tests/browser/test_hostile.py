"""Every text that the server may ever give is made one that means harm; the pages show words only.

Names of callers and customers, what a CRM answered, notes, reasons, names of groups, flows, people:
on the way into the browser each becomes markup. No dialog, no node, no script, no CSP report.
"""

import json
import re
from collections.abc import Mapping
from typing import Any

import pytest
from playwright.async_api import Page, Route, WebSocketRoute

from tests.browser.conftest import Caller, Sit
from tests.browser.people import Person, until
from tests.house.firm import SERVICE
from tests.house.system import System

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]

MARK = "hostile"
HARM = (
    f'{MARK}"\'><img src=x onerror="window.harmed=1"><svg onload="window.harmed=1"></svg>'
    "<script>window.harmed=1;alert(1)</script><iframe srcdoc='<b>x</b>'></iframe>"
    "<a href=\"javascript:alert(1)\">x</a>{{constructor.constructor('window.harmed=1')()}}\u202e"
)
FREE = re.compile(
    r"(^|_)(name|note|text|title|detail|why|reason|intent|category|result|label|object|place"
    r"|brand|zh|en|error|rule|said|about|by|heading|value)$"
)
"""Fields whose text somebody types, says or answers; the rest are ids, words of ours and times."""
OURS = frozenset(("role", "state", "presence", "permissions", "language", "login", "csrf"))
TRACE = """() => ({
  harmed: window.harmed ?? 0,
  nodes: [...document.querySelectorAll(
    "img[src='x'], svg[onload], [onerror], iframe, a[href^='javascript:'], script:not([src])"
  )].map((each) => each.outerHTML.slice(0, 200)),
  words: document.body.innerText,
})"""
PAGES = (
    *("/live", "/calls", "/messages", "/admin/agents"),
    *("/admin/flows", "/admin/prompts", "/admin/users", "/admin/audit"),
)
NO_WORD = "no text for "
"""What a page says of a word that is none of ours: a few of what is made up here stand for one."""


def spoilt(given: Any, key: str = "") -> Any:
    """Give the same with every free text replaced."""
    match given:
        case dict():
            return {name: spoilt(value, name) for name, value in given.items()}
        case list():
            return [spoilt(value, key) for value in given]
        case str() if key == "detail" and given.startswith("{"):
            return json.dumps({"note": HARM})
        case str() if given and key not in OURS and FREE.search(key):
            return HARM
        case _:
            return given


async def poison(page: Page, dialogs: list[str]) -> None:
    """Spoil what comes to this page, by request and by live socket; note every dialog."""

    async def answer(route: Route) -> None:
        response = await route.fetch()
        if "application/json" not in response.headers.get("content-type", ""):
            await route.fulfill(response=response)
            return
        await route.fulfill(response=response, body=json.dumps(spoilt(await response.json())))

    def carry(socket: WebSocketRoute) -> None:
        server = socket.connect_to_server()
        server.on_message(lambda said: socket.send(json.dumps(spoilt(json.loads(said)))))

    async def seen(dialog: Any) -> None:
        dialogs.append(dialog.message)
        await dialog.dismiss()

    await page.route(re.compile(r"/api/v1/(?!session|me$|me/password|live)"), answer)
    await page.route_web_socket(re.compile(r"/api/v1/live"), carry)
    page.on("dialog", seen)


async def whole(person: Person, place: str) -> bool:
    """Hold that a page shows harm only as words; tells whether it shows any."""
    found: Mapping[str, Any] = await person.page.evaluate(TRACE)
    assert not found["harmed"], place
    assert not found["nodes"], (place, found["nodes"])
    return MARK in found["words"]


async def test_no_page_takes_a_text_for_anything_else(
    system: System, sit: Sit, caller: Caller
) -> None:
    dialogs: list[str] = []
    agent, admin = await sit(SERVICE.agents[0]), await sit("admin")
    await agent.take_shift()
    for person in (agent, admin):
        await poison(person.page, dialogs)
    await agent.page.reload()
    await agent.registered()
    await agent.ready()
    phone = await caller("13800138000")
    await phone.dial(SERVICE.hotline)
    await phone.press("1")
    await agent.sees("card")
    await until(lambda: whole(agent, "card"))
    await agent.press("card-answer")
    await until(lambda: whole(agent, "talk"))
    await phone.hang_up()
    for place in PAGES:
        await admin.go(place)
        await until(lambda at=place: whole(admin, at))
    assert dialogs == []
    for person in (agent, admin):
        person.complaints[:] = [one for one in person.complaints if not one.startswith(NO_WORD)]
