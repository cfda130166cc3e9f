"""The sample CRM's web site: who calls, a shop, the hooks it is told by, and a page."""

import json
import time
from collections import deque
from html import escape
from typing import Any

from aiohttp import web

from demo.crm.people import BY_ID, BY_PHONE, PEOPLE, Person
from demo.crm.shop import add_shop
from outside import is_genuine

REMEMBERED = 200
RECEIVED: web.AppKey[deque[dict[str, Any]]] = web.AppKey("received")
SECRET: web.AppKey[str] = web.AppKey("secret")

_PAGE = """<!doctype html><html lang="zh-CN"><meta charset="utf-8">
<meta name="viewport" content="width=device-width"><meta http-equiv="refresh" content="3">
<title>示例客户系统 · sample CRM</title>
<style>body{{font:15px/1.6 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}}
table{{border-collapse:collapse;width:100%}}td,th{{text-align:left;padding:.3rem .6rem;
border-bottom:1px solid #ddd}}</style>
<h1>示例客户系统 · sample CRM</h1><h2>客户 · customers</h2>
<table><tr><th>编号 · id<th>姓名 · name<th>号码 · numbers<th>等级 · level<th>标签 · tags</tr>
{people}</table>
<h2>收到的事件 · events received</h2>
<table><tr><th>时间 · time<th>事件 · event<th>来电 · caller<th>座席 · agent</tr>{events}</table>
"""


def make_app(secret: str) -> web.Application:
    """Make the site; hooks are believed when signed with this secret."""
    app = web.Application(client_max_size=64 * 1024)
    app[RECEIVED] = deque(maxlen=REMEMBERED)
    app[SECRET] = secret
    app.router.add_get("/", _home)
    app.router.add_get("/customers", _who)
    app.router.add_get("/customers/{id}", _customer)
    app.router.add_post("/hooks", _hook)
    app.router.add_get("/received", _received)
    add_shop(app)
    return app


async def serve(port: int, secret: str) -> web.AppRunner:
    """Serve on loopback, 0 = any free port (`runner.addresses`); `runner.cleanup()` stops it."""
    runner = web.AppRunner(make_app(secret), access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    return runner


async def _who(request: web.Request) -> web.Response:
    person = BY_PHONE.get(request.query.get("number", ""))
    if person is None:
        raise web.HTTPNotFound(text="{}", content_type="application/json")
    page = f"{request.scheme}://{request.host}/customers/{person.id}"
    return web.json_response(person.as_answer(page))


async def _hook(request: web.Request) -> web.Response:
    body = await request.read()
    if not is_genuine(request.app[SECRET], request.headers, body, time.time()):
        raise web.HTTPUnauthorized(text="the signature is not ours")
    known = {each["id"] for each in request.app[RECEIVED]}
    message = request.headers["webhook-id"]
    if message not in known:  # the same message may come twice
        request.app[RECEIVED].append({"id": message, **json.loads(body)})
    return web.Response(status=204)


async def _received(request: web.Request) -> web.Response:
    received = request.app[RECEIVED]
    return web.json_response(list(received))


async def _home(request: web.Request) -> web.Response:
    people = "".join(_row(_link(each), *_texts(each)) for each in PEOPLE)
    received = request.app[RECEIVED]
    events = "".join(_row(*_event(each)) for each in reversed(received))
    text = _PAGE.format(people=people, events=events)
    return web.Response(text=text, content_type="text/html")


async def _customer(request: web.Request) -> web.Response:
    person = BY_ID.get(request.match_info["id"])
    if person is None:
        raise web.HTTPNotFound
    facts = "".join(_row(escape(str(k)), escape(str(v))) for k, v in person.fields.items())
    title = escape(f"{person.name} {person.level}")
    page = f'<!doctype html><html lang="zh-CN"><meta charset="utf-8"><title>{title}</title>'
    text = f'{page}<h1>{title}</h1><table>{facts}</table><p><a href="/">全部 · all</a>'
    return web.Response(text=text, content_type="text/html")


def _row(*cells: str) -> str:
    return "<tr>" + "".join(f"<td>{cell}" for cell in cells) + "</tr>"


def _link(person: Person) -> str:
    return f'<a href="/customers/{person.id}">{person.id}</a>'


def _texts(person: Person) -> list[str]:
    texts = (person.name, ", ".join(person.phones), person.level, ", ".join(person.tags))
    return [escape(each) for each in texts]


def _event(event: dict[str, Any]) -> list[str]:
    data = event.get("data", {})
    texts = (event.get("timestamp"), event.get("type"), data.get("caller"), data.get("agent"))
    return [escape(str(each or "")) for each in texts]
