"""The live WebSocket: a snapshot, then what changes, cut to what its person may see.

Boards are written once for all who see the same groups (`audience.py`).

Every socket counts its own `seq` from 1, so a gap means a lost message, never a filtered one.
A page that does not read is closed (1013) before it costs the others memory.
"""

import asyncio
import contextlib
import json
import time
from collections.abc import Callable, Iterator
from typing import Any

from aiohttp import WSCloseCode, WSMsgType, web

from domain.clock import Clock
from domain.errors import Unavailable
from office.errors import SignedOut
from web.audience import SNAPSHOT, Audience, Gathered
from web.engine import EngineLink, Message
from web.errors import Said
from web.floor import Scope
from web.guard import Who, who_of
from web.masking import masked
from web.scope import scope_of
from web.table import Ask, Nothing, table
from web.world import LIVE

BEAT_S = 1.2
"""So often we look at each page, and tell one that heard nothing in between that we live; one that
hears nothing for 3 s knows that what it shows is old."""
BOARD_S = 0.2
"""So long changes of the board gather after one was shown."""
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
    """One open page: what it still has to be sent, and which calls only this page sees.

    There are thousands: no queue, event or task of asyncio's for what a list and a future do.
    """

    __slots__ = (
        *("_cut", "_mono", "_said", "_seq", "_texts", "_woken"),
        *("overrun", "own", "scope", "timer", "who"),
    )

    def __init__(self, who: Who, scope: Scope, mono: Callable[[], float] = time.monotonic) -> None:
        self.who = who
        self.scope = scope
        self.own: set[str] = set()
        self.overrun = False
        self.timer: asyncio.TimerHandle | None = None
        self._mono = mono
        self._said = mono()
        self._seq = 0
        self._texts: list[str] = []
        self._woken: asyncio.Future[None] | None = None
        self._cut: asyncio.Future[None] | None = None

    @property
    def silent_s(self) -> float:
        """Tell for how long this page has been told nothing."""
        return self._mono() - self._said

    def send(self, ev: str, ts: int, data: Any) -> None:
        """Queue a message; marks the line as overrun when the page does not keep up."""
        self.say(ev, ts, json.dumps(data, ensure_ascii=False))

    def say(self, ev: str, ts: int, text: str) -> None:
        """Queue a message whose data is written already, for many pages at once."""
        self._seq += 1
        self._said = self._mono()
        if len(self._texts) >= QUEUE:
            self.overrun = True
            _wake(self._cut)
            return
        self._texts.append(f'{{"ev": "{ev}", "seq": {self._seq}, "ts": {ts}, "data": {text}}}')
        _wake(self._woken)

    async def next(self) -> str:
        """Wait for the next message."""
        while not self._texts:
            self._woken = asyncio.get_running_loop().create_future()
            await self._woken
        return self._texts.pop(0)

    def cut(self) -> "asyncio.Future[None]":
        """Give what is done as soon as the line is overrun."""
        self._cut = asyncio.get_running_loop().create_future()
        return self._cut


def _wake(waiter: "asyncio.Future[None] | None") -> None:
    if waiter is not None and not waiter.done():
        waiter.set_result(None)


class Hub:
    """All open pages, fed by the engine link.

    What is for one agent goes out at once. Boards are for eyes: a change is shown at once, what
    follows within `BOARD_S` together, written once for all who see the same.
    """

    def __init__(self, engine: EngineLink, clock: Clock) -> None:
        self._engine = engine
        self._clock = clock
        self._lines: set[Line] = set()
        self._of_agent: dict[str, set[Line]] = {}
        self._audiences: dict[Scope, Audience] = {}
        self._gathered = Gathered()
        self._resting: asyncio.TimerHandle | None = None
        self._ts = 0
        engine.listen(self.take)

    @contextlib.contextmanager
    def opened(self, line: Line) -> Iterator[None]:
        """Keep a line while its socket is open; it starts with the whole picture."""
        shared, agent = line.scope.shared, line.who.agent
        audience = self._audiences.setdefault(shared, Audience(shared))
        self._lines.add(line)
        self._of_agent.setdefault(agent, set()).add(line)
        try:
            self._start(line, audience)
            self._look_again(line)
            yield
        finally:
            if line.timer is not None:
                line.timer.cancel()
            self._lines.discard(line)
            self._of_agent[agent].discard(line)
            audience.pages.discard(line)
            if not self._of_agent[agent]:
                del self._of_agent[agent]
            if not audience.pages and self._audiences.get(shared) is audience:
                del self._audiences[shared]

    def crowded(self, who: Who) -> bool:
        """Tell whether one person has as many pages open as they may."""
        return sum(line.who.id == who.id for line in self._lines) >= MOST_PAGES

    def take(self, message: Message) -> None:
        """Pass one message of the engine on to those whom it concerns."""
        ev, data = message["ev"], message.get("data") or {}
        ts = message.get("ts") or self._clock.utc_ms()
        if ev in ("engine.up", "engine.down"):
            for line in tuple(self._lines):
                line.send("sys.engine", ts, self._health())
        elif ev.startswith("board."):
            self._board(ev, ts, data)
        else:
            for line in self._concerned(message):
                line.send(ev, ts, masked(data))

    def _concerned(self, message: Message) -> list[Line]:
        if message["ev"] in OF_GROUPS:
            group = {"id": (message.get("data") or {}).get("group")}
            return [line for line in self._lines if line.scope.sees("groups", group)]
        return list(self._of_agent.get(message.get("agent") or "-", ()))

    def _start(self, line: Line, audience: Audience) -> None:
        floor, now = self._engine.floor, self._clock.utc_ms()
        line.send("sys.engine", now, self._health())
        audience.start(line, now, floor)
        row = floor.agent(line.who.agent)
        if row:
            line.send("me.state", now, row)

    def _health(self) -> Message:
        return {"up": self._engine.up, "told": self._engine.floor.told}

    def _look_again(self, line: Line) -> None:
        line.timer = asyncio.get_running_loop().call_later(BEAT_S, self._beat, line)

    def _beat(self, line: Line) -> None:
        """Tell a page that hears nothing else that we live, and whether the engine does.

        Each page is looked at in its own time: what all of them heard at once would else make all
        of their beats fall together.
        """
        if line.silent_s >= BEAT_S:
            line.send("sys.beat", self._clock.utc_ms(), self._health())
        self._look_again(line)

    def _board(self, ev: str, ts: int, data: Message) -> None:
        self._ts = ts
        if ev == SNAPSHOT:
            self._gathered.take()  # older than the snapshot
            self._tell(ev, data)
        else:
            self._gathered.add(data)
            if self._resting is None:
                self._flush()
        for row in data.get("agents") or ():
            for line in tuple(self._of_agent.get(row["number"], ())):
                line.send("me.state", ts, row)

    def _flush(self) -> None:
        """Show what gathered, then gather again for a moment."""
        self._tell("board.delta", self._gathered.take())
        self._resting = asyncio.get_running_loop().call_later(BOARD_S, self._rested)

    def _rested(self) -> None:
        self._resting = None
        if self._gathered:
            self._flush()

    def _tell(self, ev: str, data: Message) -> None:
        for audience in tuple(self._audiences.values()):
            audience.tell(ev, self._ts, data)


@live.route("GET ./live", "board.see", "board.own_groups", socket=True, gives="")
async def open_live(ask: Ask[Nothing, Nothing]) -> web.StreamResponse:
    """Open the live socket: `{ev, seq, ts, data}` messages, one way."""
    hub = ask.request.app[LIVE]
    if hub.crowded(ask.me):
        raise Said("too_many_open")
    socket = web.WebSocketResponse(heartbeat=PING_S, max_msg_size=MESSAGE_LIMIT, compress=False)
    await socket.prepare(ask.request)
    line = Line(ask.me, scope_of(ask.world, ask.me), ask.world.clock.mono)
    with hub.opened(line):
        jobs = (
            _pump(line, socket),
            _hear(socket),
            line.cut(),
            _session(ask, line.scope),
        )
        await _first_of(*(asyncio.ensure_future(job) for job in jobs))
    if line.overrun:
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


async def _session(ask: Ask[Nothing, Nothing], scope: Scope) -> None:
    """End when the person signed out, was disabled or may see something else meanwhile."""
    while True:
        await asyncio.sleep(CHECK_S)
        try:
            now = await ask.world.sessions.who(ask.me.token)
        except Unavailable:
            continue
        except SignedOut:
            return
        if now.person.role != ask.me.role or scope_of(ask.world, who_of(now)) != scope:
            return


async def _cut(socket: web.WebSocketResponse) -> None:
    # a page that does not read does not read our close frame either: do not wait for it
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(2):
            await socket.close(code=WSCloseCode.TRY_AGAIN_LATER, drain=False)
