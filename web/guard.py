"""The one guard that every route passes: session, permission, origin, CSRF; denied by default."""

import hmac
import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from aiohttp import web
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from domain.errors import Fault, NotAllowed, Refused
from office import Remit, can
from office.errors import SignedOut
from office.faults import sentence
from office.keys import PREFIX, ApiKey
from office.reading import dotted
from office.remit import API
from office.roles import in_scope
from office.sessions import SignedIn
from office.texts import FAULTS, both
from web.errors import Said
from web.table import PUBLIC, SIGNED_IN, Answer, Ask, Nothing, Ready, Route
from web.world import WORLD, World

COOKIE, DEVICE_COOKIE = "yingda", "yingda_device"
"""Names of the session, and of a browser that somebody signed in with before."""
LASTING_S = {DEVICE_COOKIE: 365 * 86_400}
"""Cookies that outlive the browser's window."""
CSRF_HEADER = "X-CSRF"
JSON_LIMIT = 256 * 1024
"""Bytes of a JSON body."""
SAFE = ("GET", "HEAD")
BEFORE_CHANGE = frozenset(
    ("sign_in", "sign_out", "who_am_i", "choose_language", "change_password", "show_meta")
)
"""All that somebody may do who still has the password that somebody else has seen."""
JSON = "application/json"
NO_STORE = {"Cache-Control": "no-store"}


@dataclass(frozen=True, slots=True)
class Who:
    """The signed-in person behind a request, or the key of a machine (`scopes`)."""

    id: int
    login: str
    name: str
    role: str
    agent: str
    language: str
    csrf: str
    must_change: bool
    token: str
    remit: Remit | None = None
    scopes: tuple[str, ...] | None = None

    def may(self, permission: str) -> bool:
        """Tell whether the role, or a machine's key, has this permission."""
        if self.scopes is not None:
            return in_scope(self.scopes, permission)
        return permission == SIGNED_IN or can(self.role, permission)


def guarded(route: Route) -> Any:
    """Wrap a route's handler in the guard and the reading of its schema."""

    async def handle(request: web.Request) -> web.StreamResponse:
        world = request.app[WORLD]
        check_origin(request, must=route.socket)
        who = _settled(route, await _who(world, request))
        _check_permission(route, who)
        if who is not None and who.scopes is None and request.method not in SAFE:
            _check_csrf(request, who)
        query = _read(route.query, dict(request.query))
        body = _read(route.body, await _body(request, route))
        return _respond(request, await route.handler(Ask(request, world, who, query, body)))

    handle.__name__ = route.name
    return handle


async def _who(world: World, request: web.Request) -> Who | None:
    kind, _, given = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() == "bearer" and given.startswith(PREFIX):
        return await _machine(world, given)
    token = cookie_of(request, COOKIE)
    if not token:
        return None
    try:
        return who_of(await world.sessions.who(token))
    except SignedOut:
        return None


async def _machine(world: World, given: str) -> Who:
    """Know a machine by its key, which no browser sends by itself: it needs no CSRF word."""
    try:
        return _who_of_key(await world.api_keys.who(given))
    except SignedOut:
        raise Said("bad_key") from None


def _who_of_key(key: ApiKey) -> Who:
    name = f"key:{key.name}"[:64]
    who = (-key.id, name, key.name, API, "", "zh", "", False, "")
    return Who(*who, remit=key.remit, scopes=key.scopes)


def who_of(signed: SignedIn) -> Who:
    """Shape the office's open session as the guard hands it to handlers."""
    person = signed.person
    return Who(
        person.id,
        person.login,
        person.name,
        person.role,
        person.agent,
        person.language,
        signed.csrf,
        person.must_change,
        signed.token,
        person.remit,
    )


def _settled(route: Route, who: Who | None) -> Who | None:
    """Keep out whoever must change the password first; to a public route they are nobody yet."""
    if who is None or not who.must_change or route.name in BEFORE_CHANGE:
        return who
    if PUBLIC in route.needs:
        return None
    raise Said("must_change")


def _check_permission(route: Route, who: Who | None) -> None:
    if PUBLIC in route.needs:
        return
    if who is None:
        raise Said("sign_in")
    if not any(who.may(permission) for permission in route.needs):
        raise NotAllowed


def check_origin(request: web.Request, *, must: bool) -> None:
    """Refuse what a foreign page sends; a WebSocket must name its origin, others may."""
    if request.method in SAFE and not must:
        return
    origin = request.headers.get("Origin", "")
    if not origin and not must:
        return
    if urlsplit(origin).netloc.lower() != request.host.lower():
        raise Said("origin")


def _check_csrf(request: web.Request, who: Who) -> None:
    given = request.headers.get(CSRF_HEADER, "")
    if not hmac.compare_digest(given.encode(), who.csrf.encode()):
        raise Said("csrf")


async def _body(request: web.Request, route: Route) -> Any:
    if route.body is Nothing or route.takes != "application/json":
        return {}
    raw = bytearray()
    async for chunk in request.content.iter_chunked(65536):
        raw += chunk
        if len(raw) > JSON_LIMIT:
            raise Said("too_large")
    try:
        return json.loads(raw or b"{}")
    except (ValueError, RecursionError) as error:
        raise Said("bad_request") from error


def _read(schema: type[BaseModel], values: Any) -> BaseModel:
    try:
        return schema.model_validate(values)
    except ValidationError as error:
        details = error.errors(include_url=False, include_input=False)
        raise Refused(*(_fault(detail) for detail in details)) from error


def _fault(detail: ErrorDetails) -> Fault:
    """Say what is wrong with a field in the office's words, where it has some."""
    known = detail["type"] in FAULTS or detail["type"] == "value_error"
    text = sentence(detail) if known else both("格式不正确", detail["msg"])
    return Fault("", 0, dotted(tuple(detail["loc"])), text)


def _respond(request: web.Request, given: Any) -> web.StreamResponse:
    if isinstance(given, web.StreamResponse):
        return given
    if isinstance(given, Ready):
        return web.Response(body=given.json, content_type=JSON, charset="utf-8", headers=NO_STORE)
    answer = given if isinstance(given, Answer) else Answer(given)
    response = _json(answer)
    for name, value in answer.cookies:
        _set_cookie(request, response, name, value)
    return response


def _json(answer: Answer[Any]) -> web.Response:
    if answer.data is None:
        return web.Response(status=204, headers=NO_STORE)
    text = answer.data.model_dump_json(by_alias=True)
    return web.Response(text=text, status=answer.status, content_type=JSON, headers=NO_STORE)


def cookie_of(request: web.Request, name: str) -> str:
    """Give a cookie of ours; over https only one that no other host and no plain page could set."""
    return request.cookies.get(_cookie_name(request, name), "")


def _cookie_name(request: web.Request, name: str) -> str:
    return f"__Host-{name}" if request.secure else name


def _set_cookie(request: web.Request, response: web.Response, plain: str, value: str) -> None:
    name = _cookie_name(request, plain)
    if not value:
        response.del_cookie(name, path="/", secure=request.secure)
        return
    response.set_cookie(
        name,
        value,
        path="/",
        max_age=LASTING_S.get(plain),
        httponly=True,
        samesite="Lax",
        secure=request.secure,
    )


def is_secure(request: web.Request) -> bool:
    """Tell whether a browser grants this page the microphone: https or this very machine."""
    host = urlsplit(f"//{request.host}").hostname or ""
    return request.secure or host in ("localhost", "127.0.0.1", "::1")
