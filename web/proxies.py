"""Who really asks when a reverse proxy stands before us: believed only from `web.proxies`.

Anybody may write an X-Forwarded-For; one that is believed from everybody makes guessing passwords
free, since each try would seem to come from somewhere else.
"""

import ipaddress
from collections.abc import Awaitable, Callable, Sequence

from aiohttp import web

from web.world import WORLD

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
Next = Callable[[web.Request], Awaitable[web.StreamResponse]]
MOST_HOPS = 20


def asker(peer: str, forwarded: Sequence[str], proxies: Sequence[str]) -> str:
    """Give the address that asks: the last hop that is no proxy of ours, else the peer.

    >>> asker("10.0.0.1", ["6.6.6.6", "203.0.113.9"], ["10.0.0.0/8"])
    '203.0.113.9'
    >>> asker("203.0.113.9", ["127.0.0.1"], ["10.0.0.0/8"]), asker("10.0.0.1", ["x"], ["10.0.0.1"])
    ('203.0.113.9', '10.0.0.1')
    """
    trusted = [ipaddress.ip_network(each, strict=False) for each in proxies]
    if not _is_in(peer, trusted):
        return peer
    hops = [hop.strip() for line in forwarded for hop in line.split(",")]
    for hop in reversed(hops[-MOST_HOPS:]):
        if not _is_in(hop, trusted):
            return hop if _is_address(hop) else peer
    return peer


@web.middleware
async def behind_proxies(request: web.Request, handler: Next) -> web.StreamResponse:
    """Let everything behind see who asks and whether the browser's way is encrypted."""
    proxies, peer = request.app[WORLD].settings.web.proxies, request.remote or ""
    if not proxies or not _is_in(peer, [ipaddress.ip_network(p, strict=False) for p in proxies]):
        return await handler(request)
    address = asker(peer, request.headers.getall("X-Forwarded-For", []), proxies)
    secure = request.headers.get("X-Forwarded-Proto", "").strip().lower() == "https"
    scheme = "https" if secure else request.scheme
    return await handler(request.clone(remote=address, scheme=scheme))


def _is_in(text: str, networks: Sequence[Network]) -> bool:
    return _is_address(text) and any(ipaddress.ip_address(text) in net for net in networks)


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True
