"""A browser in which somebody signed in before is known again, for signing in only.

Who fails on purpose slows down a login for everybody but the browsers that its person uses: without
this anybody could lock a colleague out. It opens nothing by itself.
"""

import hmac
import secrets
from hashlib import sha256

from aiohttp import web

from office.people import login_key
from web.guard import DEVICE_COOKIE, cookie_of
from web.world import World

KEY = "device-key"


def device_of(world: World, request: web.Request, login: str) -> str:
    """Name the browser if this login was used in it before, else ""."""
    mark, _, seal = cookie_of(request, DEVICE_COOKIE).partition(".")
    fits = hmac.compare_digest(seal.encode(), _seal(world, mark, login).encode())
    return mark if mark and fits else ""


def device_for(world: World, request: web.Request, login: str) -> tuple[tuple[str, str], ...]:
    """Give the cookie by which the browser is known from now on, if it is not yet."""
    if device_of(world, request, login):
        return ()
    mark = secrets.token_hex(8)
    return ((DEVICE_COOKIE, f"{mark}.{_seal(world, mark, login)}"),)


def _seal(world: World, mark: str, login: str) -> str:
    text = f"{mark}:{login_key(login)}".encode()
    return hmac.new(world.secret(KEY).encode(), text, sha256).hexdigest()
