"""A phone of another make: pyVoIP registers, is rung, talks, and hangs up."""

import asyncio
import importlib.util
import sys
from pathlib import Path

import pytest

from domain import events as ev
from tests.house.firm import LANES
from tests.house.scene import Person, scene_on, soon
from tests.house.sound import share
from tests.house.system import System, missing

pytestmark = [pytest.mark.pbx, pytest.mark.timeout(120)]
PHONE = Path(__file__).parents[1] / "house" / "pyvoip_phone.py"
HZ = 700.0


async def test_a_pyvoip_phone_takes_a_call(system: System) -> None:
    if importlib.util.find_spec("pyVoIP") is None:
        missing("pyVoIP is not installed (the extra `softphone`)")
    lane = LANES[1]
    number = lane.agents[0]
    words = (f"a{number}", system.secrets[f"a{number}"], *map(str, system.sip), str(HZ), "6")
    phone = await asyncio.create_subprocess_exec(
        sys.executable,
        str(PHONE),
        *words,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    assert phone.stdout and phone.stdin
    try:
        async with scene_on(system, lane) as scene:
            assert await _says(phone.stdout) == "registered"
            await scene.sign_in(number)
            caller = await scene.caller()
            call = await scene.enters(caller)
            assert await _says(phone.stdout) == "answered"
            await soon(lambda: _hears_it(caller), what="the tone")
            said = await _says(phone.stdout)
            assert said.startswith("heard ") and int(said.split()[1]) > 4000
            await scene.fact(call, ev.TalkEnded, by="agent")
            await caller.phone.hang_up()
            row = await scene.row(call)
            assert (row["outcome"], row["by"], row["agent"]) == ("answered", "agent", number)
    finally:
        phone.stdin.close()
        try:
            async with asyncio.timeout(10):
                await phone.wait()
        except TimeoutError:
            phone.kill()
            await phone.wait()


def _hears_it(caller: Person) -> bool:
    """Find the tone with its overtones: pyVoIP's A-law clips."""
    heard = caller.last(0.5)
    return sum(share(heard, HZ * times) for times in (1, 3, 5)) > 0.7


async def _says(lines: asyncio.StreamReader) -> str:
    async with asyncio.timeout(40):
        while line := (await lines.readline()).decode().strip():
            if line.split()[0] in ("registered", "failed", "answered", "heard"):
                return line
    return "ended"
