"""A running installation with every carrier on its lines, and what each story does with one."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
import ssl
import subprocess
from collections.abc import Awaitable, Callable, Iterable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import yaml

from domain import events as ev
from domain.settings import load_settings
from outside.authority import local_ca
from outside.shown import folder, hosts
from pbx.install import find_asterisk
from tests.carrier.line import Line
from tests.carrier.profiles import (
    BOUND,
    DEAD,
    GONE,
    IMS,
    MUTE,
    PROFILES,
    SECRET,
    SECRET_FILE,
    SECURE,
    TCP,
    TWIN,
    TWO_SBCS,
    WAITING,
    WAYS,
    WAYS_FLOW,
    WRONG,
    Profile,
)
from tests.carrier.sbc import Registrar, Sbc
from tests.carrier.sdp import Audio
from tests.carrier.wire import Streams
from tests.house import firm
from tests.house.firm import LANE_FLOW
from tests.house.scene import CALLER_HZ, CLEAR, Person, Scene, soon
from tests.house.sound import RATE, channels, loudest
from tests.house.system import System, free_port

AT_ONCE = 6
_people = itertools.count(1)


class House(System):
    """`yingda run` with a line to every carrier."""

    def __init__(self, root: Path) -> None:
        super().__init__(root)
        self.carrier_port = free_port()
        (root / SECRET_FILE).write_text(SECRET)
        self._tls = _theirs(root / "carriers-tls")
        ours = f'[sip]\ntls_port = {free_port()}\ntls_ca = "{root}/carriers-tls/ca.pem"'
        self.file.write_text(self.file.read_text().replace("[sip]", ours, 1))
        blocks = [each.block(self.carrier_port) for each in PROFILES]
        self.file.write_text("\n".join([self.file.read_text(), *blocks]))
        self.settings = load_settings(self.file, {})
        self.texts = _served(self.texts)
        self.config = firm.write(root / "config", self.texts)
        impu, impi = str(IMS.trunk["username"]), str(IMS.trunk["auth_user"])
        self.registrar = Registrar(impu, impi, SECRET)
        self.wrong = Registrar("057186000017", "057186000017", "another-password-on-file")
        self.sbcs = {each.host: self._sbc(each) for each in PROFILES}
        for host in (IMS.other(1), TWO_SBCS.other(1), "127.0.1.66"):
            self.sbcs[host] = Sbc(host, self.carrier_port, self.sip)

    def _wire(self, profile: Profile) -> dict[str, Any]:
        if profile is not SECURE:
            return {"wire": Streams} if profile is TCP else {}
        local_ca(folder(self.settings), hosts(self.settings), datetime.now(UTC))
        trust = ssl.create_default_context(cafile=folder(self.settings) / "ca.pem")
        return {"wire": partial(Streams, server=self._tls, client=trust)}

    def _sbc(self, profile: Profile) -> Sbc:
        host, port = self.sip
        return Sbc(
            profile.host,
            self.carrier_port,
            (host, self.settings.sip.tls_port if profile is SECURE else port),
            registrar={IMS.n: self.registrar, WRONG.n: self.wrong}.get(profile.n),
            mute=profile in (MUTE, DEAD, GONE),
            **self._wire(profile),
        )

    async def open(self) -> None:
        """Bring the carriers up, then the installation."""
        for sbc in self.sbcs.values():
            await sbc.open()
        await asyncio.to_thread(self.prepare)
        await asyncio.to_thread(self.start)

    def console(self, command: str) -> str:
        """Give what Asterisk's console answers."""
        config = self.data / "run" / "asterisk" / "etc" / "asterisk.conf"
        asked = [str(find_asterisk(self.data).binary), "-C", str(config), "-rx", command]
        return subprocess.run(asked, capture_output=True, text=True, timeout=60, check=False).stdout

    async def close(self) -> None:
        """Stop the installation, then the carriers."""
        await asyncio.to_thread(self.stop)
        for sbc in self.sbcs.values():
            sbc.close()


def _theirs(where: Path) -> ssl.SSLContext:
    """Give a carrier its own authority and certificate."""
    shown = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    shown.load_cert_chain(*local_ca(where, [SECURE.host], datetime.now(UTC)))
    return shown


def _served(texts: dict[str, str]) -> dict[str, str]:
    """Add a hotline, a group and agents for each carrier."""
    files = ("groups.yaml", "hotlines.yaml", "agents.yaml")
    groups, hotlines, agents = (yaml.safe_load(texts[name]) for name in files)
    group, hotline, agent = dict(groups[0]), dict(hotlines[0]), dict(agents[0])
    for each in PROFILES:
        lane = each.lane
        mine = {"id": lane.group, "name": lane.group, "ring_s": 12, "wrap_s": 1}
        groups.append(group | mine | dict(WAITING.get(each.n, {})))
        row = hotline | {"number": lane.hotline, "name": each.name, "flow": lane.group}
        hotlines.append(row | {"also_called": _bound(each), "caller_ids": [each.landline]})
        for number in lane.agents:
            agents.append(agent | {"number": number, "name": number, "groups": [lane.group]})
        agents[-1]["mobile"] = each.mobile
    made = {
        name: yaml.safe_dump(json.loads(json.dumps(rows)), allow_unicode=True, sort_keys=False)
        for name, rows in zip(files, (groups, hotlines, agents), strict=True)
    }
    firm_file = yaml.safe_load(texts["firm.yaml"])
    firm_file["calls_out"] |= {"quiet": [], "gap_min": 0, "per_number_daily": 100}
    made["firm.yaml"] = yaml.safe_dump(firm_file, allow_unicode=True, sort_keys=False)
    flows = {
        f"flows/{p.lane.group}.yaml": LANE_FLOW.replace("GROUP", p.lane.group) for p in PROFILES
    }
    return texts | made | flows | {f"flows/{WAYS.lane.group}.yaml": WAYS_FLOW}


def _bound(profile: Profile) -> list[str]:
    """Two 400 numbers lead to one landline, on the trunk that tells them apart."""
    if profile in (BOUND, TWIN):
        return [f"{BOUND.landline}@{BOUND.name}"]
    return [profile.landline]


class Bench(Scene):
    """One carrier's scene: its people, and the firm's lane that it serves."""

    system: House

    def __init__(self, system: House, profile: Profile) -> None:
        super().__init__(system, profile.lane)
        self.profile = profile

    def sbc(self, hundreds: int = 0) -> Sbc:
        """Give an address of this carrier."""
        return self.system.sbcs[self.profile.other(hundreds)]

    def line(
        self, audio: Audio | None = None, *, sbc: Sbc | None = None, keys: str = "rfc4733"
    ) -> Person:
        """Give somebody with a line at this carrier."""
        number = f"139{self.profile.n:04}{next(_people):04}"
        line = Line(sbc or self.sbc(), number, CALLER_HZ, audio or Audio(), keys=keys)
        person = Person.__new__(Person)
        person.number, person.hz, person.phone = number, CALLER_HZ, line  # type: ignore[assignment]
        self.people.append(person)
        return person

    async def served(self, caller: Person, agent: Person, dialled: str = "") -> str:
        """A call in: the key, the agent, sound both ways, the row, the recording."""
        call = await self.enters(caller, hotline=dialled or self.profile.landline)
        await agent.takes(call)
        await caller.hears(agent)
        await agent.hears(caller)
        return await self.over(call, caller, agent)

    async def over(self, call: str, caller: Person, agent: Person) -> str:
        """The caller hangs up: row and recording say what was."""
        await self.lasts(caller)
        await caller.phone.hang_up()
        row = await self.row(call)
        wanted = {"outcome": "answered", "hotline": self.lane.hotline, "agent": agent.number}
        assert {name: row[name] for name in wanted} == wanted
        await self.recorded(call, caller, agent)
        return call

    async def recorded(self, call: str, caller: Person, agent: Person) -> None:
        """The customer's tone is on the left, the agent's on the right."""
        sql = "SELECT * FROM recording WHERE call = ?"
        kept = (await soon(lambda: self.system.rows(sql, call), 60, f"the recording of {call}"))[0]
        file = self.system.data / "recordings" / kept["file"]
        left, right = await asyncio.to_thread(channels, file)
        clear = [
            round(loudest(side, who.hz, RATE // 5), 2)
            for side, who in ((left, caller), (right, agent))
        ]
        assert min(clear) > CLEAR, f"customer, agent in {file}: {clear} of {len(left) / RATE} s"

    async def dials(self, agent: Person, to: str) -> str:
        """The agent clicks on a number; the agent's own phone is picked up. Gives the call's id."""
        wish = {"to": to, "hotline": self.lane.hotline, "consent": "订单 2041"}
        made = await self.ask("call.dial", agent=agent.number, **wish)
        await agent.takes(made["call"])
        return str(made["call"])

    async def called(self, agent: Person, customer: Person) -> str:
        """A call out: the customer answers, sound both ways, row, recording."""
        call = await self.dials(agent, customer.number)
        await customer.phone.wait_ring(40)
        await customer.phone.answer()
        return await self.talked(call, agent, customer)

    async def talked(self, call: str, agent: Person, customer: Person) -> str:
        """An answered call out to its end."""
        await customer.hears(agent)
        await agent.hears(customer)
        await self.fact(call, ev.FarAnswered)
        await self.lasts(customer)
        await customer.phone.hang_up()
        row = await self.row(call)
        wanted = {"direction": "out", "outcome": "answered", "agent": agent.number}
        assert {name: row[name] for name in wanted} == wanted
        await self.recorded(call, customer, agent)
        await self.state(agent.number, "ready", within_s=30)
        return call


Tale = Callable[[Bench], Awaitable[None]]


def on(profile: Profile) -> Callable[[Tale], Tale]:
    """Name the carrier of a story."""

    def mark(tell: Tale) -> Tale:
        tell.profile = profile  # type: ignore[attr-defined]
        return tell

    return mark


class AtOnce:
    """Tells stories side by side; two of one carrier one after the other."""

    def __init__(self, house: House, tales: Iterable[Tale]) -> None:
        self._house = house
        self._seats = asyncio.Semaphore(AT_ONCE)
        self._locks: dict[int, asyncio.Lock] = {}
        self._told = {tale: asyncio.create_task(self._tell(tale)) for tale in tales}

    async def _tell(self, tale: Tale) -> None:
        profile: Profile = tale.profile  # type: ignore[attr-defined]
        async with self._locks.setdefault(profile.n, asyncio.Lock()), self._seats:
            bench = Bench(self._house, profile)
            try:
                await tale(bench)
            finally:
                await bench.close()

    async def end_of(self, tale: Any) -> None:
        """Wait for a story's end; raises what went wrong in it."""
        await self._told[tale]

    async def close(self) -> None:
        """End what is still being told."""
        for task in self._told.values():
            task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.gather(*self._told.values(), return_exceptions=True)
