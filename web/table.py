"""The one table of HTTP routes: what each takes, gives and needs, read from its handler.

A handler is `async def name(ask: Ask[Query, Body]) -> Answer`. Its types are the schema: they
validate the request, shape the answer and become the OpenAPI text. No route exists without a
permission; `PUBLIC` says so openly.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, TypeVar, get_args, get_origin, get_type_hints

from aiohttp import web
from pydantic import BaseModel, ConfigDict

if TYPE_CHECKING:
    from web.guard import Who
    from web.world import World

PUBLIC = "public"
"""Permission of a route that needs no session."""
SIGNED_IN = "signed_in"
"""Permission of a route that everybody with a session may use."""
API = "/api/v1"
MOST = 2**31 - 1
"""The largest number that a row can have."""


class Schema(BaseModel):
    """What travels over HTTP; unknown fields of a request are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class Nothing(Schema):
    """No query, no body."""


Q = TypeVar("Q", bound=BaseModel)
B = TypeVar("B", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Ask(Generic[Q, B]):
    """One request after the guard: who asks, and the checked query and body."""

    request: web.Request
    world: "World"
    who: "Who | None"
    query: Q
    body: B

    @property
    def me(self) -> "Who":
        """Name the signed-in person; the guard saw to it that there is one."""
        if self.who is None:
            raise LookupError("a public route asked who is signed in")
        return self.who

    def path(self, name: str) -> str:
        """Give a part of the path."""
        return self.request.match_info[name]


@dataclass(frozen=True, slots=True)
class Answer(Generic[B]):
    """An answer that also sets cookies or another status; a cookie with "" is removed."""

    data: B
    cookies: tuple[tuple[str, str], ...] = ()
    status: int = 200


@dataclass(frozen=True, slots=True)
class Ready(Generic[B]):
    """An answer of this shape whose JSON was written elsewhere already."""

    json: bytes


Handler = Callable[[Ask[Any, Any]], Awaitable[Any]]


@dataclass(frozen=True, slots=True)
class Route:
    """One line of the table. `needs`: any one of these permissions is enough."""

    method: str
    path: str
    needs: tuple[str, ...]
    handler: Handler
    query: type[BaseModel]
    body: type[BaseModel]
    answer: type[BaseModel] | None
    gives: str
    socket: bool
    takes: str

    @property
    def name(self) -> str:
        """Name the operation, unique in the table."""
        return self.handler.__name__

    @property
    def text(self) -> str:
        """Tell what it is for, from the handler's docstring."""
        return (self.handler.__doc__ or "").strip()


def _shapes(handler: Handler) -> tuple[Any, Any, Any]:
    hints = get_type_hints(handler)
    query, body = get_args(hints["ask"])
    answer = hints["return"]
    if get_origin(answer) in (Answer, Ready):
        answer = get_args(answer)[0]
    return query, body, answer if _is_model(answer) else None


def _is_model(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, BaseModel)


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """The routes of one subject, filled by decorators."""

    subject: str
    routes: list[Route]

    def route(
        self,
        verb: str,
        *needs: str,
        gives: str = "application/json",
        takes: str = "application/json",
        socket: bool = False,
    ) -> Callable[[Handler], Handler]:
        """Add a handler under `verb` ("GET /path"; below /api/v1 when it begins with "./")."""
        method, _, path = verb.partition(" ")
        full = API + path[1:] if path.startswith("./") else path
        if not needs:
            raise ValueError(f"{verb} names no permission")

        def add(handler: Handler) -> Handler:
            query, body, answer = _shapes(handler)
            self.routes.append(
                Route(method, full, needs, handler, query, body, answer, gives, socket, takes)
            )
            return handler

        return add


def table(subject: str) -> Table:
    """Begin the table of a subject."""
    return Table(subject, [])
