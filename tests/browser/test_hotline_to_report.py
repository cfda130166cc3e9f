"""The main journey: from the hotline to an agent in the browser, and on to the manager's report."""

import csv
import io

import pytest

from demo.phone_aio import AioPhone
from tests.browser.conftest import Caller, Sit
from tests.browser.people import LOUD, QUIET, Person, hears_beeps, loudness, until
from tests.house.system import System

pytestmark = [pytest.mark.browser, pytest.mark.timeout(150)]

NUMBER, SHOWN = "13800138000", "138****8000"


async def hears_nothing(phone: AioPhone, seconds: float = 1.5) -> None:
    """Wait for this much sound and hold that it was silence."""
    mark = len(phone.heard())
    await until(lambda: len(phone.heard()) - mark > 8000 * seconds)
    assert max(loudness(phone.heard()[mark:])) < QUIET


async def test_a_call_goes_from_the_hotline_to_the_report(
    system: System, sit: Sit, caller: Caller
) -> None:
    agent = await sit("8001")
    await agent.take_shift()
    await agent.ready()
    phone = await caller(NUMBER)
    await phone.dial("4008000001")
    await phone.press("1")

    await the_card_comes(agent)
    await agent.press("card-answer")
    await agent.state("通话")
    await both_hear_each_other(agent, phone)
    await hold_and_back(agent, phone)

    call = await the_caller_leaves_and_the_agent_files(agent, phone, system)
    manager = await sit("manager")
    await the_call_is_in_the_list(manager, call)
    await its_recording_plays(manager)
    await the_report_counts_it(manager)


async def the_card_comes(agent: Person) -> None:
    card = await agent.sees("card")
    assert "林女士" in await card.inner_text()
    assert await agent.text("card-caller") == SHOWN
    path = await agent.text("card-path")
    assert "1" in path and "订单查询" in path
    await until(lambda: agent.page.evaluate("window.rung.length"))
    shown, rung = await agent.page.evaluate("[window.shown[0], window.rung[0]]")
    print(f"\nring card {rung - shown:.0f} ms before the ring tone")  # judged in test_pop.py
    assert not any(NUMBER in frame for frame in agent.told)
    assert NUMBER not in await agent.page.content()


async def both_hear_each_other(agent: Person, phone: AioPhone) -> None:
    async def tone_stands_out() -> bool:
        return await agent.hears(440) - await agent.hears(1310) > 25

    await until(tone_stands_out)
    await hears_beeps(phone)
    await agent.press("call-mute")
    assert await agent.text("call-mute") == "取消静音"
    await until(lambda: agent.page.locator("text=已静音").count())
    await until_silent(phone)
    await agent.press("call-mute")
    await hears_beeps(phone)


async def until_silent(phone: AioPhone) -> None:
    """Let what is under way arrive, then hold that nothing comes."""

    def quiet_now() -> bool:
        level = loudness(phone.heard())[-40:]
        return max(level) < QUIET

    await until(quiet_now)
    await hears_nothing(phone)


async def hold_and_back(agent: Person, phone: AioPhone) -> None:
    await agent.press("call-hold")
    await agent.state("保持")
    mark = len(phone.heard())

    def music() -> bool:
        level = loudness(phone.heard()[mark:])
        return sum(x > LOUD for x in level) > 60

    await until(music)
    await agent.press("call-hold")
    await agent.state("通话")

    async def tone_is_back() -> bool:
        return await agent.hears(440) - await agent.hears(1310) > 25

    await until(tone_is_back)
    await hears_beeps(phone)


async def the_caller_leaves_and_the_agent_files(
    agent: Person, phone: AioPhone, system: System
) -> str:
    await agent.at("summary-category").select_option(label="订单查询")
    await agent.at("summary-result").select_option(label="已解决")
    await agent.at("summary-note").fill("询问发货时间，已答复")
    await phone.hang_up()
    await agent.state("整理")
    await agent.press("wrapup-extend")
    await agent.page.reload()
    await agent.state("整理")
    await until(lambda: agent.at("summary-note").input_value())
    await agent.press("summary-save")
    await agent.state("就绪")
    found = "SELECT call FROM call WHERE caller = ? AND talk_ms > 0 ORDER BY started DESC"
    rows = await until(lambda: system.rows(found, NUMBER))
    return str(rows[0]["call"])


async def the_call_is_in_the_list(manager: Person, call: str) -> None:
    await manager.go("/calls")
    row = manager.at("call-row").filter(has=manager.page.locator(f"a[href='/calls/{call}']"))
    text = await row.inner_text()
    for word in (SHOWN, "已接通", "售前咨询", "林小雨", "客户", "订单查询"):
        assert word in text, word
    await row.click()
    timeline = await (await manager.sees("timeline")).inner_text()
    for word in ("自助语音", "排队", "振铃", "通话", "保持", "整理"):
        assert word in timeline, word
    assert "询问发货时间，已答复" in await manager.page.inner_text("main")


async def its_recording_plays(manager: Person) -> None:
    await manager.sees("waveform")
    await manager.press("play-recording")
    at = "document.querySelector('audio').currentTime"
    await until(lambda: manager.page.evaluate(f"{at} > 0.8"))
    seconds = await manager.page.evaluate("document.querySelector('audio').duration")
    assert seconds > 3


async def the_report_counts_it(manager: Person) -> None:
    await manager.go("/reports/group")
    row = manager.at("report-row").filter(has_text="售前咨询")
    answered = int(await row.locator("[data-column='answered']").inner_text())
    assert answered >= 1
    async with manager.page.expect_download() as coming:
        await manager.press("report-csv")
    file = await (await coming.value).path()
    text = file.read_text(encoding="utf-8-sig")
    lines = list(csv.reader(io.StringIO(text)))
    kept = next(line for line in lines if "售前咨询" in line or "presale" in line)
    assert str(answered) in kept
