"""A seat on a mobile, over a real carrier: only the key 1 connects."""

import pytest

from domain import events as ev
from tests.carrier.house import Bench, on
from tests.carrier.line import Line
from tests.carrier.profiles import FORMS, PAYLOAD_97, TIMER
from tests.carrier.sdp import Audio
from tests.house.scene import AGENT_HZ, Person, soon
from tests.house.together import story

pytestmark = [pytest.mark.pbx, pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(300)]


async def seat(bench: Bench) -> Person:
    """Bring the lane's second agent to work with a mobile."""
    number = bench.lane.agents[1]
    mobile = Person.__new__(Person)
    mobile.number, mobile.hz = number, AGENT_HZ[1]
    line = Line(bench.sbc(), bench.profile.mobile, AGENT_HZ[1], Audio())
    mobile.phone = line  # type: ignore[assignment]
    bench.people.append(mobile)
    await bench.ask("agent.sign_in", agent=number, phone="mobile")
    bench.agents.append(number)
    await bench.state(number, "break")
    await bench.ask("agent.ready", agent=number)
    return mobile


@story
@on(PAYLOAD_97)
async def test_the_key_connects_and_then_it_is_a_talk_like_any_other(bench: Bench) -> None:
    mobile, caller = await seat(bench), bench.line()
    call = await bench.enters(caller, hotline=bench.profile.landline)
    await mobile.phone.wait_ring(40)
    await mobile.phone.answer()
    await mobile.hears_a("speech")
    assert not bench.facts(call, ev.OfferAnswered)
    await caller.hears_a("music")
    await mobile.phone.press("1")
    await bench.fact(call, ev.OfferAnswered)
    await caller.hears(mobile)
    await mobile.hears(caller)
    await bench.ask("call.hold", agent=mobile.number, call=call)
    await caller.hears_a("music")
    await bench.ask("call.retrieve", agent=mobile.number, call=call)
    await caller.hears(mobile)
    await bench.over(call, caller, mobile)
    assert await mobile.phone.wait_end(40) == "far"


@story
@on(TIMER)
async def test_a_voicemail_takes_no_caller(bench: Bench) -> None:
    mobile, caller = await seat(bench), bench.line()
    call = await bench.enters(caller, hotline=bench.profile.landline)
    await mobile.phone.wait_ring(40)
    await mobile.phone.answer()
    failed = await bench.fact(call, ev.OfferFailed, within_s=40)
    assert (failed.agent, failed.reason) == (mobile.number, "no_answer")
    assert not bench.facts(call, ev.OfferAnswered)
    assert await mobile.phone.wait_end(40) == "far"
    await caller.hears_a("music")
    await caller.phone.hang_up()
    row = await bench.row(call)
    assert (row["outcome"], row["offers"]) == ("abandoned_queue", 1)


@story
@on(FORMS)
async def test_a_mobile_seat_calls_somebody(bench: Bench) -> None:
    mobile, customer = await seat(bench), bench.line()
    wish = {"to": customer.number, "hotline": bench.lane.hotline, "consent": "订单 9"}
    call = (await bench.ask("call.dial", agent=mobile.number, **wish))["call"]
    await mobile.phone.wait_ring(40)
    await mobile.phone.answer()
    await mobile.phone.press("1")
    await bench.fact(call, ev.DialBegan)
    await customer.phone.wait_ring(40)
    await customer.phone.answer()
    await customer.hears(mobile)
    await mobile.hears(customer)
    await customer.phone.hang_up()
    row = await bench.row(call)
    assert (row["direction"], row["outcome"], row["agent"]) == ("out", "answered", mobile.number)
    await soon(lambda: bench.system.agent(mobile.number)["state"] != "talking")
