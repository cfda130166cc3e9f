"""Callers who press 1 while waiting, hang up, and are rung when an agent is free."""

import pytest

from domain import events as ev
from tests.carrier.house import Bench, on
from tests.carrier.profiles import BACK
from tests.house.together import story

pytestmark = [pytest.mark.pbx, pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(300)]


@story
@on(BACK)
async def test_the_customer_is_rung_when_an_agent_is_free(bench: Bench) -> None:
    agent = await bench.agent(ready=False)
    caller = bench.line()
    call = await bench.enters(caller, hotline=bench.profile.landline)
    await bench.fact(call, ev.HoldReached)
    await caller.phone.press("1")
    await bench.fact(call, ev.CallOverflowed, rule="key")
    await bench.fact(call, ev.StepEntered, kind="callback")
    await caller.phone.press("1")
    asked = await bench.fact(call, ev.CallbackAsked)
    assert asked.number == caller.number
    await caller.phone.wait_end(30)
    row = await bench.row(call)
    assert (row["outcome"], row["linked"]) == ("callback", asked.callback)

    customer = bench.line()  # the same person's line, rung over the carrier
    await bench.ask("agent.ready", agent=agent.number)
    await agent.takes(asked.callback)
    await customer.phone.wait_ring(40)
    await customer.phone.answer()
    await bench.fact(asked.callback, ev.FarAnswered)
    await agent.hears(customer)
    await customer.hears(agent)
    await bench.lasts(customer)
    dialled = bench.facts(asked.callback, ev.DialAsked)[0]
    assert (dialled.to, dialled.caller_id) == (caller.number, bench.profile.landline)
    await customer.phone.hang_up()
    back = await bench.row(asked.callback)
    assert (back["direction"], back["outcome"], back["linked"]) == ("out", "answered", call)
    assert back["agent"] == agent.number
    assert (await bench.fact(call, ev.CallbackEnded)).why == "reached"
    await bench.recorded(asked.callback, customer, agent)
