"""A real HTTP server on loopback that answers as scripted, for tests of our way out."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from aiohttp import web

Handle = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass
class Heard:
    """One request that the sink was sent."""

    id: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Sink:
    """Answers the scripted statuses one after the other, then 200; remembers every request."""

    script: list[web.Response | int] = field(default_factory=list)
    heard: list[Heard] = field(default_factory=list)
    port: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook"

    @property
    def ids(self) -> list[str]:
        return [each.id for each in self.heard]

    async def handle(self, request: web.Request) -> web.StreamResponse:
        headers = {name.lower(): value for name, value in request.headers.items()}
        self.heard.append(Heard(headers.get("webhook-id", ""), headers, await request.read()))
        answer = self.script.pop(0) if self.script else 200
        return web.Response(status=answer) if isinstance(answer, int) else answer


@asynccontextmanager
async def listening(handle: Handle) -> AsyncIterator[int]:
    """Serve every path on a free port."""
    server = web.Server(handle)
    runner = web.ServerRunner(server, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield runner.addresses[0][1]
    finally:
        await runner.cleanup()
