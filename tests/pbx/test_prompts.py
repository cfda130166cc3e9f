"""What a firm recorded or wrote itself is what its callers hear; what they leave lies in a box."""

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest

from domain import events as ev
from speech import tone
from switchboard.speaking import said_of
from tests.house import firm
from tests.house.firm import CLOSED, SERVICE
from tests.house.scene import CLEAR, Person, Scene, soon
from tests.house.sound import share
from tests.house.system import System

pytestmark = [pytest.mark.pbx, pytest.mark.timeout(240)]

FIRM_HZ, HOTLINE_HZ = 700, 1250
FIRM, OWN = "a" * 16, "b" * 16
TEXT = "打烊了，明天见。"
TAKES = f"""
- {{prompt: closed, language: zh, audio: {FIRM}}}
- {{prompt: leave_message, language: zh, audio: {FIRM}}}
- {{prompt: leave_message, language: zh, audio: {OWN}, hotline: "{CLOSED}"}}
"""


@pytest.fixture
async def system(tmp_path: Path) -> AsyncIterator[System]:
    """An installation whose firm recorded two prompts, and wrote one that an engine speaks."""
    system = System(tmp_path)
    texts = system.texts | {"takes.yaml": TAKES}
    if shutil.which("espeak-ng"):
        texts["prompts.yaml"] = f"- {{id: goodbye, zh: {TEXT}}}\n"
    firm.write(system.config, texts)
    folder = system.data / "prompts" / "takes"
    folder.mkdir(parents=True)
    for mark, hz in ((FIRM, FIRM_HZ), (OWN, HOTLINE_HZ)):
        (folder / f"{mark}.wav").write_bytes(tone.as_wav(tone.beep(2.5, hz)))
    system.prepare()
    system.start()
    yield system
    system.stop()


async def _hears(person: Person, hz: float) -> None:
    def is_there() -> bool:
        return share(person.last(0.5), hz) > CLEAR

    await soon(is_there, 40, f"{person.number} hears {hz} Hz")


async def test_own_recordings_are_heard_and_a_message_lies_in_its_box(system: System) -> None:
    if shutil.which("espeak-ng"):
        assert said_of(system.settings).path(TEXT, "zh").stat().st_size > 4000
    scene = Scene(system, SERVICE)
    try:
        caller = await scene.caller()
        call = await scene.arrives(caller, CLOSED)
        await _hears(caller, FIRM_HZ)
        await _hears(caller, HOTLINE_HZ)
        await scene.fact(call, ev.StepEntered, kind="voicemail", within_s=40)
        await caller.hears_a("tone", seconds=3, within_s=30)
        await caller.hears_nothing(1.5)
        await caller.phone.hang_up()
        left = await scene.fact(call, ev.MessageLeft, within_s=40)
        assert (await scene.row(call))["outcome"] == "voicemail"
        await soon(lambda: system.rows("SELECT * FROM message WHERE call = ?", call), 40)
        file = (system.data / "recordings" / left.file).with_suffix(".mp3")
        await soon(file.exists, 40, f"{file}")
        await _heard_by(system, call, left.box)
    finally:
        for person in scene.people:
            await person.phone.close()


async def _heard_by(system: System, call: str, box: str) -> None:
    """Somebody finds the message on the page, and it is not new any more."""
    api = f"{system.url}/api/v1"
    jar = aiohttp.CookieJar(unsafe=True)
    async with aiohttp.ClientSession(cookie_jar=jar) as browser:
        given = {"login": "supervisor", "password": system.logins["supervisor"]}
        async with browser.post(f"{api}/session", json=given) as answer:
            assert answer.status == 200, await answer.text()
        async with browser.get(f"{api}/messages") as answer:
            page = await answer.json()
        (row,) = page["rows"]
        assert (row["call"], row["box"], row["state"]) == (call, box, "new")
        async with browser.get(f"{system.url}{row['url']}") as answer:
            assert answer.status == 200 and len(await answer.read()) > 1000
        async with browser.get(f"{api}/messages/unheard") as answer:
            assert await answer.json() == {"unheard": 0}
