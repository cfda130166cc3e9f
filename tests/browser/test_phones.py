"""A desk phone from the administrator's link to the answer pressed on the agent's page."""

import asyncio
import urllib.request

import pytest

from demo.softphone import Account
from domain import events as ev
from tests.browser.conftest import Caller, Sit
from tests.browser.people import Person, until
from tests.house.desk_phone import DeskPhone
from tests.house.system import System

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]

AGENT = "8004"


async def test_a_link_a_phone_and_the_answer_on_the_page(
    system: System, sit: Sit, caller: Caller
) -> None:
    admin = await sit("admin")
    await admin.go("/admin/phones")
    phone = DeskPhone(Account(f"a{AGENT}", await _set_up(system, admin), system.sip), 620.0)
    await phone.open()
    agent = await sit(AGENT)
    await agent.go("/desk")
    await agent.press("shift-phone", "shift-go")
    await agent.ready()
    customer = await caller("13900139001")
    await customer.dial("4008000002")
    await customer.press("1")
    button = await agent.sees("card-answer")
    await until(button.is_enabled)
    assert "话机" in await agent.text("card-why")
    await button.click()
    await agent.sees("call-hold")
    assert phone.told == ["talk"]
    assert await phone.hold() == 200
    await until(lambda: agent.page.get_by_text("取回").count())
    await agent.press("call-hold")
    await until(lambda: phone.told == ["talk", "talk"])
    await agent.page.get_by_role("button", name="保持", exact=True).wait_for()
    records = [each.event for each in system.journal()]
    assert [type(each) for each in records if isinstance(each, ev.TalkHeld | ev.TalkRetrieved)]
    await customer.hang_up()
    await phone.close()


async def _set_up(system: System, admin: Person) -> str:
    """Make a link on the page, fetch the file as a phone does; gives the new password."""
    await admin.press("phone-add")
    await admin.at("phone-agent").select_option(AGENT)
    await admin.press("phone-make")
    link = await (await admin.sees("phone-link")).locator("code").inner_text()
    text = await asyncio.to_thread(lambda: _fetched(f"{link}805ec0112233.cfg"))
    await admin.page.reload()
    row = admin.at("phones").locator("tbody tr").first
    await row.filter(has_text="已配置").wait_for()
    password = dict(each.split(" = ", 1) for each in text.splitlines()[1:] if " = " in each)[
        "account.1.password"
    ]
    system.secrets[f"a{AGENT}"] = password
    return str(password)


def _fetched(url: str) -> str:
    with urllib.request.urlopen(url, timeout=10) as answer:
        return str(answer.read().decode())
