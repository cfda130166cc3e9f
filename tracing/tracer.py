"""`yingda tracer`: hears Asterisk's copies of SIP, redacts them, keeps them, passes them on.

A process of its own: a slow disk costs packets (counted), never a call. One thread only takes
datagrams from the socket into a short queue; the other reads, redacts, writes in batches.
"""

import contextlib
import logging
import queue
import socket
import sqlite3
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from domain.clock import Clock
from domain.errors import Unavailable
from tracing.buffer import MAX_BYTES, Buffer, Captured
from tracing.hep import SIP, Packet, decode, encode
from tracing.redact import redact
from tracing.sides import Inward
from tracing.sip import Sip, parse

log = logging.getLogger("yingda.tracer")

QUEUE = 20_000
BATCH, BATCH_S = 500, 0.2
LOOK_S = 0.5
SOCKET_BYTES = 4 << 20
LONGEST = 65_535
CUT_S = 60.0
BEAT_S = 1.0
OUR_CALL = "x-call-id"
"""The header by which our dialplan names the call on legs that it dials."""

Seen = Callable[[Sequence[tuple[Captured, Sip]]], None]
"""Told of each batch after it was written, and of an empty one now and then."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where the tracer listens, what it keeps and for how long, whom it passes copies to.

    `beat` is touched each second as a sign of life.
    """

    port: int
    file: Path
    beat: Path
    keep_h: int = 24
    to: tuple[str, int] | None = None
    max_bytes: int = MAX_BYTES


@dataclass(slots=True)
class Tracer:
    """Takes datagrams until told to stop."""

    place: Place
    clock: Clock
    inward: Inward
    seen: Seen = lambda batch: None
    dropped: int = 0
    strange: int = 0
    _stop: threading.Event = field(default_factory=threading.Event)
    _taken: "queue.Queue[bytes]" = field(default_factory=lambda: queue.Queue(QUEUE))
    _told: int = 0
    _cut_at: float = 0.0
    _beat_at: float = float("-inf")

    def stop(self) -> None:
        """Ask it to end; what was taken is still written."""
        self._stop.set()

    def run(self) -> None:
        """Listen on loopback, write, cut; raises Unavailable when it cannot listen or open."""
        listening = _listen(self.place.port)
        buffer = Buffer.open(self.place.file)
        taker = threading.Thread(target=self._take, args=(listening,), daemon=True)
        taker.start()
        out = socket.socket(socket.AF_INET, socket.SOCK_DGRAM) if self.place.to else None
        try:
            while not self._stop.is_set() or not self._taken.empty():
                self._show_life()
                self._keep(buffer, self._batch(), out)
        except sqlite3.Error as error:
            raise Unavailable(f"the trace cannot be kept: {error}") from error
        finally:
            self._stop.set()
            taker.join(2 * LOOK_S)
            listening.close()
            buffer.close()

    def _show_life(self) -> None:
        if self.clock.mono() - self._beat_at >= BEAT_S:
            self._beat_at = self.clock.mono()
            with contextlib.suppress(OSError):
                self.place.beat.touch()

    def _take(self, listening: socket.socket) -> None:
        while not self._stop.is_set():
            try:
                data = listening.recv(LONGEST)
            except TimeoutError:
                continue
            except OSError as error:
                log.warning("the capture socket failed: %s", error)
                continue
            try:
                self._taken.put_nowait(data)
            except queue.Full:
                self.dropped += 1

    def _batch(self) -> list[bytes]:
        try:
            batch = [self._taken.get(timeout=BATCH_S)]
        except queue.Empty:
            return []
        with contextlib.suppress(queue.Empty):
            while len(batch) < BATCH:
                batch.append(self._taken.get_nowait())
        return batch

    def _keep(self, buffer: Buffer, batch: Sequence[bytes], out: socket.socket | None) -> None:
        packets = [packet for data in batch if (packet := decode(data))]
        self.strange += len(batch) - len(packets)
        known = [kept for packet in packets if (kept := captured(packet, self.inward))]
        try:
            if self.place.keep_h and known:
                buffer.add(message for message, _ in known)
            self._cut(buffer)
        except (sqlite3.Error, OSError) as error:
            self.dropped += len(known)
            log.warning("%d messages were not kept: %s", len(known), error)
        self._tell_losses()
        self.seen(known)
        if out is not None:
            self._pass_on(out, packets)

    def _pass_on(self, out: socket.socket, packets: Sequence[Packet]) -> None:
        for packet in packets:
            safe = redacted(packet)
            if safe is None or self.place.to is None:
                continue
            with contextlib.suppress(OSError):
                out.sendto(encode(safe), self.place.to)

    def _cut(self, buffer: Buffer) -> None:
        now = self.clock.mono()
        if now < self._cut_at:
            return
        before = self.clock.utc_ms() * 1000 - self.place.keep_h * 3_600_000_000
        more = buffer.cut(before, self.place.max_bytes)
        self._cut_at = now if more else now + CUT_S

    def _tell_losses(self) -> None:
        if self.dropped > self._told:
            log.warning("%d captured messages were lost so far", self.dropped)
            self._told = self.dropped


def captured(packet: Packet, inward: Inward) -> tuple[Captured, Sip] | None:
    """Make what is kept of a packet, redacted; None for what is no SIP message."""
    if packet.kind != SIP:
        return None
    text = redact(packet.payload.decode("utf-8", "replace"))
    message = parse(text)
    if message is None:
        return None
    kept = Captured(
        packet.at_us,
        message.call_id[:256],
        message.get(OUR_CALL)[:64],
        str(packet.source),
        str(packet.target),
        packet.transport,
        inward(packet.source, packet.target),
        text,
    )
    return kept, message


def redacted(packet: Packet) -> Packet | None:
    """Make the copy that may leave this machine; None for what we cannot read and so not redact."""
    if packet.kind != SIP:
        return None
    text = redact(packet.payload.decode("utf-8", "replace")).replace("\n", "\r\n")
    whole = text if "\r\n\r\n" in text else f"{text}\r\n\r\n"
    return Packet(
        packet.at_us, packet.source, packet.target, packet.transport, whole.encode(), packet.kind
    )


def _listen(port: int) -> socket.socket:
    listening = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, SOCKET_BYTES)
    listening.settimeout(LOOK_S)
    try:
        listening.bind(("127.0.0.1", port))
    except OSError as error:
        listening.close()
        text = f"port {port} (setting ports.hep) cannot be listened on: {error.strerror}"
        raise Unavailable(text) from error
    return listening
