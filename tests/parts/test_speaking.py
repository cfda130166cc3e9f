"""Sentences are spoken before a publish: by a service over HTTP, by espeak-ng; else refused."""

import base64
import shutil
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from domain.errors import Refused
from domain.settings import Settings, parse_settings
from office import Config
from office.spoken import Sentence, Take
from speech import alaw, text_of, tone
from switchboard.speaking import Speaking, said_of
from switchboard.voices import Voices

HELLO = Sentence(id="hello", zh="您好，测试。", en="Hello, a test.")
SAME = Sentence(id="goodbye", zh=text_of("goodbye", "zh"))


def config(*sentences: Sentence, takes: tuple[Take, ...] = ()) -> Config:
    return Config.model_construct(hotlines=(), prompts=sentences, takes=takes)


class Service:
    """A speech service of the test's own: it hums, and remembers what it was asked."""

    def __init__(self, status: int = 200) -> None:
        self.asked: list[Any] = []
        self.status = status
        self.port = 0

    async def answer(self, request: web.Request) -> web.Response:
        self.asked.append((request.headers.get("Authorization"), await request.json()))
        sound = base64.b64encode(tone.as_wav(tone.beep(0.7, 300, peak=0.02))).decode()
        return web.json_response({"data": {"audio": sound}}, status=self.status)


@pytest.fixture
async def service() -> AsyncIterator[Service]:
    made = Service()
    app = web.Application()
    app.router.add_post("/tts", made.answer)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    made.port = runner.addresses[0][1]
    yield made
    await runner.cleanup()


@pytest.fixture
def settings(service: Service, tmp_path: Path) -> Callable[..., Settings]:
    def make(engine: str = "http", voice: str = "warm") -> Settings:
        text = f"""
[paths]
data = "data"
[outside]
on_site = ["127.0.0.1:{service.port}"]
[speech]
engine = "{engine}"
voice_zh = "{voice}"
url = "http://127.0.0.1:{service.port}/tts"
headers = ["Authorization: Bearer {{voice}}"]
body = '{{"input": "{{text}}", "lang": "{{language}}"}}'
answer = "$.data.audio"
"""
        return parse_settings(text, {}, root=tmp_path)

    return make


async def test_a_service_speaks_what_nothing_else_says(
    service: Service, settings: Callable[..., Settings]
) -> None:
    here = settings()
    await Speaking(here).ready(config(HELLO, SAME))
    asked = sorted(service.asked, key=lambda each: str(each[1]["lang"]))
    assert asked == [
        ("Bearer", {"input": HELLO.en, "lang": "en"}),
        ("Bearer warm", {"input": HELLO.zh, "lang": "zh"}),
    ]
    voices = Voices(here.data / "prompts", said_of(here))
    voices.take(config(HELLO, SAME))
    found = voices.source("hello", "zh")
    assert found.kind == "said" and found.file is not None
    assert 0.6 < len(alaw.decode(found.file.read_bytes())) / tone.RATE < 0.9
    await Speaking(here).ready(config(HELLO))
    assert len(service.asked) == 2


async def test_what_cannot_be_spoken_is_refused_unless_it_is_recorded(
    service: Service, settings: Callable[..., Settings]
) -> None:
    service.status = 503
    here = settings()
    with pytest.raises(Refused) as refused:
        await Speaking(here).ready(config(SAME, HELLO))
    faults = refused.value.faults
    assert [(fault.file, fault.key) for fault in faults] == [
        ("prompts.yaml", "[1].zh"),
        ("prompts.yaml", "[1].en"),
    ]
    assert "503" in faults[0].text and "录音" in faults[0].text
    takes = tuple(
        Take.model_validate({"prompt": "hello", "language": each, "audio": "a" * 16})
        for each in ("zh", "en")
    )
    recorded = here.data / "prompts" / "takes" / f"{'a' * 16}.wav"
    recorded.parent.mkdir(parents=True, exist_ok=True)
    recorded.write_bytes(b"RIFF")
    await Speaking(here).ready(config(SAME, HELLO, takes=takes))


@pytest.mark.skipif(shutil.which("espeak-ng") is None, reason="espeak-ng is not installed")
async def test_espeak_speaks_without_any_setting(settings: Callable[..., Settings]) -> None:
    here = settings("espeak", "")
    await Speaking(here).ready(config(HELLO))
    assert said_of(here).path(HELLO.zh, "zh").stat().st_size > 4000
