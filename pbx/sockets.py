"""Who listens where, read from /proc/net: enough to see a port that is open too wide. Pure."""

import ipaddress
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

LISTENING = "0A"
UNCONNECTED = "07"


@dataclass(frozen=True, slots=True)
class Listener:
    """An address and port that waits for others."""

    host: str
    port: int

    @property
    def only_here(self) -> bool:
        """Can only this machine reach it?"""
        return ipaddress.ip_address(self.host).is_loopback


def listeners(table: str, state: str = LISTENING) -> Iterator[Listener]:
    """Read a table of /proc/net (tcp, tcp6; udp, udp6 with state UNCONNECTED).

    >>> row = "sl local rem st\\n 0: 0100007F:1F90 00000000:0000 0A 00000000:00000000"
    >>> list(listeners(row))
    [Listener(host='127.0.0.1', port=8080)]
    """
    for line in table.splitlines()[1:]:
        words = line.split()
        if len(words) > 3 and words[3] == state:
            host, _, port = words[1].partition(":")
            yield Listener(_address(host), int(port, 16))


def open_to_others(found: Iterable[Listener], inner: Mapping[int, str]) -> list[str]:
    """Name what listens on a port of `inner` (port → what it is) for more than this machine.

    >>> open_to_others([Listener("0.0.0.0", 5138), Listener("127.0.0.1", 4573)], {5138: "AMI"})
    ['AMI 0.0.0.0:5138']
    """
    return sorted(
        f"{inner[each.port]} {each.host}:{each.port}"
        for each in found
        if each.port in inner and not each.only_here
    )


def _address(text: str) -> str:
    """The kernel prints each 32-bit word in the machine's byte order."""
    raw = bytes.fromhex(text)
    if sys.byteorder == "little":
        raw = b"".join(raw[at : at + 4][::-1] for at in range(0, len(raw), 4))
    address = ipaddress.ip_address(raw)
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return str(mapped or address)
