"""What an administrator does by hand: one person's data, and no new calls before maintenance."""

import pytest

from tests.browser.conftest import Caller, Sit
from tests.browser.people import Person
from tests.house.firm import LANES
from tests.house.system import System, until

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]

NUMBER = "13800138642"


async def test_a_person_is_looked_up_and_copied_and_new_calls_are_turned_away(
    system: System, sit: Sit, caller: Caller
) -> None:
    phone = await caller(NUMBER)
    await phone.dial(LANES[0].hotline)
    await phone.hang_up()
    admin = await sit("admin")
    await somebody_is_looked_up(admin, system)
    await no_new_calls(admin, system)


async def somebody_is_looked_up(admin: Person, system: System) -> None:
    until(lambda: system.rows("select 1 from call where caller = ?", NUMBER), 60, "the row")
    await admin.go("/admin/person")
    await admin.at("person-number").fill(NUMBER)
    await admin.press("person-look")
    await admin.sees("person-kept")
    assert await admin.text("person-calls") == "1"
    async with admin.page.expect_download() as coming:
        await admin.press("person-copy")
    assert (await coming.value).suggested_filename == "person.zip"
    await admin.press("person-erase")
    await admin.at("person-again").fill(NUMBER)
    await admin.at("person-why").fill("本人要求")
    await admin.press("person-go")
    await admin.sees("person-erased")  # all of it, or what may not go yet: its call just ended
    assert NUMBER not in admin.page.url


async def no_new_calls(admin: Person, system: System) -> None:
    await admin.go("/admin/system")
    admin.page.on("dialog", lambda dialog: dialog.accept())
    try:
        await admin.press("drain-begin")
        await admin.sees("drain-end")
        assert "即将维护" in await admin.text("banner")
        assert system.board()["pbx"]["draining"]
        await admin.press("drain-end")
        await admin.sees("drain-begin")
    finally:
        system.ask("drain", do="end", by="test")
    assert not system.board()["pbx"]["draining"]
