"""Ask a CRM over HTTP who calls: a time budget, a breaker, and never an exception to the call.

The CRM answers `GET …?number=138…` with JSON `{id, name, level?, tags?, fields?, url?}` or 404.
"""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol
from urllib.parse import quote

from domain.clock import Clock
from domain.errors import YingdaError
from domain.ports import Customer, Lookup

FAILURES = 5
OPEN_S = 15.0
FIELD_LIMIT = 40
TEXT_LIMIT = 200
_TEXTS = ("id", "name", "level", "url")


@dataclass(frozen=True, slots=True)
class Looked:
    """What came of asking: found, unknown, slow, down or off; `ms` it took."""

    status: str
    ms: float
    customer: Customer | None = None


@dataclass(slots=True)
class Breaker:
    """After five failures in a row nobody is asked for 15 s."""

    clock: Clock
    failures: int = 0
    until: float = 0.0

    def is_open(self) -> bool:
        """Tell whether to spare the CRM for now."""
        return self.clock.mono() < self.until

    def note(self, ok: bool) -> None:
        """Take in one result."""
        self.failures = 0 if ok else self.failures + 1
        if self.failures >= FAILURES:
            self.until = self.clock.mono() + OPEN_S


class Http(Protocol):
    """The guarded client of outside/."""

    async def get(self, url: str, headers: Mapping[str, str]) -> tuple[int, bytes]: ...


@dataclass(frozen=True, slots=True)
class HttpLookup:
    """A CRM behind a URL with `{number}` in it (`domain.ports.Lookup`)."""

    url: str
    http: Http
    secret: str = field(default="", repr=False)

    async def find(self, number: str) -> Customer | None:
        """Give the customer of a number, None when the CRM knows none."""
        headers = {"Authorization": f"Bearer {self.secret}"} if self.secret else {}
        url = self.url.replace("{number}", quote(number, safe=""))
        status, body = await self.http.get(url, headers)
        if status == 404:
            return None
        if status != 200:
            raise ValueError(f"the CRM answered {status}")
        return customer_of(_read(body))


def _read(body: bytes) -> Any:
    try:
        return json.loads(body, parse_constant=_no_number)
    except RecursionError as error:
        raise ValueError("the CRM's answer is nested too deep") from error


def _no_number(text: str) -> None:
    # Python reads NaN and Infinity, browsers do not
    raise ValueError(f"the CRM's answer holds {text}")


def customer_of(data: Any) -> Customer:
    """Read a CRM's answer; what does not fit is cut, never trusted."""
    if not isinstance(data, dict) or not data.get("id"):
        raise ValueError("the CRM's answer has no id")
    text = {name: str(data.get(name) or "")[:TEXT_LIMIT] for name in _TEXTS}
    return Customer(
        text["id"],
        text["name"],
        text["level"],
        _tags(data.get("tags")),
        _fields(data.get("fields")),
        _link(text["url"]),
    )


def _tags(tags: Any) -> tuple[str, ...]:
    known = tags if isinstance(tags, list) else []
    return tuple(str(tag)[:TEXT_LIMIT] for tag in known[:FIELD_LIMIT])


def _fields(fields: Any) -> dict[str, Any]:
    known = list(fields.items()) if isinstance(fields, dict) else []
    return {name[:TEXT_LIMIT]: _plain(value) for name, value in known[:FIELD_LIMIT]}


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, bool | int | float):
        return value
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text[:TEXT_LIMIT]


def _link(url: str) -> str:
    # a page shows this as a link: nothing but the web may stand there
    return url if url.startswith(("https://", "http://")) else ""


async def look_up(lookup: Lookup | None, number: str, budget_ms: int, breaker: Breaker) -> Looked:
    """Ask within the budget; whatever goes wrong is a status."""
    if lookup is None:
        return Looked("off", 0.0)
    if not number:
        return Looked("unknown", 0.0)
    if breaker.is_open():
        return Looked("down", 0.0)
    began = breaker.clock.mono()
    status, customer = await _asked(lookup, number, budget_ms)
    breaker.note(status in ("found", "unknown"))
    return Looked(status, (breaker.clock.mono() - began) * 1000, customer)


async def _asked(lookup: Lookup, number: str, budget_ms: int) -> tuple[str, Customer | None]:
    try:
        async with asyncio.timeout(budget_ms / 1000):
            customer = await lookup.find(number)
    except TimeoutError:
        return "slow", None
    except (OSError, ValueError, YingdaError):
        return "down", None
    return ("found", customer) if customer else ("unknown", None)
