"""A real web process's application on a real database; only the engine's end is spoken by hand."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from aiohttp import CookieJar, web
from aiohttp.test_utils import TestClient, TestServer
from argon2 import PasswordHasher

import cdr.rows  # noqa: F401
import office.rows  # noqa: F401
from domain.clock import Clock, real_clock
from domain.settings import parse_settings
from office import Passwords, People, Publisher, Request, Sessions
from office.folder import read_files
from office.keys import NewKey
from office.people import NewPerson
from office.roles import SCOPES
from store import Base, open_database
from web import build
from web.config import ConfigFile
from web.engine import EngineLink
from web.serve import check_flow
from web.world import World

DEMO = Path(__file__).parents[2] / "demo" / "config"
ROLES = ("agent", "supervisor", "manager", "admin", "qa", "auditor", "api")


async def until(wanted: Callable[[], Any], within_s: float = 30.0) -> Any:
    """Wait until something is true, and give it."""
    async with asyncio.timeout(within_s):
        while not (found := wanted()):  # noqa: ASYNC110
            await asyncio.sleep(0.005)
        return found


@dataclass
class EngineEnd:
    """The other end of the engine's socket, speaking the contract's JSON lines."""

    path: Path
    board: dict[str, Any]
    asked: list[dict[str, Any]] = field(default_factory=list)
    answers: dict[str, Any] = field(default_factory=lambda: {"drain": {"on": False, "left": 0}})
    silent: bool = False
    seq: int = 0
    writers: list[asyncio.StreamWriter] = field(default_factory=list)
    server: asyncio.Server | None = None

    async def open(self) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self.path.unlink(missing_ok=True)
        self.server = await asyncio.start_unix_server(self._serve, str(self.path))

    async def close(self) -> None:
        if self.server:
            self.server.close()
        for writer in self.writers:
            writer.close()
        self.writers.clear()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.writers.append(writer)
        self.tell("board.snapshot", self.board)
        while line := await reader.readline():
            wish = json.loads(line)
            self.asked.append(wish)
            if self.silent:
                continue
            answer = self.answers.get(wish["do"], {})
            key = "error" if "code" in answer else "ok"
            writer.write(json.dumps({"id": wish["id"], key: answer}).encode() + b"\n")

    def tell(self, ev: str, data: Any, agent: str = "") -> None:
        self.seq += 1
        message = {"ev": ev, "seq": self.seq, "ts": 1_795_311_000_000, "data": data}
        if agent:
            message["agent"] = agent
        for writer in self.writers:
            writer.write(json.dumps(message, ensure_ascii=False).encode() + b"\n")


def group_row(name: str) -> dict[str, Any]:
    """Give a group as the engine tells it."""
    counts = ("waiting", "ready", "ringing", "talking", "wrapping", "on_break", "signed_in")
    today = dict.fromkeys(("entered", "answered", "abandoned", "within"), 0)
    return {"id": name, "name": name, "longest_since": None, "today": today} | dict.fromkeys(
        counts, 0
    )


def agent_row(number: str, *groups: str, **more: Any) -> dict[str, Any]:
    """Give an agent as the engine tells it."""
    row = {"number": number, "name": number, "site": "chengdu", "groups": list(groups)}
    state = {"state": "ready", "reason": "", "since": 1, "until": None, "phone": "browser"}
    rest = {"reachable": True, "call": None, "presence": "ready"}
    return row | state | rest | {"today": {"answered": 1, "missed": 0, "talk_s": 5}} | more


def call_row(call: str, group: str | None, **more: Any) -> dict[str, Any]:
    """Give a live call as the engine tells it, its number in full."""
    names = {"hotline": "4008000001", "hotline_name": "客户服务热线", "brand": "yunshan"}
    row = {"call": call, "caller": "13800138000", "state": "waiting", "group": group}
    rest = {"agent": None, "since": 1, "entered": 1, "place": 1, "intent": ""}
    return names | row | rest | more


def card(call: str, agent: str) -> dict[str, Any]:
    """Give a screen-pop as the engine tells it."""
    where = {"hotline": "4008000001", "hotline_name": "客户服务热线", "brand": "yunshan"}
    group = {"group": "presale", "group_name": "售前咨询"}
    who = {"caller": "13800138000", "caller_place": "", "customer": None}
    rest = {"customer_status": "pending", "ivr": [], "waited_s": 3.0, "offered": 1, "ring_s": 20}
    more = {"nth_48h": 1, "last_agent": "", "state": "offered"}
    return {"call": call, "offer": 7, "agent": agent} | where | group | who | rest | more


def board() -> dict[str, Any]:
    """Give a small floor."""
    return {
        "pbx": {"up": True, "since": 1},
        "groups": [group_row("presale"), group_row("vip"), group_row("partner")],
        "agents": [agent_row("8001", "presale", "vip"), agent_row("8006", "partner")],
        "calls": [call_row("C1", "presale"), call_row("C2", "partner")],
    }


@pytest.fixture
async def engine_end(tmp_path: Path) -> AsyncIterator[EngineEnd]:
    """Open the engine's end of the socket."""
    end = EngineEnd(tmp_path / "run" / "engine.sock", board())
    await end.open()
    yield end
    await end.close()


@dataclass
class SipPeer:
    """Asterisk's WebSocket end: notes what comes and sends it back as it came."""

    port: int = 0
    frames: list[Any] = field(default_factory=list)
    protocols: list[str | None] = field(default_factory=list)
    sockets: list[web.WebSocketResponse] = field(default_factory=list)

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """Carry one socket."""
        socket = web.WebSocketResponse(protocols=("sip",))
        await socket.prepare(request)
        self.sockets.append(socket)
        self.protocols.append(socket.ws_protocol)
        async for message in socket:
            self.frames.append(message.data)
            send = socket.send_str if isinstance(message.data, str) else socket.send_bytes
            await send(message.data)
        return socket


@pytest.fixture
async def sip_peer() -> AsyncIterator[SipPeer]:
    """Serve Asterisk's end on a free port."""
    peer, app = SipPeer(), web.Application()
    app.router.add_get("/ws", peer.serve)
    server = TestServer(app)
    await server.start_server()
    peer.port = server.port or 0
    yield peer
    await server.close()


@dataclass
class Firm:
    """The world of the tests and the made passwords by login."""

    world: World
    passwords: dict[str, str]


@pytest.fixture
async def firm(tmp_path: Path, sip_peer: SipPeer) -> AsyncIterator[Firm]:
    """Set the demo firm up in a fresh SQLite database."""
    clock: Clock = real_clock()
    text = f'[paths]\ndata = "{tmp_path}"\n[ports]\nasterisk_http = {sip_peer.port}\n'
    settings = parse_settings(text, {})
    db = open_database(settings.database_url)
    async with db.write() as connection:
        await connection.run_sync(Base.metadata.create_all)
    cheap = Passwords(PasswordHasher(time_cost=1, memory_cost=64, parallelism=1))
    people = People(db, clock, cheap)
    snapshot = tmp_path / "config" / "current.json"
    publisher = Publisher(db, check_flow, snapshot)
    published = await publisher.publish(read_files(DEMO), Request("test", "demo", 1))
    made = await people.first_run((one.number, one.name) for one in published.config.agents)
    world = World(
        settings=settings,
        db=db,
        engine=EngineLink(tmp_path / "run" / "engine.sock", answer_s=3),
        clock=clock,
        config=ConfigFile(snapshot),
        people=people,
        sessions=Sessions(db, clock, cheap),
        publisher=publisher,
    )
    passwords = {login.login: login.password for login in made}
    for role in ("qa", "auditor"):
        first = await people.add(NewPerson(role, role, role), "admin")
        passwords[role] = f"of the {role} 4711"
        who = (await people.find(role)).id
        await people.change_password(who, first.password, passwords[role])
    yield Firm(world, passwords)
    await db.close()


Visitor = TestClient[web.Request, web.Application]


@pytest.fixture
async def server(firm: Firm, engine_end: EngineEnd) -> AsyncIterator[TestServer]:
    """Serve the application on loopback, joined to the engine's end."""
    server = TestServer(build(firm.world))
    await server.start_server()
    await until(lambda: firm.world.engine.floor.told)
    yield server
    await server.close()


@dataclass
class Browser:
    """One browser: its cookies, and the CSRF word of its page; or a machine with its key."""

    client: Visitor
    csrf: str = ""
    key: str = ""

    async def ask(self, method: str, path: str, body: Any = None, **more: Any) -> tuple[int, Any]:
        """Send a request as the page does; gives status and JSON."""
        own = {"Authorization": f"Bearer {self.key}"} if self.key else {"X-CSRF": self.csrf}
        headers = own | more.pop("headers", {})
        async with self.client.request(
            method, path, json=body, headers=headers, allow_redirects=False, **more
        ) as response:
            kind = response.content_type
            data = await response.json() if kind == "application/json" else await response.read()
            return response.status, data

    @property
    def origin(self) -> str:
        """Name the page's origin."""
        return str(self.client.make_url("/")).rstrip("/")


Enter = Callable[[str], Awaitable[Browser]]


@pytest.fixture
async def enter(server: TestServer, firm: Firm) -> AsyncIterator[Enter]:
    """Open a browser and sign in as a login; "" stays outside, "api" is a machine with a key."""
    opened: list[Visitor] = []

    async def browser(login: str) -> Browser:
        client: Visitor = TestClient(server, cookie_jar=CookieJar(unsafe=True))
        opened.append(client)
        page = Browser(client)
        if login == "api":
            _, page.key = await firm.world.api_keys.make(NewKey("crm", tuple(SCOPES)), "admin")
        elif login:
            given = {"login": login, "password": firm.passwords[login]}
            status, me = await page.ask("POST", "/api/v1/session", given)
            assert status == 200, me
            page.csrf = me["csrf"]
        return page

    yield browser
    for client in opened:
        await client.close()
