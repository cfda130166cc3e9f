"""A text message through any gateway that takes HTTP: the request is a template. Pure.

`{to}`, `{text}` and `{secret}` are filled in as their place needs it: inside JSON as a string, in
an address or a form percent-encoded, in a header as they are.
"""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

LONGEST = 130
"""Letters: two parts of a Chinese message."""
_NAME = re.compile(r"\{(to|text|secret)\}")


@dataclass(frozen=True, slots=True)
class Template:
    """A gateway's request; without a body it is a GET. `headers` look like `Name: value`."""

    url: str
    headers: Sequence[str] = ()
    body: str = ""
    secret: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Filled:
    """The request for one number; `body` None = GET."""

    url: str
    headers: Mapping[str, str]
    body: bytes | None


def filled(template: Template, to: str, text: str) -> Filled:
    """Fill a gateway's template in for one number; ValueError for a body that is no JSON."""
    values = {"to": to, "text": text[:LONGEST], "secret": template.secret}
    pairs = (line.partition(":") for line in template.headers)
    headers = {name.strip(): _fill(value, values, _header).strip() for name, _, value in pairs}
    url = _fill(template.url, values, _quoted)
    if not template.body:
        return Filled(url, headers, None)
    if template.body.lstrip()[:1] in ("{", "["):
        body = json.dumps(_inside(json.loads(template.body), values), ensure_ascii=False)
        return Filled(url, {"Content-Type": "application/json"} | headers, body.encode())
    body = _fill(template.body, values, _quoted)
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    return Filled(url, form | headers, body.encode())


def _fill(template: str, values: Mapping[str, str], made: Callable[[str], str]) -> str:
    return _NAME.sub(lambda found: made(values[found[1]]), template)


def _inside(value: Any, values: Mapping[str, str]) -> Any:
    if isinstance(value, str):
        return _fill(value, values, str)
    if isinstance(value, dict):
        return {key: _inside(inner, values) for key, inner in value.items()}
    return [_inside(inner, values) for inner in value] if isinstance(value, list) else value


def _header(text: str) -> str:
    return re.sub(r"[^\x20-\x7e]", " ", text)


def _quoted(text: str) -> str:
    return quote(text, safe="")
