"""From the fact that earns a pop to the frame at the desk, over real sockets; and the wallboard.

A thousand agents at a thousand pages (another process), a real web process, and the engine's loop,
journal, board, cards, CRM lookup and door in this one; only the exchange is nobody. 50 callers a
second come to wait; the time runs from `HoldReached` being told to `call.offered` at the page. The
CRM answers at once, after 200 ms, or never. Then a thousand boards see a change each second.
"""

import asyncio
import contextlib
import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from acd import Floor
from bench.people import signed_in
from bench.processes import cpu_s
from crm import Breaker, HttpLookup, Looked, look_up
from domain import events as ev
from domain.clock import real_clock
from domain.ids import AgentId, CallId, GroupId, call_id
from domain.settings import Settings, parse_settings
from office import Config, snapshot
from office.compile import compile_config
from office.folder import read_files
from office.staff import MEMBER
from outside import GuardedHttp
from recording import FolderStorage
from store import Base, JournalFile, open_database
from switchboard.asides import Asides, Places, Spools
from switchboard.board import Board
from switchboard.cards import Cards
from switchboard.door import Door
from switchboard.flows import check_flow, known_of
from switchboard.loop import Switchboard
from switchboard.plan import Plan, plan_of
from switchboard.showing import Showing

DEMO = Path(__file__).parents[1] / "demo" / "config"
AGENTS = 1_000
RATE = 50.0
POP_S = 8.0
BOARDS_S = 10
RING_S = 1.0
BUDGET_MS = 800
CRMS = {"crm_0": 0.0, "crm_200": 0.2, "crm_hang": 3600.0}
AIMS: dict[str, tuple[str, float]] = {
    **{f"{crm}.p99_ms": ("<=", 150.0) for crm in CRMS},
    **{f"{crm}.lost": ("<=", 0.0) for crm in CRMS},
    "boards.p99_ms": ("<=", 250.0),
    "boards.web_cores": ("<=", 0.10),
    "boards.lost": ("<=", 0.0),
}


class Nobody:
    """An exchange that does nothing, an outbox that sends nothing."""

    def do(self, commands: Sequence[Any]) -> None:
        """Let every command go."""

    async def run(self) -> None:
        """Deliver nothing, until cancelled."""
        await asyncio.Event().wait()

    def wake(self, record: ev.Record) -> None:
        """Nothing is to be delivered."""


class Engine:
    """The engine's parts between a fact and the door, wired as the engine wires them."""

    ask: Callable[[str], Any]

    def __init__(self, data: Path, plan: Plan) -> None:
        self.clock, self.floor, self.cards = real_clock(), Floor(), Cards()
        self.floor.configure(plan.groups(), plan.agents())
        self.journal = JournalFile.open(data / "journal" / "journal.db", 0)
        self.board = Board(self.floor, self.clock)
        self.board.names = plan.names()
        self.loop = Switchboard(self.floor, self.journal, Nobody(), self.clock)
        self.showing = Showing(self.board, self.cards)
        self.door = Door(self.board.snapshot, _refuse, self.clock)
        places = Places(
            data / "spool", data / "recordings", lambda: "mp3", FolderStorage(data / "recordings")
        )
        ask = lambda number: self.ask(number)  # noqa: E731
        asides = Asides(self.cards, self.loop.tell, places, Spools(), ask, Nobody())
        self.loop.listeners += [self.board.tallies.count, self.cards.note, asides.note]
        self.loop.after_turn = self._tell_pages

    def _tell_pages(self, records: list[ev.Record]) -> None:
        self.door.tell("board.delta", self.board.delta(records))
        for record in records:
            for name, agent, data in self.showing.events(record):
                self.door.tell(name, data, agent)

    async def sign_in(self, agents: Sequence[str]) -> None:
        """Have everybody ready, and one old call of nobody's."""
        self.loop.tell(ev.PbxJoined(1))
        for agent in agents:
            self.loop.tell(ev.PhoneReachable(f"a{agent}"))
            self.loop.tell(ev.AgentSignedIn(AgentId(agent), "phone", f"a{agent}"))
            self.loop.tell(ev.AgentReadied(AgentId(agent)))
        await self.loop.settled()

    def arrives(self, nth: int, group: GroupId) -> CallId:
        """Have a caller wait who is offered at once, and who leaves after a second."""
        call = call_id(self.clock.utc_ms(), nth)
        self.loop.tell(ev.CallArrived(call, "4008000001", "4008000001", f"1380000{nth:04d}"))
        self.loop.tell(ev.GroupChosen(call, group))
        later = asyncio.get_running_loop().call_later
        later(RING_S, lambda: self.loop.tell(ev.CallEnded(call, 16)))
        return call


async def _refuse(do: str, args: Any) -> dict[str, Any]:
    return {}


def firm() -> Config:
    """Give the demo firm a thousand agents, each in one of its groups."""
    config = compile_config(read_files(DEMO), check_flow)
    groups = [group.id for group in config.groups]
    one = config.agents[0]
    agents = tuple(
        one.model_copy(
            update={"number": str(20_000 + nth), "groups": {groups[nth % len(groups)]: MEMBER}}
        )
        for nth in range(AGENTS)
    )
    return config.model_copy(update={"agents": agents})


async def people(settings: Settings, config: Config) -> dict[str, list[str]]:
    """Sign everybody in without a password: an agent's token, and a supervisor's, for each."""
    database, now = open_database(settings.database_url), real_clock().utc_ms()
    async with database.write() as connection:
        await connection.run_sync(Base.metadata.create_all)
    numbers = [agent.number for agent in config.agents]
    tokens = {
        role: await signed_in(database, role, numbers, now) for role in ("agent", "supervisor")
    }
    await database.close()
    return tokens


@asynccontextmanager
async def serving(file: Path, settings: Settings) -> AsyncIterator[int]:
    """Run a real web process; gives its pid once it listens."""
    env = {name: text for name, text in os.environ.items() if not name.startswith("YINGDA_")}
    command = (sys.executable, "-m", "server", "--settings", str(file), "web")
    process = await asyncio.create_subprocess_exec(*command, env=env)
    try:
        async with asyncio.timeout(60):
            while True:
                try:
                    _, writer = await asyncio.open_connection("127.0.0.1", settings.web.port)
                    writer.close()
                    break
                except OSError:
                    await asyncio.sleep(0.1)
        yield process.pid
    finally:
        process.terminate()
        await process.wait()


ELSEWHERE = ("sh", "-c", 'echo 19 >/proc/self/autogroup; exec chrt --idle 0 "$@"', "sh")
"""Runs a command in a session of its own with what nobody else wants of the CPU (sched(7))."""


class Pages:
    """A process of many pages; `elsewhere`: as if on other machines, out of everybody's way."""

    def __init__(self, port: int, tokens: Path, *, elsewhere: bool = False) -> None:
        own = (sys.executable, "-m", "bench.pop_pages", str(port), str(tokens))
        self._elsewhere, self._command = elsewhere, (*ELSEWHERE, *own) if elsewhere else own

    async def __aenter__(self) -> "Pages":
        self._process = await asyncio.create_subprocess_exec(
            *self._command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            limit=1 << 26,
            start_new_session=self._elsewhere,
        )
        assert self._process.stdout is not None
        async with asyncio.timeout(120):
            said = await self._process.stdout.readline()
        if said != b"open\n":
            raise RuntimeError("the pages could not be opened")
        return self

    async def seen(self) -> list[tuple[str, str, int]]:
        """Close every page; gives what was seen, when."""
        told, _ = await self._process.communicate(b"")
        found: list[tuple[str, str, int]] = json.loads(told)
        return found

    async def __aexit__(self, *_: object) -> None:
        if self._process.returncode is None:
            self._process.kill()
            await self._process.wait()


async def paced(times: int, rate: float, act: Callable[[int], None]) -> None:
    """Act so many times, so often a second."""
    loop = asyncio.get_running_loop()
    began = loop.time()
    for nth in range(times):
        ahead = began + nth / rate - loop.time()
        if ahead > 0:
            await asyncio.sleep(ahead)
        act(nth)


def judged(took_ms: Sequence[float], lost: int) -> dict[str, float]:
    """Give quantiles of what arrived, and what did not."""
    cuts = statistics.quantiles(took_ms, n=100, method="inclusive")
    return {"p50_ms": round(cuts[49], 1), "p99_ms": round(cuts[98], 1), "lost": lost}


async def pops(engine: Engine, web: int, nth_arm: int) -> tuple[dict[str, int], dict[str, float]]:
    """Have callers come at a rate; gives when each fact was told, and CPU ms for a pop."""
    told: dict[str, int] = {}
    groups = list(engine.floor.groups)

    def comes(nth: int) -> None:
        call = engine.arrives(nth_arm << 16 | nth, groups[nth % len(groups)])
        told[call] = time.monotonic_ns()
        engine.loop.tell(ev.HoldReached(call))

    before, mine = cpu_s(web), time.process_time()
    await paced(round(POP_S * RATE), RATE, comes)
    await asyncio.sleep(2 * RING_S)
    spent = {"web_cpu_ms": cpu_s(web) - before, "engine_cpu_ms": time.process_time() - mine}
    return told, {name: round(cost / len(told) * 1000, 2) for name, cost in spent.items()}


async def boards(engine: Engine, pages: Pages, web: int) -> dict[str, float]:
    """Tell a change each second to a thousand boards."""
    told: dict[str, int] = {}
    rows = [engine.board.agent(agent) for agent in engine.floor.agents.values()][:50]

    def changes(nth: int) -> None:
        delta = engine.board.delta([]) | {"agents": rows, "pbx": {"up": True, "since": nth + 1}}
        told[str(nth + 1)] = time.monotonic_ns()
        engine.door.tell("board.delta", delta)

    before, began = cpu_s(web), time.monotonic()
    await paced(BOARDS_S, 1.0, changes)
    await asyncio.sleep(1.0)
    used = (cpu_s(web) - before) / (time.monotonic() - began)
    seen = [(at - told[which]) / 1e6 for what, which, at in await pages.seen() if what[0] == "b"]
    return judged(seen, BOARDS_S * AGENTS - len(seen)) | {"web_cores": round(used, 3)}


@asynccontextmanager
async def crm(wait_s: float) -> AsyncIterator[Callable[[str], Any]]:
    """Serve a CRM that answers after so long; gives what the engine asks it with."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        body = b'{"id": "7", "name": "Li"}'
        head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: "
        with contextlib.suppress(asyncio.IncompleteReadError, OSError):
            while await reader.readuntil(b"\r\n\r\n"):
                await asyncio.sleep(wait_s)
                writer.write(head + str(len(body)).encode() + b"\r\n\r\n" + body)
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    http = GuardedHttp([f"127.0.0.1:{port}"])
    asked = HttpLookup(f"http://127.0.0.1:{port}/?number={{number}}", http)
    breaker = Breaker(real_clock())

    async def ask(number: str) -> Looked:
        return await look_up(asked, number, BUDGET_MS, breaker)

    try:
        yield ask
    finally:
        await http.close()
        server.close()


@asynccontextmanager
async def engine_on(data: Path, plan: Plan) -> AsyncIterator[Engine]:
    """Run the engine's parts, everybody ready."""
    engine = Engine(data, plan)
    await engine.door.open(data / "run" / "engine.sock")
    turning = asyncio.create_task(engine.loop.run())
    await engine.sign_in([agent.number for agent in plan.config.agents])
    try:
        yield engine
    finally:
        turning.cancel()
        await engine.door.close()
        engine.journal.close()


async def desks(engine: Engine, web: int, port: int, tokens: Path) -> dict[str, float]:
    """Pop at a thousand desks with each kind of CRM."""
    arms: dict[str, tuple[dict[str, int], dict[str, float]]] = {}
    async with Pages(port, tokens) as pages:
        for nth, (name, wait_s) in enumerate(CRMS.items()):
            async with crm(wait_s) as engine.ask:
                arms[name] = await pops(engine, web, nth)
        told_all = await pages.seen()
    seen = {which: at for what, which, at in told_all if what == "call.offered"}
    figures: dict[str, float] = {"pages_cut": sum(what == "cut" for what, _, _ in told_all)}
    for name, (told, spent) in arms.items():
        took = [(seen[call] - at) / 1e6 for call, at in told.items() if call in seen]
        found = judged(took, len(told) - len(took)) | spent
        figures |= {f"{name}.{key}": value for key, value in found.items()}
    return figures


async def _measured(folder: Path) -> dict[str, float]:
    config, file = firm(), folder / "yingda.toml"
    port = _free_port()
    file.write_text(f'[paths]\ndata = "{folder}/var"\n[web]\nport = {port}\n')
    settings = parse_settings(file.read_text(), {})
    plan = plan_of(config, 1, known_of(config))
    snapshot.write(config, 1, settings.data / "config" / "current.json")
    files = {role: folder / role for role in ("agent", "supervisor")}
    for role, made in (await people(settings, config)).items():
        files[role].write_text("\n".join(made))
    async with engine_on(settings.data, plan) as engine, serving(file, settings) as web:
        figures = await desks(engine, web, port, files["agent"])
        async with Pages(port, files["supervisor"]) as pages:
            found = await boards(engine, pages, web)
    return figures | {f"boards.{key}": value for key, value in found.items()}


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def measure() -> tuple[dict[str, float], dict[str, tuple[str, float]]]:
    """Measure pops with each kind of CRM, then the boards."""
    with tempfile.TemporaryDirectory(prefix="pop") as name:
        return asyncio.run(_measured(Path(name))), AIMS
