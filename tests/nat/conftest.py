"""The exchange behind one NAT, an agent's browser behind another, a relay between them."""

import re
import shutil
import ssl
import urllib.request
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.async_api import Browser, async_playwright

from domain.settings import load_settings
from tests.browser.conftest import FLAGS, PAGES
from tests.house.system import System, missing, until
from tests.nat.nets import FORWARD, PBX, PUBLIC, RELAY, Nets, inside, lacking

SECRET = "invented-for-this-test-only"


class HiddenSystem(System):
    """An installation on a private address: `public` is its router's, encrypted by our own CA."""

    def __init__(self, root: Path) -> None:
        super().__init__(root)
        self.secret_file = root / "turn.secret"
        self.secret_file.write_text(SECRET)
        text = _set(self.file.read_text(), "web", 'host = "0.0.0.0"', 'tls = "local-ca"')
        text = _set(text, "sip", 'host = "0.0.0.0"')
        text = _set(text, "media", f'public_address = "{PUBLIC}"')
        urls = ", ".join(f'"turn:{RELAY}:3478?transport={kind}"' for kind in ("udp", "tcp"))
        text += f'[turn]\nurls = [{urls}]\nsecret_file = "{self.secret_file}"\nttl_s = 3600\n'
        self.file.write_text(text)
        self.settings = load_settings(self.file, {})

    @property
    def url(self) -> str:
        """Give the address of the pages inside."""
        return f"https://{PBX}:{self.settings.web.port}"

    @property
    def public(self) -> str:
        """Give the address of the pages for the world."""
        return f"https://{PUBLIC}:{self.settings.web.port}"

    @property
    def sip(self) -> tuple[str, int]:
        """Test callers stand beside the exchange."""
        return "127.0.0.1", self.settings.sip.port

    def is_ready(self) -> bool:
        """Ask by https, trusting our own authority and nobody else."""
        try:
            trusting = ssl.create_default_context(cafile=str(self.data / "tls" / "ca.pem"))
            with urllib.request.urlopen(
                f"{self.url}/readyz", timeout=2, context=trusting
            ) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False


def _set(text: str, section: str, *lines: str) -> str:
    more = "\n".join(lines)
    return re.sub(rf"^\[{section}\]$", f"[{section}]\n{more}", text, flags=re.M)


@dataclass(frozen=True)
class World:
    """What a story needs: the networks and the installation in them."""

    nets: Nets
    system: HiddenSystem
    folder: Path


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Build the networks, start relay and installation, and stand beside the exchange."""
    reason = lacking()
    if reason:
        missing(reason)
    folder = tmp_path_factory.mktemp("nat")
    nets = Nets()
    try:
        nets.build()
        with inside(nets.name("pbx")):
            yield from _running(nets, folder)
    finally:
        nets.clear()


def _running(nets: Nets, folder: Path) -> Iterator[World]:
    (folder / "firm").mkdir()
    system = HiddenSystem(folder / "firm")
    ports = {"web": system.settings.web.port, "rtp": system.settings.media.rtp_ports}
    nets.filter("pnat", FORWARD % ports)
    _start_relay(nets, system, folder)
    system.prepare()
    try:
        system.start()
        yield World(nets, system, folder)
    finally:
        system.stop()


def _start_relay(nets: Nets, system: HiddenSystem, folder: Path) -> None:
    """Run coturn with the settings that we print for it, and wait until it listens."""
    made = system.yingda("turn", "config", "--pbx", PUBLIC, "--with-secret")
    assert made.returncode == 0, made.stderr
    config = folder / "turnserver.conf"
    keep = f"listening-ip={RELAY}\nrelay-ip={RELAY}\npidfile={folder}/turn.pid\n"
    text = made.stdout.replace("no-stdout-log\nsyslog\n", "log-file=stdout\n")
    config.write_text(text + keep + f"userdb={folder}/turn.db\n")
    log = folder / "turn.log"
    nets.start("inet", log, "turnserver", "-c", str(config))
    until(lambda: f"{RELAY}:3478" in nets.run("inet", "ss", "-lnt"), 20, f"coturn, see {log}")


@pytest.fixture
async def chromium(world: World) -> AsyncIterator[Browser]:
    """Give a Chromium in the agent's home; its microphone is a beep each half second."""
    path = shutil.which("chromium") or shutil.which("chromium-browser") or ""
    if not path:
        missing("no chromium: apt-get install chromium")
    if not PAGES.exists():
        missing(f"no pages in {PAGES.parent}: make dev")
    start = world.nets.wrapper("home", path, world.folder)
    async with async_playwright() as play:
        browser = await play.chromium.launch(executable_path=start, args=FLAGS)
        yield browser
        await browser.close()
