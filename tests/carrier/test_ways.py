"""Ways out of a flow on real calls: to one agent, to a number outside, to a call back."""

import pytest

from domain import events as ev
from tests.carrier.house import Bench, on
from tests.carrier.profiles import WAYS
from tests.house.scene import Person
from tests.house.together import story

pytestmark = [pytest.mark.pbx, pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(300)]


async def chooses(bench: Bench, key: str, keys: str = "rfc4733") -> tuple[str, Person]:
    """Bring a caller to the menu who presses this key; gives the call and the caller."""
    caller = bench.line(keys=keys)
    call = await bench.arrives(caller, bench.profile.landline)
    await bench.fact(call, ev.StepEntered, within_s=40, kind="menu")
    await caller.phone.press(key)
    return call, caller


@story
@on(WAYS)
async def test_the_agent_asked_for_is_rung_not_the_one_idle_longest(bench: Bench) -> None:
    await bench.agent(0)
    asked_for = await bench.agent(1)
    call, caller = await chooses(bench, "1", keys="info")
    chosen = await bench.fact(call, ev.AgentChosen)
    assert chosen.agent == asked_for.number
    await asked_for.takes(call)
    await caller.hears(asked_for)
    await asked_for.hears(caller)
    assert [each.agent for each in bench.facts(call, ev.OfferMade)] == [asked_for.number]
    await caller.phone.hang_up()
    assert (await bench.row(call))["agent"] == asked_for.number


@story
@on(WAYS)
async def test_an_agent_who_is_away_leaves_the_caller_to_the_group(bench: Bench) -> None:
    colleague = await bench.agent(0)
    call, caller = await chooses(bench, "1")
    await colleague.takes(call)
    await caller.hears(colleague)
    edges = [(each.node, each.label) for each in bench.facts(call, ev.EdgeTaken)]
    assert edges[-2:] == [("boss", "otherwise"), ("wait", "hold")]


@story
@on(WAYS)
async def test_a_number_outside_is_reached_or_the_flow_goes_on(bench: Bench) -> None:
    agent, outside = await bench.agent(0), bench.line()
    call, caller = await chooses(bench, "2", keys="info")
    await outside.phone.wait_ring(40)
    await outside.phone.answer()
    await caller.hears(outside)
    await outside.hears(caller)
    await outside.phone.hang_up()
    assert (await bench.row(call))["outcome"] == "outside"

    busy = bench.line()
    call, caller = await chooses(bench, "2")
    await busy.phone.wait_ring(40)
    await busy.phone.decline(486)
    await agent.takes(call)
    await caller.hears(agent)
    edges = [(each.node, each.label) for each in bench.facts(call, ev.EdgeTaken)]
    assert edges[-3:] == [("outside", "out"), ("outside", "otherwise"), ("wait", "hold")]


@story
@on(WAYS)
async def test_a_flow_promises_a_call_back_at_another_number(bench: Bench) -> None:
    agent = await bench.agent(0, ready=False)
    call, caller = await chooses(bench, "3", keys="info")
    await bench.fact(call, ev.StepEntered, within_s=40, kind="callback")
    await caller.phone.press("2")
    await bench.fact(call, ev.KeyPressed, within_s=40, node="back")
    await caller.phone.press("13900279999#")
    # what was typed is somebody's number: nobody reads it whole among the keys
    await bench.fact(call, ev.KeyPressed, within_s=40, node="back", digits="139****9999")
    await caller.phone.press("1")
    asked = await bench.fact(call, ev.CallbackAsked, within_s=40)
    assert asked.number == "13900279999"
    assert await caller.phone.wait_end(60) == "far"
    customer = bench.line()
    await bench.ask("agent.ready", agent=agent.number)
    await agent.takes(asked.callback)
    await customer.phone.wait_ring(40)
    await customer.phone.answer()
    await agent.hears(customer)
    await customer.hears(agent)
    await customer.phone.hang_up()
    assert (await bench.row(asked.callback))["outcome"] == "answered"
    assert (await bench.row(call))["outcome"] == "callback"
