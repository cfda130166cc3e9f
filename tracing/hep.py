"""HEPv3 datagrams, the form in which Asterisk hands out what passes its SIP ports. Pure.

The format is the Homer project's: `HEP3`, the length, then chunks of vendor, type, length and
content. Hostile bytes never raise: they give None.
"""

import ipaddress
import struct
from dataclasses import dataclass

MAGIC = b"HEP3"
SIP = 1
"""Protocol type of a packet that carries SIP; 5 is RTCP as JSON."""
UDP, TCP = 17, 6
_HEAD = struct.Struct("!4sH")
_CHUNK = struct.Struct("!HHH")
_FAMILY, _TRANSPORT, _FROM4, _TO4, _FROM6, _TO6 = 1, 2, 3, 4, 5, 6
_FROM_PORT, _TO_PORT, _SECONDS, _MICROSECONDS, _KIND, _AGENT, _PAYLOAD = 7, 8, 9, 10, 11, 12, 15
_SIZES = {_FAMILY: 1, _TRANSPORT: 1, _FROM_PORT: 2, _TO_PORT: 2, _SECONDS: 4, _KIND: 1}
_SIZES |= {_MICROSECONDS: 4, _FROM4: 4, _TO4: 4, _FROM6: 16, _TO6: 16}


@dataclass(frozen=True, slots=True)
class Address:
    """Where a message came from or went to."""

    host: str
    port: int

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


@dataclass(frozen=True, slots=True)
class Packet:
    """One captured message: UTC microseconds, both ends, transport (IP protocol number), bytes."""

    at_us: int
    source: Address
    target: Address
    transport: int
    payload: bytes
    kind: int = SIP


def decode(data: bytes) -> Packet | None:
    """Read one datagram; None for anything that is not a whole HEPv3 packet."""
    if len(data) < _HEAD.size:
        return None
    magic, length = _HEAD.unpack_from(data)
    chunks = _chunks(data[_HEAD.size : length]) if magic == MAGIC else None
    if not chunks or _PAYLOAD not in chunks:
        return None
    source, target = _address(chunks, _FROM4, _FROM6), _address(chunks, _TO4, _TO6)
    if source is None or target is None:
        return None
    return Packet(
        _number(chunks, _SECONDS) * 1_000_000 + _number(chunks, _MICROSECONDS),
        Address(source, _number(chunks, _FROM_PORT)),
        Address(target, _number(chunks, _TO_PORT)),
        _number(chunks, _TRANSPORT),
        chunks[_PAYLOAD],
        _number(chunks, _KIND),
    )


def _chunks(data: bytes) -> dict[int, bytes] | None:
    found: dict[int, bytes] = {}
    at = 0
    while at < len(data):
        if at + _CHUNK.size > len(data):
            return None
        vendor, kind, length = _CHUNK.unpack_from(data, at)
        content = data[at + _CHUNK.size : at + length]
        if length < _CHUNK.size or at + length > len(data):
            return None
        if vendor == 0:
            if _SIZES.get(kind, len(content)) != len(content):
                return None
            found[kind] = content
        at += length
    return found


def _number(chunks: dict[int, bytes], kind: int) -> int:
    return int.from_bytes(chunks.get(kind, b""), "big")


def _address(chunks: dict[int, bytes], four: int, six: int) -> str | None:
    content = chunks.get(four) or chunks.get(six)
    return str(ipaddress.ip_address(content)) if content else None


def encode(packet: Packet, agent: int = 1) -> bytes:
    """Write a packet as a datagram; what does not fit into one is cut at its end."""
    source = ipaddress.ip_address(packet.source.host).packed
    target = ipaddress.ip_address(packet.target.host).packed
    four = len(source) == 4
    parts = (
        (_FAMILY, b"\x02" if four else b"\x0a"),
        (_TRANSPORT, bytes([packet.transport])),
        (_FROM4 if four else _FROM6, source),
        (_TO4 if four else _TO6, target),
        (_FROM_PORT, packet.source.port.to_bytes(2, "big")),
        (_TO_PORT, packet.target.port.to_bytes(2, "big")),
        (_SECONDS, (packet.at_us // 1_000_000).to_bytes(4, "big")),
        (_MICROSECONDS, (packet.at_us % 1_000_000).to_bytes(4, "big")),
        (_KIND, bytes([packet.kind])),
        (_AGENT, agent.to_bytes(4, "big")),
        (_PAYLOAD, packet.payload[:60_000]),
    )
    body = b"".join(_CHUNK.pack(0, kind, 6 + len(content)) + content for kind, content in parts)
    return _HEAD.pack(MAGIC, _HEAD.size + len(body)) + body
