"""A manager walks through the admin pages in a real browser: requirement, levels, a table."""

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp.test_utils import TestServer
from playwright.async_api import Browser, async_playwright

from tests.browser.people import Person, newcomer
from tests.house.system import missing
from tests.web.conftest import Firm, until
from web.pages import FOLDER

pytestmark = pytest.mark.browser
GOOD = "工号,姓名,职场,技能组,技能\n8007,钱多,西安职场,presale:7 vip,repair:9\n"
BAD = GOOD + "8008,甲,mars,vip,\n8007,乙,xian,vip,\n"


@pytest.fixture
async def chromium() -> AsyncIterator[Browser]:
    """Give a browser."""
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    if path is None:
        missing("no chromium: apt-get install chromium")
    if not (FOLDER / "index.html").exists():
        missing(f"no pages in {FOLDER}: make dev")
    async with async_playwright() as play:
        browser = await play.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        await browser.close()


@pytest.fixture
async def manager(chromium: Browser, server: TestServer, firm: Firm) -> AsyncIterator[Person]:
    """Sit the manager down; the server waits for open pages when it ends, so they go first."""
    person = await newcomer(chromium, str(server.make_url("")).rstrip("/"))
    await person.sign_in("manager", firm.passwords)
    yield person
    await person.page.context.close()


async def test_a_group_asks_for_skills(manager: Person, firm: Firm) -> None:
    await manager.go("/admin/groups")
    await manager.press("edit-aftersale")
    await (await manager.sees("field-needs")).fill("repair>=3 and (")
    await manager.press("entry-save")
    assert "第 16 个字处应为技能" in await manager.text("entry-fault")
    await manager.at("field-needs").first.fill("repair>=9")
    await manager.at("field-strategy").select_option("best_level")
    await manager.press("add-steps")
    await manager.at("field-after_s").fill("20")
    await manager.at("field-needs").nth(1).fill("repair>=3")
    await manager.press("entry-save")
    await until(lambda: firm.world.config.version == 2)
    group = firm.world.config.now.groups[1]
    assert (group.needs, group.strategy) == ("repair>=9", "best_level")
    assert [(step.after_s, step.needs) for step in group.steps] == [(20, "repair>=3")]


async def test_an_agent_gets_levels(manager: Person, firm: Firm) -> None:
    await manager.go("/admin/agents")
    await manager.press("edit-8004", "has-skills-english")
    await (await manager.sees("level-skills-english")).fill("8")
    await manager.at("level-groups-partner").fill("9")
    await manager.press("entry-save")
    await until(lambda: firm.world.config.version == 2)
    agent = firm.world.config.now.agents[3]
    assert agent.skills == {"english": 8} and agent.groups == {"presale": 5, "partner": 9}


async def test_a_table_is_looked_at_first(manager: Person, firm: Firm, tmp_path: Path) -> None:
    sheet = tmp_path / "座席.csv"
    await manager.go("/admin/agents")
    await manager.sees("entries")
    sheet.write_text(BAD, "gbk")
    await manager.at("sheet-file").set_input_files(sheet)
    said = await (await manager.sees("sheet-faults")).inner_text()
    assert "mars" in said and "重复" in said
    assert await manager.at("sheet-apply").is_disabled()
    await manager.page.keyboard.press("Escape")
    sheet.write_text(GOOD, "gbk")
    await manager.at("sheet-file").set_input_files(sheet)
    await manager.sees("sheet-rows")
    assert firm.world.config.version == 1
    await manager.press("sheet-apply")
    assert "8007" in await (await manager.sees("sheet-logins")).inner_text()
    assert firm.world.config.now.agents[-1].skills == {"repair": 9}
