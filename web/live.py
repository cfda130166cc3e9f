"""The live WebSocket: a snapshot, then what changes, cut to what its person may see.

Every socket counts its own `seq` from 1, so a gap means a lost message, never a filtered one.
A page that does not read is closed (1013) before it costs the others memory.
"""

import asyncio
import contextlib
import json
from collections.abc import Iterator
from typing import Any

from aiohttp import WSCloseCode, WSMsgType, web

from domain.clock import Clock
from domain.errors import Unavailable
from office.errors import SignedOut
from web.engine import EngineLink, Message
from web.errors import Said
from web.floor import LEADERS, Scope, part
from web.guard import Who
from web.masking import masked
from web.scope import scope_of
from web.table import Ask, Nothing, table
from web.world import LIVE

BEAT_S = 1.0
"""A page that hears nothing for three of these knows that it is out of date."""
QUEUE = 256
"""Messages that may wait for a slow page."""
PING_S = 20.0
MESSAGE_LIMIT = 16 * 1024
OF_GROUPS = ("message.left",)
"""Events told to everybody who sees that group."""
MOST_PAGES = 200
"""Live sockets of one person; each costs a place in every delta's round."""
CHECK_S = 30.0
"""How often an open socket's session is looked at again."""

live = table("live")


class Line:
    """One open page: what it still has to be sent, and what it was shown."""

    def __init__(self, who: Who, scope: Scope) -> None:
        self.who = who
        self.scope = scope
        self.overrun = asyncio.Event()
        self._shown: set[str] = set()
        self._seq = 0
        self._queue: asyncio.Queue[str] = asyncio.Queue(QUEUE)

    def send(self, ev: str, ts: int, data: Any) -> None:
        """Queue a message; marks the line as overrun when the page does not keep up."""
        self._seq += 1
        text = json.dumps({"ev": ev, "seq": self._seq, "ts": ts, "data": data}, ensure_ascii=False)
        try:
            self._queue.put_nowait(text)
        except asyncio.QueueFull:
            self.overrun.set()

    async def next(self) -> str:
        """Wait for the next message."""
        return await self._queue.get()

    def board(self, ev: str, ts: int, data: Message) -> None:
        """Send the part of a board or delta that this person may see, if there is any."""
        seen = part(data, self.scope)
        if ev == "board.snapshot":
            self._shown.clear()
        shown = {row["call"] for row in seen["calls"]}
        left = {row["call"] for row in data.get("calls") or ()} - shown
        gone = self._shown & (left | set(data.get("gone") or ()))
        self._shown = (self._shown | shown) - gone
        seen["gone"] = sorted(gone)
        # an empty list for leaders is news too: the last incident, or switch, is over
        if ev == "board.snapshot" or any(seen.values()) or not seen.keys().isdisjoint(LEADERS):
            self.send(ev, ts, seen)


class Hub:
    """All open pages, fed by the engine link."""

    def __init__(self, engine: EngineLink, clock: Clock) -> None:
        self._engine = engine
        self._clock = clock
        self._lines: set[Line] = set()
        engine.listen(self.take)

    @contextlib.contextmanager
    def opened(self, line: Line) -> Iterator[None]:
        """Keep a line while its socket is open; it starts with the whole picture."""
        self._lines.add(line)
        try:
            self._start(line)
            yield
        finally:
            self._lines.discard(line)

    def crowded(self, who: Who) -> bool:
        """Tell whether one person has as many pages open as they may."""
        return sum(line.who.id == who.id for line in self._lines) >= MOST_PAGES

    def take(self, message: Message) -> None:
        """Pass one message of the engine on to those whom it concerns."""
        for line in tuple(self._lines):
            self._pass(line, message)

    def _start(self, line: Line) -> None:
        floor, now = self._engine.floor, self._clock.utc_ms()
        line.send("sys.engine", now, self._health())
        line.board("board.snapshot", now, floor.whole())
        self._state(line, now, floor.agent(line.who.agent))

    def _health(self) -> Message:
        return {"up": self._engine.up, "told": self._engine.floor.told}

    async def beat(self, line: Line) -> None:
        """Tell the page each second that we live, and whether the engine does."""
        while True:
            await asyncio.sleep(BEAT_S)
            line.send("sys.beat", self._clock.utc_ms(), self._health())

    def _pass(self, line: Line, message: Message) -> None:
        ev, data = message["ev"], message.get("data") or {}
        ts = message.get("ts") or self._clock.utc_ms()
        if ev in ("engine.up", "engine.down"):
            line.send("sys.engine", ts, self._health())
        elif ev.startswith("board."):
            line.board(ev, ts, data)
            mine = [row for row in data.get("agents") or () if row["number"] == line.who.agent]
            self._state(line, ts, mine[0] if mine else None)
        elif ev in OF_GROUPS:
            if line.scope.sees("groups", {"id": data.get("group")}):
                line.send(ev, ts, masked(data))
        elif message.get("agent") and message["agent"] == line.who.agent:
            line.send(ev, ts, masked(data))

    def _state(self, line: Line, ts: int, row: Message | None) -> None:
        if row and line.who.agent:
            line.send("me.state", ts, row)


@live.route("GET ./live", "board.see", "board.own_groups", socket=True, gives="")
async def open_live(ask: Ask[Nothing, Nothing]) -> web.StreamResponse:
    """Open the live socket: `{ev, seq, ts, data}` messages, one way."""
    hub = ask.request.app[LIVE]
    if hub.crowded(ask.me):
        raise Said("too_many_open")
    socket = web.WebSocketResponse(heartbeat=PING_S, max_msg_size=MESSAGE_LIMIT, compress=False)
    await socket.prepare(ask.request)
    line = Line(ask.me, scope_of(ask.world, ask.me))
    with hub.opened(line):
        jobs = (
            _pump(line, socket),
            _hear(socket),
            hub.beat(line),
            line.overrun.wait(),
            _session(ask),
        )
        await _first_of(*(asyncio.ensure_future(job) for job in jobs))
    if line.overrun.is_set():
        await _cut(socket)
    else:
        await socket.close(code=WSCloseCode.POLICY_VIOLATION if not socket.closed else 1000)
    return socket


async def _first_of(*tasks: "asyncio.Future[Any]") -> None:
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _pump(line: Line, socket: web.WebSocketResponse) -> None:
    while True:
        await socket.send_str(await line.next())


async def _hear(socket: web.WebSocketResponse) -> None:
    async for message in socket:
        if message.type is WSMsgType.ERROR:
            return


async def _session(ask: Ask[Nothing, Nothing]) -> None:
    """End when the person signed out, was disabled or got another role meanwhile."""
    while True:
        await asyncio.sleep(CHECK_S)
        try:
            now = await ask.world.sessions.who(ask.me.token)
        except Unavailable:
            continue
        except SignedOut:
            return
        if now.person.role != ask.me.role:
            return


async def _cut(socket: web.WebSocketResponse) -> None:
    # a page that does not read does not read our close frame either: do not wait for it
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(2):
            await socket.close(code=WSCloseCode.TRY_AGAIN_LATER, drain=False)
