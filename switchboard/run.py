"""`yingda run`: everything under one supervisor in the foreground, from an empty folder on.

Database, configuration, logins, Asterisk, engine, web, the demo's sample CRM. What is in the way
(a taken port, a missing Asterisk) is named before anything starts.
"""

import asyncio
import contextlib
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from domain.errors import Conflict, PbxUnavailable, YingdaError
from domain.settings import Settings
from office import Config, first_run
from office.first import login_lines
from pbx.asterisk import PrivateAsterisk, check_ports
from pbx.belonging import read_joined
from pbx.install import find_asterisk, too_old
from pbx.render_trunk import own_ports
from pbx.sockets import listeners, open_to_others
from store.logs import turn_over
from switchboard.draining import forget as forget_drain
from switchboard.installation import (
    Installation,
    any_asterisk,
    node_token,
    prepare,
    write_asterisk,
)
from switchboard.joining import still_joined
from switchboard.memory import FIRST, SOON, most_of_pages
from switchboard.republish import OF_A_VERSION, load, republish
from switchboard.supervise import Part, Supervisor
from switchboard.systemd import keep_told

ANY_HOST = "0.0.0.0"  # noqa: S104  # compared with, not bound
LOGINS = "first-run-logins.txt"
PID_FILE = Path("run") / "yingda.pid"
PROC = Path("/proc/net")
AGAIN_S = 1.0
"""After so long an Asterisk that could not be started again is tried once more."""
TRACER_S = 10.0
"""How long Asterisk's start waits for the tracer: its first registrations should be seen."""
LOGS_S = 10.0
"""How often Asterisk's logs are looked at."""
ANEW, NEWER = signal.SIGUSR1, signal.SIGUSR2
"""End all and start it anew; the same, but leave Asterisk and whoever talks there."""
PBX_PORTS = ("sip.port", "sip.tls_port", "ports.ami", "ports.asterisk_http")


@dataclass(frozen=True, slots=True)
class Options:
    """What `yingda run` is told: use an Asterisk that is there, where the demo's texts lie."""

    with_pbx: bool
    demo: Path
    env_file: str
    say: Callable[[str], None]


@dataclass(slots=True)
class Wish:
    """What a person asked of the supervisor while it ran."""

    again: bool = False
    leave_pbx: bool = False


async def run(installation: Installation, options: Options) -> bool:
    """Start everything, say where to look and what to dial, and keep it running.

    True = somebody asked for all of it to be started anew, by the version that is on the disk then.
    """
    forget_drain(installation.data / "run")
    if options.with_pbx and (joined := read_joined(installation.data)):
        raise Conflict(f"joined to {joined.into}: yingda run --no-pbx, or yingda pbx join --remove")
    pbx = _asterisk(installation.settings, installation.data) if options.with_pbx else None
    _check_own_ports(installation.settings)
    config = await prepare(installation, options.demo)
    logins = installation.data / LOGINS
    made = await first_run(installation.people(), config, logins)
    async with _listening(installation, options):
        return await _run(installation, config, pbx, options, login_lines(made) if made else "")


async def _run(
    installation: Installation,
    config: Config,
    pbx: PrivateAsterisk | None,
    options: Options,
    logins: str,
) -> bool:
    if pbx is not None:
        await _start_pbx(installation, config, pbx, options.say)
    else:
        await _point_to_pbx(installation, config, options.say)
    options.say(_welcome(installation, config))
    if logins:
        options.say(logins + f"({installation.data / LOGINS})")
    await installation.database.close()
    wish = Wish()
    try:
        await _keep(installation, config, pbx, options, wish)
        return wish.again
    finally:
        if pbx is not None and not wish.leave_pbx:
            await pbx.stop()
            options.say("Asterisk 已停止 · stopped")


def _asterisk(settings: Settings, data: Path) -> PrivateAsterisk:
    if wrong := too_old(find_asterisk(data).binary):
        raise PbxUnavailable(f"{wrong}; mend: rm -r var/asterisk var/stamps; make dev")
    ports = {name: at for name, at in settings.taken_ports.items() if name in PBX_PORTS}
    run = data / "run" / "asterisk"
    return PrivateAsterisk(find_asterisk(data).binary, run, ports, own_ports(settings))


def _check_own_ports(settings: Settings) -> None:
    own = {name: at for name, at in settings.taken_ports.items() if name not in PBX_PORTS}
    check_ports(own)


async def _start_pbx(
    installation: Installation, config: Config, pbx: PrivateAsterisk, say: Callable[[str], None]
) -> None:
    fresh = not pbx.running_pid()
    token = node_token(installation, fresh=fresh)
    changed = write_asterisk(installation, config, token)
    await pbx.start()
    if wide := open_doors(installation.settings):
        await pbx.stop()
        raise Conflict(f"open to other machines, so Asterisk was stopped: {', '.join(wide)}")
    say(f"Asterisk {'已启动 · started' if fresh else '已接管 · adopted'} (pid {pbx.pid})")
    if not fresh:
        await _take_up(installation, changed, say)


async def _take_up(
    installation: Installation, changed: Sequence[str], say: Callable[[str], None]
) -> None:
    """Let an Asterisk that runs already read what this version, or a setting, has changed."""
    await load(installation, changed, OF_A_VERSION)
    if later := [name for name in changed if name not in OF_A_VERSION]:
        say(f"重启后才生效 · only after yingda restart: {', '.join(later)}")


def open_doors(settings: Settings, proc: Path = PROC) -> list[str]:
    """Name the ports between Asterisk and us that other machines reach: none, or it is stopped."""
    inner = {settings.ports.ami: "AMI", settings.ports.asterisk_http: "Asterisk http"}
    tables = [proc / name for name in ("tcp", "tcp6") if (proc / name).exists()]
    found = [each for table in tables for each in listeners(table.read_text())]
    return open_to_others(found, inner)


async def _point_to_pbx(
    installation: Installation, config: Config, say: Callable[[str], None]
) -> None:
    """Without an Asterisk of ours: write what it must load and say how to start it."""
    if joined := read_joined(installation.data):
        say(still_joined(joined))
        await republish(installation, config)
        return
    changed = write_asterisk(installation, config, node_token(installation, fresh=False))
    if _is_open("127.0.0.1", installation.settings.ports.ami):
        await _take_up(installation, changed, say)
        return
    etc = installation.data / "run" / "asterisk" / "etc" / "asterisk.conf"
    binary = any_asterisk(installation.data).binary
    if wrong := too_old(binary):
        say(f"警告 · warning: {wrong}")
    say(f"请另行启动 Asterisk · start Asterisk yourself: {binary} -f -C {etc}")


async def _keep(
    installation: Installation,
    config: Config,
    pbx: PrivateAsterisk | None,
    options: Options,
    wish: Wish,
) -> None:
    supervisor = Supervisor(_parts(installation, options), options.say)
    beside = [asyncio.create_task(keep_told(lambda: _answers(installation), os.environ))]
    logs = installation.data / "run" / "asterisk" / "log"
    beside.append(asyncio.create_task(_keep_small(logs)))
    if pbx is not None:
        beside.append(asyncio.create_task(_keep_pbx(installation, config, pbx, options.say)))
    try:
        with _hearing(installation.data / PID_FILE, supervisor, wish):
            await supervisor.run()
    finally:
        for task in beside:
            task.cancel()
        await asyncio.gather(*beside, return_exceptions=True)


@contextlib.contextmanager
def _hearing(file: Path, supervisor: Supervisor, wish: Wish) -> Iterator[None]:
    """Leave our pid where `yingda restart` finds it; hear ANEW and NEWER.

    Under systemd we only end: its Restart=always is the one that starts us.
    """

    def asked(leave_pbx: bool) -> None:
        wish.leave_pbx = leave_pbx
        wish.again = not os.environ.get("NOTIFY_SOCKET")
        supervisor.stop()

    loop = asyncio.get_running_loop()
    loop.add_signal_handler(ANEW, asked, False)
    loop.add_signal_handler(NEWER, asked, True)
    file.write_text(f"{os.getpid()}\n")
    try:
        yield
    finally:
        file.unlink(missing_ok=True)
        # a second wish while we stop must not end us halfway
        for sign in (ANEW, NEWER):
            loop.add_signal_handler(sign, lambda: None)


def _answers(installation: Installation) -> bool:
    """Tell whether the engine beats and the pages' port is open."""
    web = installation.settings.web
    host = "127.0.0.1" if web.host == ANY_HOST else web.host
    return (installation.data / "run" / "engine.beat").exists() and _is_open(host, web.port)


def _is_open(host: str, port: int) -> bool:
    try:
        with socket.create_connection((host, port), 0.2):
            return True
    except OSError:
        return False


async def _keep_small(logs: Path) -> None:
    """Turn Asterisk's logs over when a flood has made them large: it never does by itself."""
    while True:
        for file in await asyncio.to_thread(lambda: sorted(logs.glob("*.log"))):
            await asyncio.to_thread(turn_over, file)
        await asyncio.sleep(LOGS_S)


async def _keep_pbx(
    installation: Installation, config: Config, pbx: PrivateAsterisk, say: Callable[[str], None]
) -> None:
    """Start Asterisk again when it ends by itself."""
    while True:
        await pbx.wait()
        say("Asterisk 意外退出,正在重新启动 · ended, it is started again")
        while not await _started_again(installation, config, pbx, say):  # noqa: ASYNC110
            await asyncio.sleep(AGAIN_S)


async def _started_again(
    installation: Installation, config: Config, pbx: PrivateAsterisk, say: Callable[[str], None]
) -> bool:
    """Start Asterisk; what keeps it from starting now may be gone in a moment."""
    try:
        await _start_pbx(installation, config, pbx, say)
    except (YingdaError, OSError) as error:
        say(f"Asterisk 未能启动 · could not be started: {error}")
        return False
    return True


@contextlib.asynccontextmanager
async def _listening(installation: Installation, options: Options) -> AsyncIterator[None]:
    """Keep the tracer running around everything; without it all else goes on."""
    if not installation.settings.ports.hep:
        yield
        return
    beat = installation.data / "run" / "tracer.beat"
    beat.parent.mkdir(parents=True, exist_ok=True)
    argv = [sys.executable, "-m", "server", "--settings", options.env_file, "tracer"]
    tracer = Part("tracer", argv, beat, vital=False, score=SOON)
    supervisor = Supervisor([tracer], options.say, signals=False)
    beat.unlink(missing_ok=True)
    keeping = asyncio.create_task(supervisor.run())
    try:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(TRACER_S):
                while not beat.exists() and not keeping.done():  # noqa: ASYNC110
                    await asyncio.sleep(0.05)
        yield
    finally:
        supervisor.stop()
        await keeping


def _parts(installation: Installation, options: Options) -> Sequence[Part]:
    beat = installation.data / "run" / "engine.beat"
    beat.parent.mkdir(parents=True, exist_ok=True)
    own = [sys.executable, "-m", "server", "--settings", options.env_file]
    pages = Part("web", [*own, "web"], score=FIRST, most_bytes=most_of_pages())
    parts = [Part("engine", [*own, "engine"], beat, kept_ready=True), pages]
    if options.with_pbx and installation.settings.sip.ban_after:
        parts.append(Part("guard", [*own, "guard"], vital=False, score=SOON))
    if installation.settings.demo.crm_port:
        parts.append(Part("sample CRM", [*own, "sample-crm"], score=SOON))
    return parts


def _welcome(installation: Installation, config: Config) -> str:
    settings = installation.settings
    scheme = "http" if settings.web.tls == "off" else "https"
    where = f"{scheme}://{_shown(settings.web.host)}:{settings.web.port}/"
    numbers = [agent.number for agent in config.agents]
    keys = installation.secrets([f"a{number}" for number in numbers])
    phones = "\n".join(
        f"  a{number}  {keys[f'a{number}']}  (座席 {number} · agent)" for number in numbers
    )
    dial = "\n".join(f"  {each.number}  {each.name}" for each in config.hotlines)
    return f"""
应答 Yingda
网页 · pages            {where}
SIP                     {_shown(settings.sip.host)}:{settings.sip.port} (UDP, TCP)
SIP 话机 · phones (user, password):
{phones}
拨打 · dial:
{dial}
试一通 · try: yingda call {config.hotlines[0].number} --keys 1
{_reach(settings)}Ctrl-C 停止 · stops everything
"""


def _shown(host: str) -> str:
    """Give the address that others reach us at; nothing is sent to find it."""
    if host != ANY_HOST:
        return host
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))
        except OSError:
            return socket.gethostname()
        return str(probe.getsockname()[0])


def _reach(settings: Settings) -> str:
    host = settings.web.host
    if host in ("127.0.0.1", "localhost", "::1"):
        return "只能从本机访问;其他电脑请用 --lan · only from this machine; --lan for others\n"
    if settings.web.tls == "off":
        return (
            "警告:没有 TLS,浏览器在其他电脑上不给麦克风,软电话不能用 · "
            "without TLS browsers on other machines give no microphone\n"
        )
    if settings.web.tls == "local-ca":
        return (
            "每台电脑先打开上面的网址加 trust,用 yingda cert status 核对指纹后安装证书 · "
            "on every desk open that address with trust behind it and install the certificate\n"
        )
    return ""
