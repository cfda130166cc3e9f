"""The web process's main: open the parts, listen, and leave in order when asked to."""

import asyncio
import contextlib
import logging
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from aiohttp import web

from domain.clock import Clock, real_clock
from domain.errors import Refused, Unavailable, YingdaError
from domain.settings import FILE, Settings, load_settings
from office import Passwords, People, Publisher, Sessions
from store import open_database
from switchboard.flows import check_flow
from web import tls
from web.app import build
from web.config import ConfigFile
from web.engine import EngineLink
from web.world import World

log = logging.getLogger("yingda.web")

LEAVE_S = 3.0
"""How long open requests may take to end."""
SWEEP_S = 600.0


@asynccontextmanager
async def opened(settings: Settings, clock: Clock) -> AsyncIterator[World]:
    """Open the database and everything else a web process works with."""
    db = open_database(settings.database_url)
    snapshot = settings.data / "config" / "current.json"
    passwords = Passwords()
    try:
        yield World(
            settings=settings,
            db=db,
            engine=EngineLink(settings.data / "run" / "engine.sock"),
            clock=clock,
            config=ConfigFile(snapshot),
            people=People(db, clock, passwords),
            sessions=Sessions(db, clock, passwords),
            publisher=Publisher(db, check_flow, snapshot),
        )
    finally:
        await db.close()


async def serve(settings: Settings) -> None:
    """Serve pages and API until SIGTERM or SIGINT."""
    leave = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, leave.set)
    async with opened(settings, real_clock()) as world:
        runner = web.AppRunner(
            build(world), access_log=None, shutdown_timeout=LEAVE_S, handle_signals=False
        )
        await runner.setup()
        try:
            await _listen(runner, settings)
            sweeping = asyncio.create_task(_sweep(world))
            await leave.wait()
            sweeping.cancel()
        finally:
            await runner.cleanup()


async def _listen(runner: web.AppRunner, settings: Settings) -> None:
    secure = tls.context(settings, tls.today())
    host, port = settings.web.host, settings.web.port
    try:
        await web.TCPSite(runner, host, port, ssl_context=secure, backlog=1024).start()
    except OSError as error:
        text = f"cannot listen on {host}:{port}: {error.strerror or error}"
        raise Unavailable(f"{text}; choose another web.port in {FILE}") from error
    log.info("pages on %s://%s:%s/", "https" if secure else "http", host, port)
    if settings.web.tls == "local-ca":
        ca = settings.data / "tls" / "ca.pem"
        log.info("install this authority on the desks once: %s", ca)


async def _sweep(world: World) -> None:
    """Delete sessions that ended by themselves, now and then."""
    while True:
        with contextlib.suppress(YingdaError):
            await world.sessions.sweep()
        await asyncio.sleep(SWEEP_S)


def main() -> int:
    """Run the web process by `yingda.toml` of the working folder and the environment."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s %(message)s")
    try:
        asyncio.run(serve(load_settings(Path(FILE), os.environ)))
    except Refused as error:
        print(error, file=sys.stderr)
        return 2
    except YingdaError as error:
        print(error, file=sys.stderr)
        return 1
    return 0
