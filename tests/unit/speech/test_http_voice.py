"""The template of a speech service: whatever the text holds, it stays a text."""

import base64
import json

import pytest

from domain.errors import SpeechUnavailable
from speech.http_voice import Request, body_of, fill, sound_of

ODD = 'a "b" <c> & {text}\\ 您好'


def test_the_text_is_filled_in_as_its_place_needs_it() -> None:
    values = Request("u", secret="s3", voices={"zh": "warm"}).values(ODD, "zh-CN")
    body, kind = body_of('{"input": {"text": "{text}"}, "voice": "{voice}", "n": [1]}', values)
    assert json.loads(body) == {"input": {"text": ODD}, "voice": "warm", "n": [1]}
    assert kind == "application/json"
    body, _ = body_of("<speak><voice name='{voice}'>{text}</voice></speak>", values)
    assert "&lt;c&gt; &amp; {text}" in body and "name='warm'" in body
    assert body_of("text={text}&lan={language}", {**values, "text": "a&b c"})[0] == (
        "text=a%26b%20c&lan=zh"
    )
    assert fill("Bearer {secret}, {other}", values, str) == "Bearer s3, {other}"
    assert "s3" not in repr(Request("u", secret="s3"))


@pytest.mark.parametrize("path", ["$.data[1].audio", "data[1].audio"])
def test_the_sound_is_taken_from_its_place(path: str) -> None:
    sound = base64.b64encode(b"RIFF").decode()
    body = json.dumps({"data": [0, {"audio": sound}]}).encode()
    assert sound_of(body, path.replace("data[", ".data[") if path[0] != "$" else path) == b"RIFF"
    assert sound_of(b"RIFF", "") == b"RIFF"


@pytest.mark.parametrize("body", [b"no json", b"{}", b'{"data": 7}', b'{"data": "???"}', b"[]"])
def test_an_answer_without_sound_is_said(body: bytes) -> None:
    with pytest.raises(SpeechUnavailable, match=r"no sound at \$\.data"):
        sound_of(body, "$.data")
