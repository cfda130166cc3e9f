"""A liar between two programs: a TCP proxy that cuts, stalls, swallows, delays and mangles.

It knows where an AMI message ends; FastAGI passes byte by byte. What it does is set from outside,
at any time, and counts for the connections that are there and for those that come. One seed gives
the same lies again.
"""

import asyncio
import contextlib
import socket
import struct
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random

from tests.house.mangle import Odds, mangled, whole

UP, DOWN = "to the server", "to the client"
Late = Callable[[bytes], float]
"""How many seconds a whole message is kept back."""
RESET = struct.pack("ii", 1, 0)
"""SO_LINGER of a close that sends RST."""


@dataclass(slots=True)
class Lies:
    """What happens to bytes in one direction."""

    stalled: asyncio.Event = field(default_factory=asyncio.Event)
    """Set: nothing is read, so the sender's buffers fill."""
    swallows: bool = False
    """Everything is taken and nothing given on: half-open."""
    instead: bytes = b""
    """Said in place of what came."""
    drip_s: float = 0.0
    """One byte each so many seconds."""
    cut_after: int | None = None
    """So many bytes more, then the connection is cut."""
    odds: Odds = field(default_factory=Odds)
    late: Late | None = None
    """Whole messages are kept back, each so long, and overtaken by others."""
    messages: bool = False
    """Bytes are cut into AMI messages; needed for `odds` and `late`."""


Pair = tuple[Lies, Lies]
"""Lies to the server and to the client."""


class Line:
    """One connection through the proxy."""

    def __init__(self, ends: tuple[asyncio.StreamWriter, ...], own: "Pair | None") -> None:
        self.ends, self.own = ends, own
        self.tasks: list[asyncio.Task[None]] = []

    def cut(self, reset: bool = False) -> None:
        """End both sides, by FIN or by RST."""
        for writer in self.ends:
            plug: socket.socket = writer.get_extra_info("socket")
            if reset:
                with contextlib.suppress(OSError):
                    plug.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
                writer.transport.abort()
            else:
                writer.close()
        for task in self.tasks:
            task.cancel()


class Proxy:
    """Listens on loopback and passes on to a port there; `up` and `down` say how it lies."""

    def __init__(self, to: int, seed: int = 0) -> None:
        self.to, self.chance = to, Random(seed)
        self.up, self.down = Lies(), Lies()
        self.lines: list[Line] = []
        self.next: list[Pair] = []
        """Lies of their own for the connections that come next, one after the other."""
        self.came = 0
        self._server: asyncio.Server | None = None
        self.port = 0

    async def open(self) -> None:
        """Listen; after `refuse` at the same port again."""
        self._server = await asyncio.start_server(self._join, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    def refuse(self) -> None:
        """Listen no more: who connects is refused."""
        if self._server is not None:
            self._server.close()
            self._server = None

    def honest(self) -> None:
        """Lie no more. What was swallowed is gone; a stalled line goes on."""
        for lies in (self.up, self.down):
            lies.stalled.clear()
        messages = self.up.messages, self.down.messages
        self.up, self.down = Lies(messages=messages[0]), Lies(messages=messages[1])

    def cut(self, reset: bool = False) -> int:
        """Cut every connection; tells how many there were."""
        lines, self.lines = self.lines, []
        for line in lines:
            line.cut(reset)
        return len(lines)

    async def close(self) -> None:
        """Cut all and listen no more."""
        self.refuse()
        lines = list(self.lines)
        self.cut()
        tasks = [task for line in lines for task in line.tasks]
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _join(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.came += 1
        try:
            far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self.to)
        except OSError:
            writer.transport.abort()
            return
        line = Line((writer, far_writer), self.next.pop(0) if self.next else None)
        self.lines.append(line)
        line.tasks = [
            asyncio.create_task(self._pass(line, reader, far_writer, UP)),
            asyncio.create_task(self._pass(line, far_reader, writer, DOWN)),
        ]

    def _lies(self, line: Line, way: str) -> Lies:
        up, down = line.own or (self.up, self.down)
        return up if way == UP else down

    async def _pass(
        self, line: Line, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, way: str
    ) -> None:
        """Pass bytes on until the end of one side, which is then the end of both."""
        rest = b""
        try:
            while data := await reader.read(65536):
                lies = self._lies(line, way)
                while lies.stalled.is_set():  # noqa: ASYNC110  # until it is told to go on
                    await asyncio.sleep(0.02)
                if lies.drip_s:
                    await self._drip(reader, writer, lies, data)
                    continue
                if not lies.messages:
                    await self._give(line, writer, lies, data)
                    continue
                messages, rest = whole(rest + data)
                await self._tell(line, writer, self._lies(line, way), messages)
        except OSError:
            pass
        if line in self.lines and not self._lies(line, way).swallows:
            self.lines.remove(line)
            line.cut()

    async def _tell(
        self, line: Line, writer: asyncio.StreamWriter, lies: Lies, messages: list[bytes]
    ) -> None:
        arrive, torn = mangled(messages, lies.odds, self.chance)
        for message in arrive:
            if lies.late is not None and (wait_s := lies.late(message)):
                line.tasks.append(asyncio.create_task(self._late(writer, message, wait_s)))
            else:
                await self._give(line, writer, lies, message)
        if torn:
            line.cut()

    @staticmethod
    async def _drip(
        reader: asyncio.StreamReader, writer: asyncio.StreamWriter, lies: Lies, data: bytes
    ) -> None:
        """Give byte by byte, until all is given or the slow one has left."""
        for at in range(len(data)):
            if reader.at_eof():
                return
            writer.write(data[at : at + 1])
            await asyncio.sleep(lies.drip_s)

    @staticmethod
    async def _late(writer: asyncio.StreamWriter, message: bytes, wait_s: float) -> None:
        await asyncio.sleep(wait_s)
        writer.write(message)

    async def _give(
        self, line: Line, writer: asyncio.StreamWriter, lies: Lies, data: bytes
    ) -> None:
        if lies.swallows:
            return
        if lies.cut_after is not None:
            data, lies.cut_after = data[: lies.cut_after], max(0, lies.cut_after - len(data))
        writer.write(lies.instead or data)
        await writer.drain()
        if lies.cut_after == 0:
            line.cut()
