"""`GET /metrics` for Prometheus: from this very machine, or with the token.

The token is the secret `metrics-token` of var/secrets.json. Through a proxy on this machine the
token is needed too: whoever is behind it looks like this machine.
"""

import hmac
from ipaddress import ip_address

from aiohttp import web

from domain.errors import NotAllowed
from watch.facts import Facts
from watch.metrics import KIND, page
from web.table import PUBLIC, Ask, Nothing, table
from web.world import ALARMS, World

metrics = table("metrics")

TOKEN = "metrics-token"  # noqa: S105  # its name
BY_PROXY = ("X-Forwarded-For", "X-Real-IP", "Forwarded", "Via")


@metrics.route("GET /metrics", PUBLIC, gives="text/plain")
async def show_metrics(ask: Ask[Nothing, Nothing]) -> web.StreamResponse:
    """Give every figure of the house as Prometheus reads it; only to this machine or by token."""
    if not (_is_here(ask.request) or _has_token(ask.request, ask.world)):
        raise NotAllowed
    keeper = ask.request.app[ALARMS]
    facts = keeper.last or Facts(ask.world.engine.up)
    text = page(facts, list(keeper.state.open.values()), ask.world.clock.utc_ms())
    return web.Response(text=text, headers={"Content-Type": KIND, "Cache-Control": "no-store"})


def _is_here(request: web.Request) -> bool:
    if any(name in request.headers for name in BY_PROXY):
        return False
    try:
        return ip_address(request.remote or "").is_loopback
    except ValueError:
        return False


def _has_token(request: web.Request, world: World) -> bool:
    kind, _, given = request.headers.get("Authorization", "").partition(" ")
    return kind == "Bearer" and hmac.compare_digest(given.encode(), world.secret(TOKEN).encode())
