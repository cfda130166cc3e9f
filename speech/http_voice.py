"""A speech service as a `Voice`: one HTTP request written as a template, one sound in the answer.

`{text}`, `{language}`, `{voice}` and `{secret}` are filled in, each as its place needs it: inside
JSON as a string, inside XML with its signs escaped, in an address or a form percent-encoded.
"""

import asyncio
import base64
import binascii
import json
import re
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import quote
from xml.sax.saxutils import escape

from domain.errors import SpeechUnavailable, YingdaError
from speech.convert import to_wav

LARGEST = 4 * 1024 * 1024
"""Bytes of an answer; a minute of good mp3 is one of these four."""
_NAME = re.compile(r"\{(text|language|voice|secret)\}")
_STEP = re.compile(r"\.([A-Za-z0-9_-]+)|\[(\d+)\]")


class Response(Protocol):
    """What the way out gives back."""

    @property
    def status(self) -> int: ...
    @property
    def body(self) -> bytes: ...


class Out(Protocol):
    """The guarded way out over HTTP (`outside.GuardedHttp`)."""

    async def get(self, url: str, headers: Mapping[str, str]) -> tuple[int, bytes]: ...
    async def post(self, url: str, headers: Mapping[str, str], body: bytes) -> Response: ...


@dataclass(frozen=True, slots=True)
class Request:
    """The template: without a body it is a GET. `answer` "" = the sound itself, else a JSON path.

    A path like `$.data.audio` leads to the sound as base64.
    """

    url: str
    headers: tuple[str, ...] = ()
    body: str = ""
    answer: str = ""
    secret: str = field(default="", repr=False)
    voices: Mapping[str, str] = field(default_factory=dict)

    def values(self, text: str, language: str) -> dict[str, str]:
        """Give what is filled in."""
        short = language[:2].lower()
        voice = self.voices.get(short, "")
        return {"text": text, "language": short, "voice": voice, "secret": self.secret}


class HttpVoice:
    """Speaks by a service on the network."""

    def __init__(self, request: Request, out: Out, limit_s: float = 20.0) -> None:
        self._request = request
        self._out = out
        self._limit_s = limit_s

    async def speak(self, text: str, language: str, to: Path) -> None:
        """Ask for the text and bring the answer to 8 kHz; `SpeechUnavailable` if that fails."""
        values = self._request.values(text, language)
        try:
            status, body = await self._asked(values)
        except YingdaError as error:
            raise SpeechUnavailable(f"the speech service: {error}") from error
        if not 200 <= status < 300:
            raise SpeechUnavailable(f"the speech service answered {status}")
        sound = sound_of(body, self._request.answer)
        with tempfile.TemporaryDirectory(dir=to.parent) as folder:
            given = Path(folder, "given")
            await asyncio.to_thread(given.write_bytes, sound)
            await to_wav(given, to, limit_s=self._limit_s)

    async def _asked(self, values: Mapping[str, str]) -> tuple[int, bytes]:
        url = fill(self._request.url, values, _quoted)
        pairs = (line.partition(":") for line in self._request.headers)
        headers = {key.strip(): fill(value, values, _plain).strip() for key, _, value in pairs}
        if not self._request.body:
            return await self._out.get(url, headers)
        body, kind = body_of(self._request.body, values)
        answer = await self._out.post(url, {"Content-Type": kind} | headers, body.encode())
        return answer.status, answer.body


def fill(template: str, values: Mapping[str, str], made: Callable[[str], str]) -> str:
    """Fill in the known names; every other brace stays as it is."""
    return _NAME.sub(lambda found: made(values[found[1]]), template)


def body_of(template: str, values: Mapping[str, str]) -> tuple[str, str]:
    """Fill in a body in its own language, and tell its media type.

    >>> body_of('{"input": "{text}"}', {"text": 'a "b"'})
    ('{"input": "a \\\\"b\\\\""}', 'application/json')
    >>> body_of("text={text}", {"text": "a&b"})
    ('text=a%26b', 'application/x-www-form-urlencoded')
    """
    start = template.lstrip()[:1]
    if start == "{":
        filled = _filled(json.loads(template), values)
        return json.dumps(filled, ensure_ascii=False), "application/json"
    if start == "<":
        return fill(template, values, _escaped), "application/ssml+xml"
    return fill(template, values, _quoted), "application/x-www-form-urlencoded"


def _filled(value: Any, values: Mapping[str, str]) -> Any:
    if isinstance(value, str):
        return fill(value, values, _plain)
    if isinstance(value, dict):
        return {key: _filled(inner, values) for key, inner in value.items()}
    return [_filled(inner, values) for inner in value] if isinstance(value, list) else value


def _plain(text: str) -> str:
    return text


def _quoted(text: str) -> str:
    return quote(text, safe="")


def _escaped(text: str) -> str:
    return escape(text, {'"': "&quot;"})


def sound_of(body: bytes, path: str) -> bytes:
    """Take the sound out of an answer; `SpeechUnavailable` when it is not where it should be."""
    if not path:
        return body
    try:
        value = json.loads(body)
        for name, place in _STEP.findall(path.removeprefix("$")):
            value = value[name] if name else value[int(place)]
        return base64.b64decode(value, validate=True)
    except (ValueError, LookupError, TypeError, binascii.Error) as error:
        raise SpeechUnavailable(f"no sound at {path} of the answer") from error
