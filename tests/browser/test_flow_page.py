"""An admin makes a flow, edits it, sees what is wrong, walks it with keys, publishes, goes back."""

import pytest
from playwright.async_api import expect

from tests.browser.conftest import Sit
from tests.browser.people import LONG_MS, Person, until
from tests.house.system import System
from web.config import ConfigFile

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]
FLOW = "page_story"


async def test_a_flow_is_made_edited_simulated_published_and_taken_back(
    system: System, sit: Sit
) -> None:
    admin = await sit("admin")
    await admin.go("/admin/flows")
    await press(admin, "flow-add")
    await admin.at("flow-add-name").fill(FLOW)
    await admin.at("flow-add-from").select_option("partners")
    await press(admin, "flow-add-go")
    await admin.sees("flow-graph")
    await admin.sees("box-menu")

    # with the keyboard alone: down the list, Enter opens the node
    await press(admin, "view-list")
    await admin.at("leaf-welcome").focus()
    for _ in range(3):
        await admin.page.keyboard.press("ArrowDown")
    await admin.page.keyboard.press("Enter")
    await expect(admin.at("node-name")).to_have_value("menu", timeout=LONG_MS)

    # a key that leads nowhere is a fault at the node and on its line
    await press(admin, "side-text")
    text = await admin.at("flow-yaml").input_value()
    await admin.at("flow-yaml").fill(text.replace('"2": order_staffed', '"2": nowhere'))
    await expect(admin.at("fault-count")).to_be_visible(timeout=LONG_MS)
    await press(admin, "side-faults")
    await press(admin, "fault-menu")
    fault = admin.at("slot-keys").get_by_role("alert")
    await expect(fault).to_contain_text("nowhere", timeout=LONG_MS)
    await press(admin, "flow-publish")
    await expect(admin.at("release-go")).to_be_disabled(timeout=LONG_MS)
    await admin.page.keyboard.press("Escape")

    # the panel mends it; everything else in the text stays as it was
    await admin.at("key-2").select_option("order_staffed")
    await expect(admin.at("fault-count")).to_have_count(0, timeout=LONG_MS)
    await admin.at("slot-tries").locator("input").fill("2")
    await admin.at("slot-tries").locator("input").press("Tab")
    await press(admin, "side-text")
    await expect(admin.at("flow-yaml")).to_have_value(
        text.replace("tries: 3", "tries: 2"), timeout=LONG_MS
    )

    await press(admin, "view-graph", "side-sim", "sim-1")
    over = await admin.sees("sim-over")
    await expect(over).to_contain_text("partner", timeout=LONG_MS)
    await expect(admin.page.locator("[data-test='box-join'].lit")).to_have_count(1, timeout=LONG_MS)

    await press(admin, "flow-publish")
    await admin.at("release-note").fill("两次就够")
    await press(admin, "release-go")
    await expect(admin.at("flow-dirty")).to_have_count(0, timeout=LONG_MS)
    await until(lambda: "tries: 2" in published(system), 60)

    await press(admin, "side-versions")
    await admin.page.locator("[data-test^='back-']").first.click()
    await admin.page.get_by_role("button", name="退回", exact=True).last.click()
    await until(lambda: "tries: 3" in published(system), 60)

    await admin.go("/admin/flows")
    await press(admin, f"flow-drop-{FLOW}")
    await admin.page.get_by_role("button", name="删除", exact=True).last.click()
    await until(lambda: not published(system), 60)


async def press(person: Person, *names: str) -> None:
    """Click one after the other, with the patience that a first look at this page may take."""
    for name in names:
        await person.at(name).first.click(timeout=LONG_MS)


def published(system: System) -> str:
    """Read the story's flow from the configuration in force, "" when it is gone."""
    return ConfigFile(system.data / "config" / "current.json").now.flows.get(FLOW, "")
