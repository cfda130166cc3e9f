"""Which addresses the network cards of this machine have: one of them is in an agent's browser."""

import ipaddress
import re
import socket
from pathlib import Path

_PROC = Path("/proc/net")
_LOCAL = re.compile(r"\|-- (\d+\.\d+\.\d+\.\d+)\n\s+/32 host LOCAL")


def own_addresses(proc: Path = _PROC) -> list[str]:
    """List the IPv4 and IPv6 addresses of every network card, loopback and link-local left out."""
    found = {*_of_cards(proc), *_of_name()}
    kept = (ipaddress.ip_address(each) for each in found)
    good = [each for each in kept if not (each.is_loopback or each.is_link_local)]
    return [str(each) for each in sorted(good, key=lambda each: (each.version, int(each)))]


def _of_cards(proc: Path) -> set[str]:
    """Read the kernel's tables; where there are none, the name of the machine must do."""
    try:
        four = set(_LOCAL.findall((proc / "fib_trie").read_text("ascii")))
    except OSError:
        four = set()
    return four | _six(proc / "if_inet6")


def _six(table: Path) -> set[str]:
    try:
        lines = table.read_text("ascii").splitlines()
    except OSError:
        return set()
    return {str(ipaddress.IPv6Address(int(line.split()[0], 16))) for line in lines if line}


def _of_name() -> set[str]:
    try:
        found = socket.getaddrinfo(socket.gethostname(), 0)
    except OSError:
        return set()
    return {str(one[4][0]).partition("%")[0] for one in found}
