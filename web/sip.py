"""The `/sip` proxy: browser phones reach Asterisk's WebSocket only through our own port.

The session's cookie and the origin are checked before, and the first SIP message must come from
an endpoint that this browser was given. One agent has one desk: the newer socket wins.
"""

import asyncio
import contextlib
import re

import aiohttp
from aiohttp import WSMsgType, web

from domain.errors import PbxUnavailable
from web.errors import Said
from web.table import PUBLIC, Ask, Nothing, table
from web.testcaller import CALLER_COOKIE
from web.world import CALLERS, DESKS

KICKED, FOREIGN, PBX_GONE = 4001, 4003, 1013
SIP_LIMIT = 64 * 1024
"""Bytes of one SIP message."""
JOIN_S = 3.0
PING_S = 20.0
_FROM = re.compile(
    rb"^(?:From|f)[ \t]*:[^\r\n]*?sips?:([^@;>\s]{1,64})@", re.IGNORECASE | re.MULTILINE
)

sip = table("sip")


class Desks:
    """The open SIP sockets by endpoint."""

    def __init__(self) -> None:
        self._open: dict[str, web.WebSocketResponse] = {}

    async def take(self, endpoint: str, socket: web.WebSocketResponse) -> None:
        """Make this socket the endpoint's desk; an older one is told to go (4001)."""
        older = self._open.get(endpoint)
        self._open[endpoint] = socket
        if older is not None and older is not socket:
            await older.close(code=KICKED, message=b"opened elsewhere")

    def leave(self, socket: web.WebSocketResponse) -> None:
        """Forget a closed socket."""
        for endpoint in [name for name, held in self._open.items() if held is socket]:
            del self._open[endpoint]


@sip.route("GET /sip", PUBLIC, socket=True, gives="")
async def open_sip(ask: Ask[Nothing, Nothing]) -> web.StreamResponse:
    """Carry SIP between a browser phone and Asterisk, frame by frame, as it is."""
    endpoints = _endpoints(ask)
    floor = ask.world.engine.floor
    if ask.world.engine.up and not floor.pbx.get("up"):
        raise PbxUnavailable
    url = f"http://127.0.0.1:{ask.world.settings.ports.asterisk_http}/ws"
    async with aiohttp.ClientSession() as client:
        upstream = await _joined(client, url)
        socket = web.WebSocketResponse(
            protocols=("sip",), max_msg_size=SIP_LIMIT, heartbeat=PING_S, compress=False
        )
        await socket.prepare(ask.request)
        await _carry(ask.request.app[DESKS], socket, upstream, endpoints)
    return socket


def _endpoints(ask: Ask[Nothing, Nothing]) -> frozenset[str]:
    """Name the endpoints that this browser may speak for; none is a refusal."""
    names = set()
    if ask.who and ask.who.agent and ask.who.may("desk.work"):
        names.add(f"w{ask.who.agent}")
    caller = ask.request.app[CALLERS].endpoint(ask.request.cookies.get(CALLER_COOKIE, ""))
    if caller:
        names.add(caller)
    if not names:
        raise Said("sign_in")
    return frozenset(names)


async def _joined(client: aiohttp.ClientSession, url: str) -> aiohttp.ClientWebSocketResponse:
    try:
        async with asyncio.timeout(JOIN_S):
            return await client.ws_connect(
                url, protocols=("sip",), max_msg_size=SIP_LIMIT, compress=0
            )
    except (TimeoutError, aiohttp.ClientError, OSError) as error:
        raise PbxUnavailable from error


Upstream = aiohttp.ClientWebSocketResponse


async def _carry(
    desks: Desks, socket: web.WebSocketResponse, upstream: Upstream, endpoints: frozenset[str]
) -> None:
    """Pass frames both ways until one side is gone."""
    up = asyncio.create_task(_up(desks, socket, upstream, endpoints))
    down = asyncio.create_task(_down(socket, upstream))
    try:
        await asyncio.wait((up, down), return_when=asyncio.FIRST_COMPLETED)
        code = up.result() if up.done() and not up.cancelled() else PBX_GONE
    finally:
        desks.leave(socket)
        for task in (up, down):
            task.cancel()
        await asyncio.gather(up, down, return_exceptions=True)
        await upstream.close()
    if not socket.closed:
        await socket.close(code=code)


async def _up(
    desks: Desks, socket: web.WebSocketResponse, upstream: Upstream, endpoints: frozenset[str]
) -> int:
    known = False
    async for message in socket:
        data = _bytes(message)
        sender = _FROM.search(data)
        if not known and sender:
            endpoint = sender[1].decode("ascii", "replace")
            if endpoint not in endpoints:
                return FOREIGN
            await desks.take(endpoint, socket)
            known = True
        if not await _send(upstream, message):
            return PBX_GONE
    return socket.close_code or 1000


async def _down(socket: web.WebSocketResponse, upstream: Upstream) -> None:
    async for message in upstream:
        if not await _send(socket, message):
            return


def _bytes(message: aiohttp.WSMessage) -> bytes:
    return message.data.encode() if message.type is WSMsgType.TEXT else bytes(message.data or b"")


async def _send(to: web.WebSocketResponse | Upstream, message: aiohttp.WSMessage) -> bool:
    """Pass one frame on in its own kind; False when the other side is gone."""
    with contextlib.suppress(ConnectionError, RuntimeError):
        if message.type is WSMsgType.TEXT:
            await to.send_str(message.data)
            return True
        if message.type is WSMsgType.BINARY:
            await to.send_bytes(message.data)
            return True
    return False
