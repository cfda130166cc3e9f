"""A running installation whose engine speaks with Asterisk through proxies that lie.

Asterisk listens where it did; the settings file names the proxy for the AMI, and the dialplan's
AGI_URL the one for FastAGI, so nothing of the product knows of them.
"""

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from tests.house.ami import Ami
from tests.house.proxy import Proxy
from tests.house.scene import soon
from tests.house.system import Refusal, System

BACK_S = 120.0


class Wires:
    """The two proxies, and what the engine says of its link; make it with `wires_of`."""

    def __init__(self, system: System, seed: int = 0) -> None:
        self.system = system
        ports = system.settings.ports
        self.ami, self.agi = Proxy(ports.ami, seed), Proxy(ports.agi, seed)
        self.ami.up.messages = self.ami.down.messages = True
        self._text = system.file.read_text()

    async def open(self) -> None:
        """Begin to stand between them: the engine is killed and comes back through us."""
        await self.ami.open()
        await self.agi.open()
        old = f"ami = {self.system.settings.ports.ami}\n"
        self.system.file.write_text(self._text.replace(old, f"ami = {self.ami.port}\n"))
        await self._engine_anew()
        await self.lead_agi(self.agi.port)

    async def close(self) -> None:
        """Leave the installation as it was found."""
        self.system.file.write_text(self._text)
        await self.lead_agi(self.system.settings.ports.agi)
        await self._engine_anew()
        await self.ami.close()
        await self.agi.close()

    async def lead_agi(self, port: int) -> None:
        """Let the dialplan ask at this port."""
        url = f"agi://127.0.0.1:{port}/{self.system.secrets['agi-token']}"
        secret = self.system.secrets["ami-engine"]
        ami = await Ami.login(self.system.settings.ports.ami, "engine", secret, "off")
        try:
            assert "Success" in await ami.ask("Setvar", Variable="AGI_URL", Value=url)
        finally:
            ami.close()

    async def _engine_anew(self) -> None:
        before = await asyncio.to_thread(self.health)
        with suppress(ProcessLookupError):
            os.kill(self.system.pid_of("engine"), signal.SIGKILL)

        def is_back() -> bool:
            now = self.health()
            return bool(now.get("pbx")) and now["epoch"] > before.get("epoch", 0)

        await soon(is_back, BACK_S, "the engine is back")
        await soon(self.system.is_ready, BACK_S, "everything is back")

    def health(self) -> dict[str, object]:
        """Ask the engine how it is; nothing while it is not there."""
        try:
            return self.system.ask("health")
        except (OSError, ValueError, Refusal):
            return {}

    def is_up(self) -> bool:
        """Tell whether the board shows the link, and the engine can act."""
        return bool(self.system.board()["pbx"]["up"]) and bool(self.health().get("pbx"))

    def is_away(self) -> bool:
        """Tell whether the board says honestly that the link is away."""
        return not self.system.board()["pbx"]["up"]

    async def cut(self, reset: bool = False) -> float:
        """Cut both AMI links; gives the seconds until both pictures were compared again."""
        came, began = self.ami.came, asyncio.get_running_loop().time()
        self.ami.cut(reset)
        await self.joined(came)
        return asyncio.get_running_loop().time() - began

    async def joined(self, came: int) -> None:
        """Wait until the engine's links are there again after `came` connections."""
        await soon(lambda: self.ami.came >= came + 2 and self.is_up(), BACK_S, "joined again")

    async def half_open(self) -> float:
        """Swallow everything both ways; gives the seconds until the board said so."""
        came, began = self.ami.came, asyncio.get_running_loop().time()
        self.ami.up.swallows = self.ami.down.swallows = True
        await soon(self.is_away, BACK_S, "the silence is noticed")
        noticed = asyncio.get_running_loop().time() - began
        self.ami.honest()
        self.ami.cut()
        await self.joined(came)
        return noticed

    async def stall(self, seconds: float) -> None:
        """Let nothing of Asterisk's through for some time, and then all of it."""
        self.ami.down.stalled.set()
        await asyncio.sleep(seconds)
        self.ami.honest()


@asynccontextmanager
async def wires_of(system: System, seed: int = 0) -> AsyncIterator[Wires]:
    """Stand between an installation's engine and its Asterisk for some time."""
    wires = Wires(system, seed)
    try:
        await wires.open()
        yield wires
    finally:
        await wires.close()
