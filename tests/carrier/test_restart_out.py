"""The engine is killed in each stage of a call out: nobody hears of it, and it is one call."""

import asyncio
import os
import signal

import pytest

from domain import events as ev
from tests.carrier.house import Bench, House
from tests.carrier.profiles import FORMS
from tests.house.scene import Person, soon

pytestmark = [pytest.mark.pbx, pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(300)]


async def killed(house: House) -> int:
    """Kill the engine; gives its process id."""
    pid = await asyncio.to_thread(house.pid_of, "engine")
    os.kill(pid, signal.SIGKILL)
    return pid


async def back(house: House, pid: int) -> None:
    """Wait until another engine has compared pictures with Asterisk."""
    await soon(lambda: house.pid_of("engine") not in (0, pid), 90, "another engine")
    await soon(house.is_ready, 90, "the engine is ready")


async def dialling(bench: Bench) -> tuple[str, Person, Person]:
    agent, customer = await bench.agent(), bench.line()
    call = await bench.dials(agent, customer.number)
    await customer.phone.wait_ring(40)
    await bench.fact(call, ev.FarRang)
    return call, agent, customer


async def test_killed_while_it_rings_and_in_the_talk(house: House) -> None:
    bench = Bench(house, FORMS)
    try:
        call, agent, customer = await dialling(bench)
        pid = await killed(house)
        await customer.phone.answer()
        await back(house, pid)
        await bench.fact(call, ev.FarAnswered, within_s=60)
        await customer.hears(agent)
        await back(house, await killed(house))
        await bench.state(agent.number, "talking")
        await customer.hears(agent)
        await agent.hears(customer)
        await bench.ask("call.hold", agent=agent.number, call=call)
        await customer.hears_a("music", within_s=40)
        await bench.ask("call.retrieve", agent=agent.number, call=call)
        await customer.hears(agent)
        await customer.phone.hang_up()
        row = await bench.row(call)
        assert (row["direction"], row["outcome"], row["by"]) == ("out", "answered", "caller")
        assert not bench.facts(call, ev.CallLost)
    finally:
        await bench.close()


async def test_nobody_was_reached_meanwhile(house: House) -> None:
    bench = Bench(house, FORMS)
    try:
        call, agent, customer = await dialling(bench)
        pid = await killed(house)
        await customer.phone.refuse("486 Busy Here")
        await agent.phone.wait_end(40)
        await back(house, pid)
        await bench.fact(call, ev.CallLost, within_s=60)
        await bench.state(agent.number, "ready", within_s=60)
    finally:
        await bench.close()
