"""The web process's main: open the parts, listen, and leave in order when asked to."""

import asyncio
import contextlib
import logging
import os
import signal
import ssl
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from aiohttp import web

from domain.clock import Clock, real_clock
from domain.errors import Refused, Unavailable, YingdaError
from domain.settings import FILE, Settings, load_settings
from office import Passwords, People, Publisher, Sessions
from outside.shown import fault
from store import open_database
from store.logs import begin
from switchboard.flows import check_flow
from switchboard.speaking import Speaking
from web import tls
from web.app import build, build_for_phones
from web.aside import sweep
from web.config import ConfigFile
from web.engine import EngineLink
from web.errors import heed_memory
from web.world import ALARMS, World

log = logging.getLogger("yingda.web")

LEAVE_S = 3.0
"""How long open requests may take to end."""
EXACT_S = 3600.0
"""Timers up to this long keep their moment; none of a socket is longer."""
SWEEP_S = 600.0
FOLLOW_S = 60.0


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
            publisher=Publisher(
                db,
                check_flow,
                snapshot,
                {t.name: t.called_sources for t in settings.trunks},
                Speaking(settings).ready,
            ),
        )
    finally:
        await db.close()


async def serve(settings: Settings) -> None:
    """Serve pages and API until SIGTERM or SIGINT."""
    leave = asyncio.Event()
    loop = asyncio.get_running_loop()
    heed_memory(logging.getLogger().handlers)
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, leave.set)
    await asyncio.to_thread(sweep, settings.data)
    async with opened(settings, real_clock()) as world:
        app = build(world)
        runner = runner_of(app)
        plain = web.AppRunner(build_for_phones(world), access_log=None, handle_signals=False)
        await runner.setup()
        watching = asyncio.create_task(app[ALARMS].run(), name="alarms")
        try:
            secure = await _listen(runner, settings)
            if settings.web.phones_port:
                await _listen_for_phones(plain, world)
            beside = [_sweep(world, leave)]
            if secure is not None:
                beside.append(_follow(tls.Follower(secure, settings), leave))
            await asyncio.gather(leave.wait(), *beside, return_exceptions=True)
        finally:
            watching.cancel()
            await asyncio.gather(watching, return_exceptions=True)
            await plain.cleanup()
            await runner.cleanup()


def runner_of(app: web.Application) -> web.AppRunner:
    """Make what serves pages and their sockets, each timer at its own moment.

    By itself aiohttp moves timers of over 5 s to whole seconds: pages opened in the same seconds
    were all pinged in one instant, and a pop had to wait for them.
    """
    return web.AppRunner(
        app,
        access_log=None,
        shutdown_timeout=LEAVE_S,
        handle_signals=False,
        timeout_ceil_threshold=EXACT_S,
    )


async def _listen_for_phones(runner: web.AppRunner, world: World) -> None:
    await runner.setup()
    host, port = world.settings.web.host, world.settings.web.phones_port
    try:
        await web.TCPSite(runner, host, port).start()
    except OSError as error:
        text = f"cannot listen on {host}:{port}: {error.strerror or error}"
        raise Unavailable(f"{text}; choose another web.phones_port in {FILE}") from error
    log.info("files of desk phones on http://%s:%s/phones/", host, port)


async def _listen(runner: web.AppRunner, settings: Settings) -> ssl.SSLContext | None:
    now = tls.today()
    secure = tls.context(settings, now)
    wrong = fault(settings, now)
    if wrong is not None:
        log.warning("%s · %s", wrong.zh, wrong.en)
    host, port = settings.web.host, settings.web.port
    try:
        await web.TCPSite(runner, host, port, ssl_context=secure, backlog=1024).start()
    except OSError as error:
        text = f"cannot listen on {host}:{port}: {error.strerror or error}"
        raise Unavailable(f"{text}; choose another web.port in {FILE}") from error
    log.info("pages on %s://%s:%s/", "https" if secure else "http", host, port)
    if settings.web.tls == "local-ca":
        ca = settings.data / "tls" / "ca.pem"
        log.info("install this authority on the desks once: %s, or open /trust there", ca)
    return secure


async def _passed(leave: asyncio.Event, seconds: float) -> bool:
    """Wait, less if we are to leave; tells whether to go on."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await leave.wait()
    return not leave.is_set()


async def _follow(follower: tls.Follower, leave: asyncio.Event) -> None:
    """Show a renewed certificate without a restart; a broken one is said once, the old one stays.

    Reading is a matter of milliseconds, once a day.
    """
    while await _passed(leave, FOLLOW_S):
        try:
            if follower.look(tls.today()):
                log.info("the certificate was read again")
        except (Refused, OSError) as error:
            log.error("the new certificate is not used: %s", error)


async def _sweep(world: World, leave: asyncio.Event) -> None:
    """Delete sessions that ended by themselves, now and then.

    It is never cancelled: what is asked of SQLite and cut short in the middle never ends.
    """
    going_on = True
    while going_on:
        with contextlib.suppress(YingdaError):
            await world.sessions.sweep()
        going_on = await _passed(leave, SWEEP_S)


def main() -> int:
    """Run the web process by `yingda.toml` of the working folder and the environment."""
    begin(os.environ, "web", "INFO")
    try:
        asyncio.run(serve(load_settings(Path(FILE), os.environ)))
    except Refused as error:
        print(error, file=sys.stderr)
        return 2
    except YingdaError as error:
        print(error, file=sys.stderr)
        return 1
    return 0
