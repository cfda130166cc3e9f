"""Flows ask other systems: through the guarded way out, with a breaker per host and secrets.

A flow never waits longer than its time-out, and never hears of an error: no answer is status 0.
"""

import asyncio
import json
import logging
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from crm import Breaker
from domain.clock import Clock
from domain.errors import YingdaError
from ivr.acts import AskHttp, HttpSeen
from outside import GuardedHttp

log = logging.getLogger("yingda.flows")

SECRET = re.compile(r"(?:env|file):[A-Za-z0-9_.-]+$")
"""A header's value may end so: it stands for the secret of that name."""
MOST_HOSTS = 1000
NOTHING = HttpSeen(0)


@dataclass(slots=True)
class Asking:
    """Carries out `AskHttp`; `secret` resolves a reference and may raise `YingdaError`."""

    http: GuardedHttp
    clock: Clock
    secret: Callable[[str], str]
    _breakers: dict[str, Breaker] = field(default_factory=dict)

    async def __call__(self, ask: AskHttp) -> HttpSeen:
        """Ask, and again as often as the flow wants where nothing useful came."""
        began = self.clock.mono()
        seen = NOTHING
        for _ in range(1 + ask.retries):
            seen = await self._once(ask)
            if 0 < seen.status < 500:
                break
        return HttpSeen(seen.status, seen.body, round((self.clock.mono() - began) * 1000, 1))

    async def _once(self, ask: AskHttp) -> HttpSeen:
        breaker = self._breaker(ask.url)
        if breaker.is_open():
            return NOTHING
        try:
            async with asyncio.timeout(ask.timeout_s):
                headers = await asyncio.to_thread(self._headers, ask)
                body = None if ask.body is None else json.dumps(ask.body).encode()
                answer = await self.http.request(ask.method, ask.url, headers, body)
        except (YingdaError, TimeoutError, ValueError, OSError) as error:
            breaker.note(ok=False)
            # the address may hold what the caller typed: the host is all that is written down
            log.warning("a flow got no answer of %s: %s", _host(ask.url), type(error).__name__)
            return NOTHING
        breaker.note(ok=answer.status < 500)
        return HttpSeen(answer.status, _read(answer.body))

    def _headers(self, ask: AskHttp) -> Mapping[str, str]:
        kind = {} if ask.body is None else {"Content-Type": "application/json"}
        return {**kind, **{name: self._resolved(text) for name, text in ask.headers.items()}}

    def _resolved(self, text: str) -> str:
        found = SECRET.search(text)
        return text[: found.start()] + self.secret(found[0]) if found else text

    def _breaker(self, url: str) -> Breaker:
        host = _host(url)
        if host not in self._breakers and len(self._breakers) >= MOST_HOSTS:
            self._breakers.clear()
        return self._breakers.setdefault(host, Breaker(self.clock))


def _host(url: str) -> str:
    try:
        return urlsplit(url).netloc.rpartition("@")[2].lower()
    except ValueError:
        return ""


def _read(body: bytes) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None
