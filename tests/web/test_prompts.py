"""The prompts page: every sentence, uploads, earlier recordings, one long take, and who may."""

from __future__ import annotations

from array import array
from typing import Any

import pytest
from aiohttp import FormData

from office import Request
from speech import tone
from tests.web.conftest import Browser, EngineEnd, Enter, Firm

PAGE = "/api/v1/admin/prompts"
TAKES = f"{PAGE}/takes"


async def send(browser: Browser, path: str, data: bytes, **query: str) -> tuple[int, Any]:
    form = FormData()
    form.add_field("file", data, filename="reading.wav", content_type="audio/wav")
    async with browser.client.post(
        path, data=form, params=query, headers={"X-CSRF": browser.csrf}
    ) as response:
        return response.status, await response.json()


async def row(browser: Browser, name: str, **query: str) -> dict[str, Any]:
    status, body = await browser.ask("GET", PAGE, params=query)
    assert status == 200, body
    found: dict[str, Any] = next(each for each in body["rows"] if each["id"] == name)
    return found


def voice(seconds: float, hz: float = 440.0, peak: float = 0.1) -> array[int]:
    return tone.beep(seconds, hz, peak=peak)


async def test_every_sentence_is_listed_and_the_demo_voice_is_said(enter: Enter) -> None:
    browser = await enter("manager")
    status, body = await browser.ask("GET", PAGE)
    kinds = {each["kind"] for each in body["rows"]}
    assert status == 200 and kinds >= {"sentence", "piece"}
    closed = next(each for each in body["rows"] if each["id"] == "closed")
    assert closed["zh"]["source"] == "shipped" and "非工作时间" in closed["zh"]["text"]
    assert {each["number"] for each in body["demo"]} >= {"4008000001", "4008000002"}
    status, sheet = await browser.ask("GET", f"{PAGE}/script.csv", params={"language": "en"})
    text = sheet.decode("utf-8-sig")
    assert status == 200 and text.startswith("no,prompt,kind,text,note")
    assert ",goodbye,sentence," in text and "beep" not in text


async def test_a_recording_replaces_a_prompt_and_the_one_before_comes_back(
    enter: Enter, firm: Firm, engine_end: EngineEnd
) -> None:
    browser = await enter("manager")
    place = {"prompt": "closed", "language": "zh", "hotline": "4008000001"}
    first = tone.silence(0.5) + voice(1.0) + tone.silence(1.0)
    status, one = await send(browser, TAKES, tone.as_wav(first), **place)
    assert status == 200 and 1.0 <= one["seconds"] < 1.3, one
    assert engine_end.asked[-1]["do"] == "config.publish"
    status, two = await send(browser, TAKES, tone.as_wav(voice(2.0, 300)), **place)
    assert status == 200 and two["audio"] != one["audio"]
    assert (await row(browser, "closed"))["zh"]["source"] == "shipped"
    now = (await row(browser, "closed", hotline="4008000001"))["zh"]
    assert (now["source"], now["audio"]) == ("hotline", two["audio"])
    status, listed = await browser.ask("GET", TAKES, params=place)
    assert [(each["audio"], each["current"]) for each in listed["rows"]] == [
        (two["audio"], True),
        (one["audio"], False),
    ]
    status, _ = await browser.ask("PUT", TAKES, place | {"audio": one["audio"]})
    assert status == 200
    now = (await row(browser, "closed", hotline="4008000001"))["zh"]
    assert (now["audio"], now["seconds"]) == (one["audio"], pytest.approx(one["seconds"], abs=0.1))
    status, heard = await browser.ask("GET", f"{PAGE}/sound", params=place)
    status_of, kept = await browser.ask("GET", f"{TAKES}/{one['audio']}")
    assert (status, status_of) == (200, 200) and heard == kept and heard[:4] == b"RIFF"
    status, _ = await browser.ask("PUT", TAKES, place | {"audio": ""})
    now = (await row(browser, "closed", hotline="4008000001"))["zh"]
    assert (status, now["source"]) == (200, "shipped")
    status, _ = await browser.ask("PUT", TAKES, place | {"audio": "0" * 16})
    assert status == 404


async def test_what_is_no_speech_is_refused_and_says_why(enter: Enter, firm: Firm) -> None:
    browser = await enter("manager")
    place = {"prompt": "closed", "language": "zh"}
    for data, word in (
        (b"ID3 this is not a sound " * 100, "不是可用的音频"),
        (tone.as_wav(tone.silence(2.0)), "没有声音"),
        (tone.as_wav(tone.silence(0.05)), "没有声音"),
        (tone.as_wav(voice(30.0) * 5), "超过 120 秒"),
    ):
        status, body = await send(browser, TAKES, data, **place)
        assert status == 422 and word in body["message_zh"], body
    status, body = await send(browser, TAKES, tone.as_wav(voice(1.0)), prompt="no_such")
    assert status == 422 and "no_such" in body["message_zh"]
    status, body = await send(
        browser, TAKES, tone.as_wav(voice(1.0)), **place, hotline="4009999999"
    )
    assert status == 422 and "4009999999" in body["message_zh"]
    assert firm.world.config.version == 1


async def test_own_sentences_come_and_go_with_their_flows(enter: Enter, firm: Firm) -> None:
    browser = await enter("manager")
    entry = {"id": "spring_sale", "zh": "春季特惠。", "en": "", "note": "欢快一点"}
    status, _ = await browser.ask("PUT", PAGE, {"entry": entry, "base": 1})
    assert status == 200
    found = await row(browser, "spring_sale")
    assert (found["kind"], found["zh"]["source"], found["en"]) == ("own", "missing", None)
    status, body = await browser.ask("PUT", PAGE, {"entry": entry | {"zh": ""}})
    assert status == 422 and "一种语言" in body["message_zh"]
    assert (await browser.ask("DELETE", f"{PAGE}/spring_sale"))[0] == 200
    assert (await browser.ask("DELETE", f"{PAGE}/spring_sale"))[0] == 404


async def test_one_long_take_becomes_a_whole_set(enter: Enter, firm: Firm) -> None:
    browser = await enter("manager")
    gap = tone.silence(1.0)
    reading = gap + voice(1.0) + gap + voice(1.5) + tone.silence(0.3) + voice(0.5) + gap
    long = f"{PAGE}/long"
    status, cut = await send(browser, long, tone.as_wav(reading), wanted="2")
    assert status == 200 and len(cut["pieces"]) == 2, cut
    path = f"{long}/{cut['draft']}"
    status, again = await browser.ask("GET", path, params={"min_silence_s": "0.2"})
    assert status == 200 and len(again["pieces"]) == 3
    status, heard = await browser.ask("GET", f"{path}/sound", params=cut["pieces"][0])
    assert status == 200 and heard[:4] == b"RIFF" and 16_000 < len(heard) < 21_000
    names = ("closed", "goodbye")
    pieces = [{"prompt": name} | piece for name, piece in zip(names, cut["pieces"], strict=True)]
    status, body = await browser.ask("POST", path, {"language": "zh", "pieces": pieces})
    assert (status, body["takes"], body["published"]["version"]) == (200, 2, 2), body
    goodbye = (await row(browser, "goodbye", hotline="4008000002"))["zh"]
    assert goodbye["source"] == "firm" and 2.2 < goodbye["seconds"] < 2.6
    status, listed = await browser.ask("GET", TAKES, params={"prompt": "goodbye"})
    assert [each["batch"] for each in listed["rows"]] == [2]
    await firm.world.publisher.roll_back(1, Request("test", "back", 3))
    assert (await row(browser, "goodbye"))["zh"]["source"] == "shipped"
    assert (await browser.ask("GET", f"{long}/0123456789abcdef"))[0] == 404


async def test_only_the_office_works_on_prompts(enter: Enter) -> None:
    for login in ("8001", "supervisor"):
        browser = await enter(login)
        assert (await browser.ask("GET", PAGE))[0] == 403
        assert (await send(browser, TAKES, b"", prompt="closed"))[0] == 403
