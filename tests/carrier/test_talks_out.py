"""A talk that the agent began is a talk like any other: hold, transfer, hang-up, giving up."""

import pytest

from domain import events as ev
from tests.carrier.house import Bench, on
from tests.carrier.profiles import EARLY, FORMS, INBAND, STRICT, TIMER, TWO_SBCS
from tests.house.scene import Person
from tests.house.together import story

pytestmark = [pytest.mark.pbx, pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(300)]


async def talking(bench: Bench) -> tuple[str, Person, Person]:
    """Bring an agent and a customer into a talk that the agent began."""
    agent, customer = await bench.agent(), bench.line()
    call = await bench.dials(agent, customer.number)
    await customer.phone.wait_ring(40)
    await customer.phone.answer()
    await bench.fact(call, ev.FarAnswered)
    await customer.hears(agent)
    await agent.hears(customer)
    return call, agent, customer


@story
@on(FORMS)
async def test_hold_and_retrieve(bench: Bench) -> None:
    call, agent, customer = await talking(bench)
    await bench.ask("call.hold", agent=agent.number, call=call)
    await bench.fact(call, ev.TalkHeld)
    await customer.hears_a("music")
    await agent.hears_nothing()
    await bench.ask("call.retrieve", agent=agent.number, call=call)
    await customer.hears(agent)
    await agent.hears(customer)
    await agent.phone.hang_up()
    assert await customer.phone.wait_end(40) == "far"
    row = await bench.row(call)
    assert (row["outcome"], row["by"], row["score"]) == ("answered", "agent", None)
    assert row["hold_ms"] > 0 and row["talk_ms"] > 0 and row["dial_ms"] > 0
    await bench.recorded(call, customer, agent)
    await bench.state(agent.number, "ready", within_s=30)


@story
@on(TIMER)
async def test_the_customer_hangs_up_on_hold(bench: Bench) -> None:
    call, agent, customer = await talking(bench)
    await bench.ask("call.hold", agent=agent.number, call=call)
    await customer.hears_a("music")
    await customer.phone.hang_up()
    assert await agent.phone.wait_end(40) == "far"
    row = await bench.row(call)
    assert (row["outcome"], row["by"]) == ("answered", "caller")


@story
@on(INBAND)
async def test_hang_up_on_the_page(bench: Bench) -> None:
    call, agent, customer = await talking(bench)
    await bench.ask("call.hang_up", agent=agent.number, call=call)
    assert await customer.phone.wait_end(40) == "far"
    await agent.phone.wait_end(40)
    row = await bench.row(call)
    assert (row["outcome"], row["by"]) == ("answered", "agent")


@story
@on(TWO_SBCS)
async def test_it_is_passed_on_to_a_colleague(bench: Bench) -> None:
    colleague = await bench.agent(1)
    colleague.phone.first_packet = 0  # below the agent's: Asterisk's monitor took that as late
    call, agent, customer = await talking(bench)
    wish = {"to_kind": "agent", "to": colleague.number}
    await bench.ask("call.transfer", agent=agent.number, call=call, **wish)
    await agent.phone.wait_end(40)
    await colleague.takes(call)
    await customer.hears(colleague)
    await colleague.hears(customer)
    await bench.lasts(customer)
    await customer.phone.hang_up()
    row = await bench.row(call)
    assert (row["direction"], row["outcome"], row["agent"]) == ("out", "answered", colleague.number)
    await bench.recorded(call, customer, agent)
    await bench.recorded(call, customer, colleague)
    assert not bench.facts(call, ev.SurveyInvited)


@story
@on(STRICT)
async def test_the_agent_gives_up_while_it_rings(bench: Bench) -> None:
    agent, customer = await bench.agent(), bench.line()
    call = await bench.dials(agent, customer.number)
    await customer.phone.wait_ring(40)
    await bench.fact(call, ev.FarRang)
    await bench.ask("call.hang_up", agent=agent.number, call=call)
    assert await customer.phone.wait_end(40) == "cancelled"
    ended = await bench.fact(call, ev.DialEnded)
    assert (ended.why, ended.by) == ("cancelled", "agent")
    row = await bench.row(call)
    assert (row["outcome"], row["by"], row["reason"]) == ("not_reached", "agent", "cancelled")
    await bench.state(agent.number, "ready")


@story
@on(EARLY)
async def test_the_agents_own_phone_is_refused(bench: Bench) -> None:
    agent = await bench.agent()
    wish = {"to": "13900001111", "hotline": bench.lane.hotline, "consent": "订单 7"}
    call = (await bench.ask("call.dial", agent=agent.number, **wish))["call"]
    await agent.rings()
    await agent.phone.decline(486)
    ended = await bench.fact(call, ev.DialEnded)
    assert (ended.why, ended.by) == ("agent_away", "agent")
    await bench.state(agent.number, "ready")
