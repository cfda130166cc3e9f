"""The `/sip` proxy: browser phones reach Asterisk's WebSocket only through our own port.

The session's cookie and the origin are checked before, and every request that begins something
must come from an endpoint that this browser was given. One agent has one desk: the newer wins.
"""

import asyncio
import contextlib
import re
from dataclasses import dataclass

import aiohttp
from aiohttp import WSMsgType, web

from domain.errors import PbxUnavailable
from web.errors import Said
from web.guard import cookie_of
from web.table import PUBLIC, Ask, Nothing, table
from web.testcaller import CALLER_COOKIE
from web.world import CALLERS, DESKS

KICKED, SHUT_OUT, FOREIGN, PBX_GONE = 4001, 4002, 4003, 1013
SIP_LIMIT = 64 * 1024
"""Bytes of one SIP message."""
MOST_LINES = 16
"""Open sockets of one browser phone: reloads overlap, but Asterisk has 2000 for everybody."""
JOIN_S = 3.0
PING_S = 20.0
_FROM = re.compile(
    rb"^(?:From|f)[ \t]*:[^\r\n]*?sips?:([^@;>\s]{1,64})@", re.IGNORECASE | re.MULTILINE
)
_REQUEST = re.compile(rb"[A-Z]{3,20} sips?:")
_TO_TAG = re.compile(rb"^(?:To|t)[ \t]*:[^\r\n]*;[ \t]*tag[ \t]*=", re.IGNORECASE | re.MULTILINE)
_QUOTED = re.compile(rb'"(?:[^"\\\r\n]|\\.)*"')

sip = table("sip")


@dataclass(frozen=True, slots=True, eq=False)
class Line:
    """One browser phone: its socket, Asterisk's, the code that told it to go, its session."""

    page: web.WebSocketResponse
    upstream: aiohttp.ClientWebSocketResponse
    endpoints: frozenset[str]
    told: asyncio.Future[int]
    session: str = ""

    def go(self, code: int) -> None:
        """Tell the line to close with a code; the first one counts."""
        if not self.told.done():
            self.told.set_result(code)


class Desks:
    """The open SIP sockets by endpoint."""

    def __init__(self) -> None:
        self._open: dict[str, Line] = {}
        self._lines: set[Line] = set()

    def enter(self, line: Line) -> None:
        """Count a line that is open, also while it has said nothing yet."""
        self._lines.add(line)

    def crowded(self, endpoints: frozenset[str]) -> bool:
        """Tell whether one browser has as many lines open as it may."""
        return sum(line.endpoints == endpoints for line in self._lines) >= MOST_LINES

    def take(self, endpoint: str, line: Line) -> None:
        """Make this line the endpoint's desk; an older one is told to go (4001)."""
        older = self._open.get(endpoint)
        self._open[endpoint] = line
        if older is not None and older is not line:
            older.go(KICKED)

    def shut(self, endpoint: str) -> None:
        """Close the endpoint's desk: its person may not come in any more (4002)."""
        held = self._open.get(endpoint)
        if held is not None:
            held.go(SHUT_OUT)

    def end(self, session: str) -> None:
        """Close every line of a session that is over (4002)."""
        for line in [each for each in self._lines if session and each.session == session]:
            line.go(SHUT_OUT)

    def leave(self, line: Line) -> None:
        """Forget a closed line."""
        self._lines.discard(line)
        for endpoint in [name for name, held in self._open.items() if held is line]:
            del self._open[endpoint]


@sip.route("GET /sip", PUBLIC, socket=True, gives="")
async def open_sip(ask: Ask[Nothing, Nothing]) -> web.StreamResponse:
    """Carry SIP between a browser phone and Asterisk, frame by frame, as it is."""
    endpoints, desks = _endpoints(ask), ask.request.app[DESKS]
    if desks.crowded(endpoints):
        raise Said("too_many_open")
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
        told: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        session = ask.who.token if ask.who else ""
        await _carry(desks, Line(socket, upstream, endpoints, told, session))
    return socket


def _endpoints(ask: Ask[Nothing, Nothing]) -> frozenset[str]:
    """Name the endpoints that this browser may speak for; none is a refusal."""
    names = set()
    if ask.who and ask.who.agent and ask.who.may("desk.work"):
        names.add(f"w{ask.who.agent}")
    caller = ask.request.app[CALLERS].endpoint(cookie_of(ask.request, CALLER_COOKIE))
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


async def _carry(desks: Desks, line: Line) -> None:
    """Pass frames both ways until one side is gone or the line is told to go."""
    desks.enter(line)
    ways = (asyncio.create_task(_up(desks, line)), asyncio.create_task(_down(line)))
    try:
        code = await line.told
    finally:
        desks.leave(line)
        for way in ways:
            way.cancel()
        await asyncio.gather(*ways, return_exceptions=True)
        await line.upstream.close()
    if not line.page.closed:
        await line.page.close(code=code)


async def _up(desks: Desks, line: Line) -> None:
    known = False
    try:
        async for message in line.page:
            sender = _sender(_bytes(message))
            if sender is not None:
                if sender not in line.endpoints:
                    return line.go(FOREIGN)
                if not known:
                    desks.take(sender, line)
                    known = True
            if not await _send(line.upstream, message):
                return line.go(PBX_GONE)
    finally:
        line.go(1000)


def _sender(data: bytes) -> str | None:
    """Name who begins something with this request, "" if it cannot be read; None for the rest.

    Within a dialog both sides' names are what the first request said, so there is no telling.
    """
    plain = _QUOTED.sub(b"", data)
    if not _REQUEST.match(plain.lstrip()) or _TO_TAG.search(plain):
        return None
    found = _FROM.search(plain)
    return found[1].decode("ascii", "replace") if found else ""


async def _down(line: Line) -> None:
    try:
        async for message in line.upstream:
            if not await _send(line.page, message):
                return
    finally:
        line.go(PBX_GONE)


def _bytes(message: aiohttp.WSMessage) -> bytes:
    return message.data.encode() if message.type is WSMsgType.TEXT else bytes(message.data or b"")


async def _send(
    to: web.WebSocketResponse | aiohttp.ClientWebSocketResponse, message: aiohttp.WSMessage
) -> bool:
    """Pass one frame on in its own kind; False when the other side is gone."""
    with contextlib.suppress(ConnectionError, RuntimeError):
        if message.type is WSMsgType.TEXT:
            await to.send_str(message.data)
            return True
        if message.type is WSMsgType.BINARY:
            await to.send_bytes(message.data)
            return True
    return False
