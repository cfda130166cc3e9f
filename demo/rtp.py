"""RTP packets (RFC 3550) and telephone-events (RFC 4733), as bytes. Pure."""

import struct
from dataclasses import dataclass

ALAW = 8
EVENTS = 101
"""Our payload types: A-law (RFC 3551) and the telephone-event number that we offer."""
FRAME = 160
"""Samples of one packet: 20 ms at 8 kHz; for A-law also its bytes."""
SILENT = b"\xd5" * FRAME
KEYS = "0123456789*#ABCD"
_HEAD = struct.Struct("!BBHII")
_KEY_FRAMES = 6
_GAP_FRAMES = 5


@dataclass(frozen=True, slots=True)
class Packet:
    """One RTP packet; header extensions and contributing sources are left out."""

    kind: int
    marker: bool
    number: int
    timestamp: int
    source: int
    payload: bytes


def pack(packet: Packet) -> bytes:
    """Give the bytes that go onto the wire.

    >>> unpack(pack(Packet(8, True, 7, 160, 99, b"abc"))).payload
    b'abc'
    """
    second = packet.kind | (0x80 if packet.marker else 0)
    head = _HEAD.pack(
        0x80, second, packet.number & 0xFFFF, packet.timestamp & 0xFFFFFFFF, packet.source
    )
    return head + packet.payload


def unpack(data: bytes) -> Packet | None:
    """Read a packet; None for anything that is not RTP.

    >>> unpack(b"hello") is None
    True
    """
    if len(data) < _HEAD.size or data[0] >> 6 != 2:
        return None
    first, second, number, timestamp, source = _HEAD.unpack_from(data)
    start = _HEAD.size + 4 * (first & 0x0F)
    if first & 0x10 and len(data) >= start + 4:
        start += 4 + 4 * int.from_bytes(data[start + 2 : start + 4])
    end = len(data) - (data[-1] if first & 0x20 else 0)
    return Packet(second & 0x7F, second >= 0x80, number, timestamp, source, data[start:end])


def key_ticks(key: str) -> list[tuple[bytes, ...]]:
    """Give a key press as event payloads for each 20 ms: 120 ms pressed, the end sent thrice,
    then 100 ms of nothing.

    >>> [len(tick) for tick in key_ticks("5")]
    [1, 1, 1, 1, 1, 3, 0, 0, 0, 0, 0]
    """
    number = KEYS.index(key.upper())
    pressed = [(_event(number, at + 1, False),) for at in range(_KEY_FRAMES - 1)]
    return [*pressed, (_event(number, _KEY_FRAMES, True),) * 3, *[()] * _GAP_FRAMES]


def _event(number: int, frames: int, end: bool) -> bytes:
    return struct.pack("!BBH", number, 0x8A if end else 0x0A, frames * FRAME)
