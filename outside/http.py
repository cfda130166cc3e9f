"""The one way out over HTTP: guarded addresses, bounded time, bounded answers, no redirects.

A name is resolved once, judged, and connected to at that very address, so that an answer of DNS
that changes in between (rebinding) gains nothing. No proxy, no cookies, no compression.
"""

import asyncio
import socket
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from yarl import URL

from domain.errors import Unavailable
from outside.addresses import AddressRefused, is_literal, is_public, place

SCHEMES = ("http", "https")
ANSWER_BYTES = 64 * 1024
TOTAL_S = 15.0
CONNECT_S = 3.0

Resolve = Callable[[str, int], Awaitable[Sequence[str]]]
"""Give the addresses of a host name."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the other side said; `retry_after` is that header as it came."""

    status: int
    body: bytes
    retry_after: str = ""


async def resolve(host: str, port: int) -> Sequence[str]:
    """Ask the system's resolver; OSError for a name that nobody knows."""
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(each[4][0]) for each in found))


class GuardedHttp:
    """A client that only reaches the public internet and the places in `on_site` (host:port)."""

    def __init__(
        self, on_site: Collection[str] = (), ask: Resolve = resolve, most: int = ANSWER_BYTES
    ) -> None:
        """`most`: bytes of an answer; a longer one is given up."""
        self._most = most
        self._on_site = frozenset(each.lower() for each in on_site)
        self._ask = ask
        self._session: aiohttp.ClientSession | None = None

    async def get(self, url: str, headers: Mapping[str, str]) -> tuple[int, bytes]:
        """Read a page; AddressRefused or Unavailable when that is not possible."""
        answer = await self.request("GET", url, headers, None)
        return answer.status, answer.body

    async def post(self, url: str, headers: Mapping[str, str], body: bytes) -> Answer:
        """Send a body; AddressRefused or Unavailable when that is not possible."""
        return await self.request("POST", url, headers, body)

    async def close(self) -> None:
        """Let go of kept connections; a later request opens new ones."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def request(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes | None
    ) -> Answer:
        """Ask in any method; AddressRefused or Unavailable when that is not possible."""
        target = self._judged(url)
        session = self._opened()
        try:
            async with session.request(
                method, target, headers=headers, data=body, allow_redirects=False
            ) as response:
                return Answer(
                    response.status,
                    await _limited(response.content, self._most),
                    response.headers.get("Retry-After", "")[:64],
                )
        except TimeoutError as late:
            raise Unavailable(f"no answer within {TOTAL_S:.0f} s") from late
        except (aiohttp.ClientError, OSError) as error:
            raise Unavailable(f"{type(error).__name__}: {error}"[:200]) from error

    def _judged(self, url: str) -> URL:
        """Refuse what can be judged without DNS; names are judged while connecting."""
        try:
            target = URL(url)
            host, port = target.host or "", target.port or 0
        except ValueError as error:
            raise AddressRefused(f"not an address: {error}") from error
        if target.scheme not in SCHEMES or not host or target.user or target.password:
            raise AddressRefused("only http:// and https:// addresses without a password")
        if is_literal(host):
            self._judge(host, port, [host])
        return target

    def _judge(self, host: str, port: int, addresses: Sequence[str]) -> None:
        if place(host, port) in self._on_site:
            return
        if not addresses or not all(is_public(each) for each in addresses):
            raise AddressRefused(
                f"{place(host, port)} is not on the public internet; name it in"
                " [outside] on_site if it is a system of your own"
            )

    def _opened(self) -> aiohttp.ClientSession:
        if self._session is None or self._session.closed:
            connector = aiohttp.TCPConnector(
                resolver=_Resolver(self._ask, self._judge), use_dns_cache=False, limit_per_host=8
            )
            self._session = aiohttp.ClientSession(
                connector=connector,
                timeout=aiohttp.ClientTimeout(total=TOTAL_S, connect=CONNECT_S),
                cookie_jar=aiohttp.DummyCookieJar(),
                auto_decompress=False,
                headers={"User-Agent": "Yingda", "Accept-Encoding": "identity"},
            )
        return self._session


Judge = Callable[[str, int, Sequence[str]], None]


class _Resolver(AbstractResolver):
    """Resolves and judges in one step; the connector connects to what is given here."""

    def __init__(self, ask: Resolve, judge: Judge) -> None:
        self._ask = ask
        self._judge = judge

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        addresses = await self._ask(host, port)
        self._judge(host, port, addresses)
        return [
            ResolveResult(
                hostname=host,
                host=address,
                port=port,
                family=socket.AF_INET6 if ":" in address else socket.AF_INET,
                proto=0,
                flags=socket.AI_NUMERICHOST,
            )
            for address in addresses
        ]

    async def close(self) -> None:
        """Nothing is held."""


async def _limited(content: aiohttp.StreamReader, most: int) -> bytes:
    body = bytearray()
    async for chunk in content.iter_chunked(8192):
        body += chunk
        if len(body) > most:
            raise Unavailable(f"the answer is longer than {most // 1024} kB")
    return bytes(body)
