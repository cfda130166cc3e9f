"""How messages travel between the carrier and Asterisk: datagrams, or streams plain and TLS."""

from __future__ import annotations

import asyncio
import re
import ssl
from collections.abc import Callable
from typing import Protocol

from tests.carrier.message import Message, read

Address = tuple[str, int]
Hears = Callable[[Message, "Reply"], None]
Reply = Callable[[bytes], None]


class Wire(Protocol):
    """One address of the carrier."""

    transport: str

    async def open(self, host: str, port: int) -> int:
        """Listen; gives the port."""

    async def ready(self) -> None:
        """Make sure that a message can be sent."""

    def send(self, data: bytes) -> None:
        """Send to Asterisk."""

    def close(self) -> None:
        """Give the port back."""


class Datagrams(asyncio.DatagramProtocol):
    """SIP over UDP; `far` is Asterisk."""

    transport = "UDP"

    def __init__(self, far: Address, hears: Hears) -> None:
        self._far, self._hears = far, hears
        self._socket: asyncio.DatagramTransport | None = None

    async def open(self, host: str, port: int) -> int:
        """Listen; gives the port."""
        loop = asyncio.get_running_loop()
        self._socket, _ = await loop.create_datagram_endpoint(lambda: self, local_addr=(host, port))
        return int(self._socket.get_extra_info("sockname")[1])

    async def ready(self) -> None:
        """Datagrams need no connection."""

    def send(self, data: bytes) -> None:
        """Send to Asterisk."""
        self._sendto(data, self._far)

    def _sendto(self, data: bytes, addr: Address) -> None:
        if self._socket is not None and not self._socket.is_closing():
            self._socket.sendto(data, addr)

    def datagram_received(self, data: bytes, addr: Address) -> None:
        """Hand a message on, with the way back to who sent it."""
        if message := read(data):
            self._hears(message, lambda answer: self._sendto(answer, addr))

    def close(self) -> None:
        """Give the port back."""
        if self._socket is not None:
            self._socket.close()


class Streams:
    """SIP over TCP, or TLS with a context for each side."""

    def __init__(
        self,
        far: Address,
        hears: Hears,
        server: ssl.SSLContext | None = None,
        client: ssl.SSLContext | None = None,
    ) -> None:
        self.transport = "TLS" if server else "TCP"
        self._far, self._hears, self._tls = far, hears, (server, client)
        self._listening: asyncio.Server | None = None
        self._out: asyncio.StreamWriter | None = None
        self._reading: set[asyncio.Task[None]] = set()

    async def open(self, host: str, port: int) -> int:
        """Listen, and connect to Asterisk; gives the port on which we listen."""
        server, client = self._tls
        self._listening = await asyncio.start_server(self._serve, host, port, ssl=server)
        self._host, self._client = host, client
        return int(self._listening.sockets[0].getsockname()[1])

    async def ready(self) -> None:
        """Connect to Asterisk, which shuts a connection that has been idle for half a minute."""
        if self._out is not None and not self._out.is_closing():
            return
        server_name = {"server_hostname": self._far[0]} if self._client else {}
        reader, self._out = await asyncio.open_connection(
            *self._far, local_addr=(self._host, 0), ssl=self._client, **server_name
        )
        task = asyncio.create_task(self._serve(reader, self._out))
        self._reading.add(task)
        task.add_done_callback(self._reading.discard)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).lstrip(b"\r\n")
                size = re.search(rb"(?im)^(?:content-length|l)\s*:\s*(\d+)", head)
                body = await reader.readexactly(int(size.group(1))) if size else b""
                if message := read(head + body):
                    self._hears(message, writer.write)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    def send(self, data: bytes) -> None:
        """Send to Asterisk over our own connection."""
        if self._out is not None:
            self._out.write(data)

    def close(self) -> None:
        """Close every connection."""
        for task in self._reading:
            task.cancel()
        if self._out is not None:
            self._out.close()
        if self._listening is not None:
            self._listening.close()
