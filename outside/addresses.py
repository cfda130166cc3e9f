"""Which addresses our requests may go to: the public internet, and what the firm names. Pure.

An address that somebody typed into a webhook must not make us talk to ourselves or the office
network (SSRF). IPv6 forms that carry an IPv4 address are judged by that address.
"""

import ipaddress

from domain.errors import YingdaError

_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_COMPATIBLE = ipaddress.ip_network("::/96")
Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class AddressRefused(YingdaError):
    """The way out is closed for this address; the text says why and what would open it."""

    code = "address_refused"


def place(host: str, port: int) -> str:
    """Name a host and port the way settings do.

    >>> place("CRM.Example", 80), place("::1", 443)
    ('crm.example:80', '[::1]:443')
    """
    return f"[{host}]:{port}".lower() if ":" in host else f"{host}:{port}".lower()


def is_public(text: str) -> bool:
    """Tell whether an IP address is on the public internet; false for what is no address.

    >>> is_public("8.8.8.8"), is_public("100.64.0.1"), is_public("::ffff:127.0.0.1")
    (True, False, False)
    """
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return False
    inner = _inner(address)
    return inner.is_global and not inner.is_multicast


def is_literal(host: str) -> bool:
    """Tell whether a host is meant as an address, in whatever notation, and not as a name.

    >>> is_literal("2130706433"), is_literal("0177.0.0.1"), is_literal("a1.example")
    (True, True, False)
    """
    return ":" in host or host.replace(".", "").isdigit()


def _inner(address: Address) -> Address:
    if isinstance(address, ipaddress.IPv4Address):
        return address
    if address.ipv4_mapped or address.sixtofour:
        return address.ipv4_mapped or address.sixtofour or address
    if address.teredo:
        return address.teredo[1]
    if address in _NAT64 or address in _COMPATIBLE:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address
