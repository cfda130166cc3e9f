"""A stock Asterisk with a life of its own takes us in: both work side by side, and we leave it
as we found it, to the byte."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest

from demo.softphone import Account
from pbx.install import find_asterisk
from tests.house.firm import SERVICE
from tests.house.office_pbx import PHONES, QUEUE, OfficePbx
from tests.house.scene import AGENT_HZ, CALLER_HZ, Person, Scene, scene_on, soon
from tests.house.system import System, free_port

RECORDED = "SELECT file FROM recording WHERE call = ?"

pytestmark = [pytest.mark.pbx, pytest.mark.timeout(300)]


@dataclass(frozen=True, slots=True)
class Both:
    """Another firm's Asterisk, running, and an installation of ours that has none."""

    office: OfficePbx
    system: System

    async def join(self, *words: str) -> str:
        """Carry out `yingda pbx join`, and load what changed."""
        done = await asyncio.to_thread(self.system.yingda, "pbx", "join", *words)
        assert done.returncode == 0, done.stdout + done.stderr
        await self.office.asterisk.cli("core reload", 60)
        return done.stdout + done.stderr

    async def knows(self, context: str, *, wanted: bool = True) -> None:
        """Wait until their Asterisk has a context, or has it no more."""
        async with asyncio.timeout(60):
            while wanted is ("no existence" in await self._shown(context)):
                pass

    async def _shown(self, context: str) -> str:
        return await self.office.asterisk.cli(f"dialplan show {context}", 60)


@pytest.fixture
async def both(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Both]:
    """Give the two; neither knows of the other."""
    root = tmp_path_factory.mktemp("o")
    system = System(root / "us")
    ours = system.settings.ports
    ports = {"ami": ours.ami, "http": ours.asterisk_http, "sip": free_port()}
    ports["rtp"] = system.settings.media.rtp_end + 1
    office = OfficePbx(root / "them", find_asterisk(system.data), ports)
    await office.asterisk.start(120)
    yield Both(office, system)
    await office.asterisk.stop()


async def calls_a_colleague(office: OfficePbx, number: str) -> None:
    """Let one phone of the firm call the other, straight or by the firm's own queue."""
    one, other = (
        Person(name, Account(name, office.keys[name], office.sip), hz)
        for name, hz in zip(PHONES, (CALLER_HZ, AGENT_HZ[0]), strict=True)
    )
    await one.phone.open()
    await other.phone.open()
    dialled = asyncio.create_task(one.phone.dial(number))
    await other.takes()
    await dialled
    await one.hears(other)
    await other.hears(one)
    for person in (one, other):
        await person.phone.hang_up()
        await person.phone.close()


async def test_it_serves_both_and_is_left_as_it_was(both: Both) -> None:
    office, system, before = both.office, both.system, both.office.bytes()
    await calls_a_colleague(office, PHONES[1])
    await asyncio.to_thread(system.prepare)
    where = ("--into", str(office.etc), "--asterisk", str(office.installed.binary))
    await both.join(*where, "--apply")
    after = office.bytes()
    assert after != before
    assert all(after[name].startswith(before[name]) for name in before)
    await both.knows("yd-hold")
    await asyncio.to_thread(system.start, "--no-pbx")
    try:
        async with scene_on(system, SERVICE) as scene:
            await asyncio.gather(main_call(scene), calls_a_colleague(office, QUEUE))
    finally:
        await asyncio.to_thread(system.stop)
    await both.join("--remove")
    assert office.bytes() == before
    await both.knows("yd-hold", wanted=False)
    await both.knows("hold")
    await calls_a_colleague(office, PHONES[1])


async def main_call(scene: Scene) -> None:
    """From the trunk through the menu to an agent, and into the report."""
    agent, caller = await scene.agent(0), await scene.caller()
    call = await scene.enters(caller)
    await agent.takes(call)
    await caller.hears(agent)
    await agent.hears(caller)
    await scene.lasts(caller)
    await agent.phone.hang_up()
    await caller.phone.hang_up()
    row = await scene.row(call)
    assert (row["outcome"], row["agent"], row["group"]) == ("answered", agent.number, "presale")
    kept = await soon(lambda: scene.system.rows(RECORDED, call), what="the recording")
    assert (scene.system.data / "recordings" / kept[0]["file"]).stat().st_size
    asked = ("report", "hotline", "--format", "json")
    report = await asyncio.to_thread(scene.system.yingda, *asked)
    assert report.returncode == 0, report.stderr
    assert SERVICE.hotline in json.dumps(json.loads(report.stdout))
