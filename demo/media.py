"""One audio line of a test phone: A-law over RTP both ways on a clock of 20 ms.

Our own, beside the library's: what is heard is kept by its time of arrival, and keys follow
RFC 4733 with the timestamp of their own beginning.
"""

import asyncio
import contextlib
import secrets
from collections import deque

from demo.audio import Microphone, silence
from demo.rtp import ALAW, EVENTS, FRAME, KEYS, Packet, key_ticks, pack, unpack

TICK_S = 0.02
LATE = 480
"""Samples (60 ms) by which a packet may miss its place before a gap is written."""

Tick = tuple[bytes, ...] | asyncio.Future[None]


class AudioLine(asyncio.DatagramProtocol):
    """Sends a microphone and keys, keeps what arrives."""

    def __init__(self, microphone: Microphone | None = None, first: int | None = None) -> None:
        """`first` is the first packet's number, None = by chance."""
        self.microphone = microphone or silence()
        self.heard = bytearray()
        self.keys = ""
        self.packets = 0
        self._transport: asyncio.DatagramTransport | None = None
        self.cut = False  # as if a firewall let nothing of ours through
        self._far: tuple[str, int] | None = None
        self._events = EVENTS
        self._script: deque[Tick] = deque()
        self._number = secrets.randbelow(1 << 15) if first is None else first
        self._stamp = secrets.randbelow(1 << 31)
        self._source = secrets.randbelow(1 << 32)
        self._pressed_at: int | None = None
        self._key_stamp: int | None = None
        self._began = 0.0
        self._sending: asyncio.Task[None] | None = None

    async def open(self, host: str) -> int:
        """Take a port at this address; tells which."""
        loop = asyncio.get_running_loop()
        transport, _ = await loop.create_datagram_endpoint(lambda: self, local_addr=(host, 0))
        self._transport = transport
        return int(transport.get_extra_info("sockname")[1])

    def start(self, far: tuple[str, int], events: int = EVENTS) -> None:
        """Talk to this address from now on; what is heard counts from here."""
        self._far, self._events = far, events
        if self._sending is None:
            self._began = asyncio.get_running_loop().time()
            self._sending = asyncio.create_task(self._send())

    async def press(self, keys: str) -> None:
        """Press keys one after the other; returns when the last was sent."""
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        for key in keys:
            self._script.extend(key_ticks(key))
        self._script.append(done)
        await done

    async def close(self) -> None:
        """Fall silent and give the port back; what was heard stays."""
        if self._sending is not None:
            self._sending.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._sending
        for step in self._script:
            if isinstance(step, asyncio.Future) and not step.done():
                step.cancel()
        if self._transport is not None:
            self._transport.close()

    async def _send(self) -> None:
        loop = asyncio.get_running_loop()
        sent = 0
        while True:
            self._tick()
            sent += 1
            await asyncio.sleep(max(0.0, self._began + sent * TICK_S - loop.time()))

    def _tick(self) -> None:
        step = self._script.popleft() if self._script else ()
        while isinstance(step, asyncio.Future):
            if not step.done():
                step.set_result(None)
            step = self._script.popleft() if self._script else ()
        if step:
            self._send_events(step)
        else:
            self._pressed_at = None
            self._put(ALAW, False, self._stamp, next(self.microphone))
        self._stamp += FRAME

    def _send_events(self, payloads: tuple[bytes, ...]) -> None:
        first = self._pressed_at is None
        if first:
            self._pressed_at = self._stamp
        for payload in payloads:
            self._put(self._events, first, self._pressed_at or 0, payload)

    def _put(self, kind: int, marker: bool, stamp: int, payload: bytes) -> None:
        if self._transport is None or self._far is None or self._transport.is_closing():
            return
        if self.cut:
            return
        packet = Packet(kind, marker, self._number, stamp, self._source, payload)
        self._transport.sendto(pack(packet), self._far)
        self._number += 1

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        """Keep the audio of a packet at its place, or note a key."""
        packet = unpack(data)
        if packet is None or self._sending is None:
            return
        if packet.kind == ALAW:
            self._keep(packet.payload)
        elif packet.kind == self._events and len(packet.payload) >= 4:
            self._key(packet)

    def _keep(self, payload: bytes) -> None:
        self.packets += 1
        now = round((asyncio.get_running_loop().time() - self._began) * 8000)
        gap = now - len(self.heard)
        if gap > LATE:
            self.heard.extend(b"\xd5" * gap)
        self.heard.extend(payload)

    def _key(self, packet: Packet) -> None:
        if packet.timestamp != self._key_stamp and packet.payload[0] < len(KEYS):
            self._key_stamp = packet.timestamp
            self.keys += KEYS[packet.payload[0]]
