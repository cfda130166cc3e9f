"""Security headers of every answer."""

import re

from aiohttp import web

from web.world import WORLD

CSP = "; ".join(
    (
        "default-src 'self'",
        "connect-src 'self'{sockets}",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data:",
        "font-src 'self' data:",
        "media-src 'self' blob:",
        "worker-src 'self' blob:",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)
HEADERS = {
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "microphone=(self), camera=(), geolocation=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


HSTS = "max-age=31536000"
"""Only with the firm's own certificate: with ours a desk that lost it would be locked out."""
_HOST = re.compile(r"[A-Za-z0-9.-]+(:\d{1,5})?")


async def add_headers(request: web.Request, response: web.StreamResponse) -> None:
    """Set what is not set yet; hides what server this is."""
    response.headers.setdefault("Content-Security-Policy", policy(request.host))
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if request.secure and request.app[WORLD].settings.web.tls == "files":
        response.headers.setdefault("Strict-Transport-Security", HSTS)
    response.headers["Server"] = "yingda"


def policy(host: str) -> str:
    """Give the content policy; older Safari wants the sockets of our own host named.

    >>> "connect-src 'self' ws://a:80 wss://a:80;" in policy("a:80")
    True
    >>> "connect-src 'self';" in policy("a; script-src *")
    True
    """
    sockets = f" ws://{host} wss://{host}" if _HOST.fullmatch(host) else ""
    return CSP.format(sockets=sockets)
