"""Flows ask other systems: secrets by reference, time-out, breaker, retries, odd answers."""

import asyncio
import json
from types import SimpleNamespace

from aiohttp import web
from aiohttp.test_utils import TestServer

from domain.errors import NotFound
from ivr.acts import AskHttp
from outside import GuardedHttp
from switchboard.asking import Asking


class World:
    """A server of our own, what it was asked, and a clock that is moved by hand."""

    def __init__(self, *answers: web.Response | None) -> None:
        self.asked: list[tuple[str, str, str, str]] = []
        self.answers = list(answers)
        self.now = 0.0
        self.over = asyncio.Event()

    async def handle(self, request: web.Request) -> web.Response:
        key = request.headers.get("Authorization", "")
        self.asked.append((request.method, request.path_qs, key, await request.text()))
        answer = self.answers.pop(0) if self.answers else web.json_response({"ok": True})
        if isinstance(answer, web.Response):
            return answer
        await self.over.wait()
        return web.Response()

    async def __aenter__(self) -> "World":
        app = web.Application()
        app.router.add_route("*", "/{tail:.*}", self.handle)
        self.server = TestServer(app)
        await self.server.start_server()
        self.http = GuardedHttp([f"127.0.0.1:{self.server.port}"])
        clock = SimpleNamespace(mono=lambda: self.now, utc_ms=lambda: 0)
        self.asking = Asking(self.http, clock, self.secret)  # type: ignore[arg-type]
        return self

    async def __aexit__(self, *_: object) -> None:
        self.over.set()
        await self.http.close()
        await self.server.close()

    def secret(self, reference: str) -> str:
        if reference != "file:crm-key":
            raise NotFound(reference)
        return "s3cret"

    def ask(self, **changes: object) -> AskHttp:
        url = f"http://127.0.0.1:{self.server.port}/orders/1%2F2"
        plain = {"method": "GET", "url": url, "headers": {}, "body": None}
        return AskHttp(**{**plain, "timeout_s": 5.0, "retries": 0, **changes})  # type: ignore[arg-type]


async def test_a_secret_is_put_in_where_it_is_named() -> None:
    async with World() as world:
        seen = await world.asking(world.ask(headers={"Authorization": "Bearer file:crm-key"}))
        assert (seen.status, seen.body) == (200, {"ok": True})
        assert world.asked == [("GET", "/orders/1%2F2", "Bearer s3cret", "")]
        seen = await world.asking(world.ask(headers={"Authorization": "file:other"}))
        assert seen.status == 0
        assert len(world.asked) == 1


async def test_a_body_goes_out_as_json() -> None:
    async with World() as world:
        await world.asking(world.ask(method="POST", body={"a": ["1"]}))
        assert json.loads(world.asked[0][3]) == {"a": ["1"]}


async def test_slow_broken_and_odd_answers_are_told_apart() -> None:
    odd = web.Response(text="<html>")
    async with World(None, web.Response(status=503), odd, web.Response(status=404)) as world:
        slow = await world.asking(world.ask(timeout_s=0.3))
        assert slow.status == 0
        seen = [await world.asking(world.ask()) for _ in range(3)]
        assert [(each.status, each.body) for each in seen] == [
            (503, None),
            (200, None),
            (404, None),
        ]


async def test_an_answer_of_the_server_that_it_is_broken_is_asked_again_only_if_wanted() -> None:
    broken = [web.Response(status=500) for _ in range(4)]
    async with World(*broken) as world:
        assert (await world.asking(world.ask())).status == 500
        assert len(world.asked) == 1
        assert (await world.asking(world.ask(retries=2))).status == 500
        assert len(world.asked) == 4


async def test_after_five_failures_nobody_is_asked_for_a_while() -> None:
    async with World(*[web.Response(status=500) for _ in range(5)]) as world:
        for _ in range(7):
            last = await world.asking(world.ask())
        assert (len(world.asked), last.status) == (5, 0)
        world.now += 60
        assert (await world.asking(world.ask())).status == 200


async def test_what_is_not_on_site_is_not_asked() -> None:
    async with World() as world:
        assert (await world.asking(world.ask(url="http://127.0.0.1:9/x"))).status == 0
        assert world.asked == []
