"""A pcap file of one RTP stream, as SIPp plays it: silence in A-law with key presses in between.

SIPp takes times and payloads from the file and puts in its own addresses. Pure.
"""

import struct
from collections.abc import Iterator, Sequence

from demo.rtp import ALAW, EVENTS, FRAME, SILENT, Packet, key_ticks, pack
from demo.steps import Pause, Step

TICK_US = 20_000
_FILE = struct.Struct("<IHHiIII")
_RECORD = struct.Struct("<IIII")
_ETHERNET = b"\0" * 12 + b"\x08\x00"


def pcap(steps: Sequence[Step], seconds: float) -> bytes:
    """Play these steps, then silence until so many seconds are full.

    >>> len(pcap((), 1)) == 24 + 50 * (16 + 14 + 20 + 8 + 12 + 160)
    True
    """
    ticks = list(_ticks(steps))
    ticks += [()] * (round(seconds * 50) - len(ticks))
    head = _FILE.pack(0xA1B2C3D4, 2, 4, 0, 0, 65535, 1)
    return head + b"".join(_records(ticks))


def _ticks(steps: Sequence[Step]) -> Iterator[tuple[bytes, ...]]:
    for step in steps:
        if isinstance(step, Pause):
            yield from [()] * round(step.seconds * 50)
        else:
            for key in step.keys:
                yield from key_ticks(key)


def _records(ticks: Sequence[tuple[bytes, ...]]) -> Iterator[bytes]:
    number, pressed = 0, 0
    for at, tick in enumerate(ticks):
        pressed = (pressed or (at + 1) * FRAME) if tick else 0
        payloads = [(EVENTS, each) for each in tick] or [(ALAW, SILENT)]
        for kind, payload in payloads:
            stamp = pressed or (at + 1) * FRAME
            rtp = pack(Packet(kind, at == 0, number, stamp, 0x59494E47, payload))
            yield _record(at * TICK_US, rtp)
            number += 1


def _record(at_us: int, rtp: bytes) -> bytes:
    udp = struct.pack("!HHHH", 6000, 6000, 8 + len(rtp), 0) + rtp
    size = 20 + len(udp)
    here = b"\x7f\0\0\x01"
    ip = struct.pack("!BBHHHBBH4s4s", 0x45, 0, size, 0, 0, 64, 17, 0, here, here)
    frame = _ETHERNET + ip + udp
    return _RECORD.pack(at_us // 1_000_000, at_us % 1_000_000, len(frame), len(frame)) + frame
