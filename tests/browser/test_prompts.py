"""A manager records a prompt in one take, hears it, and goes back to the voice of before."""

from pathlib import Path

import pytest

from speech import tone
from tests.browser.conftest import Sit
from tests.browser.people import LONG_MS, Person

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]

PROMPT = "survey_comment"


async def _source(person: Person, words: str) -> None:
    await person.at(f"source-{PROMPT}").filter(has_text=words).wait_for(timeout=LONG_MS)


async def test_one_take_replaces_a_prompt_and_is_taken_back(sit: Sit, tmp_path: Path) -> None:
    quiet = tone.silence(3.0)  # longer than any silence that is tried
    reading = quiet + tone.beep(1.0, 300) + quiet + tone.beep(1.5, 500) + quiet
    file = tmp_path / "reading.wav"
    file.write_bytes(tone.as_wav(reading))
    manager = await sit("manager")
    await manager.go("/admin/prompts")
    await manager.sees("demo-band")
    await manager.at("prompts-search").fill(PROMPT)
    await _source(manager, "演示声音")
    await manager.press("long-take")
    await manager.at("long-file").set_input_files(str(file))
    await (await manager.sees("long-fits")).filter(has_text="切出 2 段").wait_for(timeout=LONG_MS)
    assert await manager.at("long-use").is_disabled()
    await manager.page.get_by_role("button", name="去掉这一段").last.click()
    await manager.press("long-use")
    await _source(manager, "企业录音")
    await manager.press(f"play-{PROMPT}", f"versions-{PROMPT}", "take-without")
    await manager.page.keyboard.press("Escape")
    await _source(manager, "演示声音")
    await manager.go("/admin/hotlines")
    await manager.sees("demo-4008000001")
    await manager.go("/messages")
    await manager.sees("messages-box")
