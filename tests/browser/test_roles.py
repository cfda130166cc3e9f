"""What stands in the navigation is what the role may do: QA, auditor, an administrator's work."""

from typing import Any

import pytest

from tests.browser.conftest import Sit
from tests.browser.people import Person
from tests.house.system import System

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]

PAGES = {"qa": ["calls"], "auditor": ["reports", "admin"]}
ADD = """async ([role, csrf]) => (await fetch('/api/v1/admin/users', {
  method: 'POST', headers: {'Content-Type': 'application/json', 'X-CSRF': csrf},
  body: JSON.stringify({login: role, name: role, role, language: 'zh'})})).json()"""


async def names(person: Person) -> list[str]:
    """Name the pages that the navigation offers."""
    found = await person.page.locator("nav [data-test^='nav-']").all()
    tests = [await each.get_attribute("data-test") or "" for each in found]
    return [name.removeprefix("nav-") for name in tests]


async def test_each_role_is_shown_its_own_pages_and_a_remit_is_set_by_hand(
    system: System, sit: Sit
) -> None:
    admin = await sit("admin")
    me: Any = await admin.page.evaluate("async () => (await fetch('/api/v1/me')).json()")
    for role, pages in PAGES.items():
        made: Any = await admin.page.evaluate(ADD, [role, me["csrf"]])
        system.logins[role] = made["password"]
        person = await sit(role)
        await person.sees("user-menu")
        assert await names(person) == pages, role
        await person.go("/live")
        await person.page.wait_for_url(lambda to: "/live" not in to)
    await admin.go("/admin/users")
    await admin.press("remit-of-qa", "remit-whole", "remit-presale", "remit-save")
    await admin.page.get_by_text("1 项").wait_for()
    await admin.go("/admin/keys")
    await admin.press("key-add")
    await admin.at("key-name").fill("CRM")
    await admin.page.locator("dialog button[type=submit]").click()
    await admin.sees("made-key")
    assert "yk_" in await admin.text("made-key")
