"""Agents call out over each carrier: ring-back, sound both ways, refusals in words, failover."""

import re

import pytest

from domain import events as ev
from speech import alaw
from tests.carrier.house import Bench, on
from tests.carrier.profiles import (
    BOUND,
    DEAD,
    EARLY,
    FORMS,
    G729_FIRST,
    IMS,
    INBAND,
    LIMP,
    MUTE,
    PAYLOAD_97,
    RELIEF,
    SECOND,
    SECURE,
    SMALL,
    STRICT,
    TCP,
    TIMER,
    TWO_SBCS,
)
from tests.carrier.sdp import ALAW, G729, Audio
from tests.house.scene import Person, soon
from tests.house.sound import loudest
from tests.house.together import story

pytestmark = [pytest.mark.pbx, pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(300)]


def user_of(header: str) -> str:
    """Give the user part of the address in a header or Request-URI."""
    found = re.search(r"(?:sips?|tel):([^@;>]+)", header)
    return found.group(1) if found else ""


@story
@on(IMS)
async def test_a_call_out_over_a_registered_line(bench: Bench) -> None:
    registrar = bench.system.registrar
    await soon(lambda: registrar.contact, 30, lambda: f"registered: {registrar.asked}")
    agent, customer = await bench.agent(), bench.line()
    await bench.called(agent, customer)
    invite = customer.phone.invite
    assert user_of(invite.uri) == customer.number
    assert user_of(invite.get("From")) == "+8657186000001"
    assert user_of(invite.get("P-Preferred-Identity")) == bench.profile.landline
    assert "ims.hz.example.invalid" in invite.get("From")


@story
@on(TWO_SBCS)
async def test_a_call_out_over_a_line_known_by_address(bench: Bench) -> None:
    agent, customer = await bench.agent(), bench.line(Audio(host=bench.profile.other(2)))
    await bench.called(agent, customer)
    invite = customer.phone.invite
    assert user_of(invite.get("From")) == bench.profile.landline
    assert user_of(invite.uri) == customer.number
    assert agent.number not in invite.data().decode()


@story
@on(FORMS)
async def test_numbers_are_dialled_as_this_carrier_wants(bench: Bench) -> None:
    agent, customer = await bench.agent(), bench.line()
    await bench.called(agent, customer)
    assert user_of(customer.phone.invite.uri) == f"0{customer.number}"


@story
@on(INBAND)
async def test_an_agents_keys_become_tones(bench: Bench) -> None:
    agent, customer = await bench.agent(), bench.line(Audio(events=0))
    call = await bench.dials(agent, customer.number)
    await customer.phone.wait_ring(40)
    await customer.phone.answer()
    await agent.hears(customer)
    await agent.phone.press("5")
    for hz in (770.0, 1336.0):
        await soon(lambda hz=hz: _heard(customer, hz) > 0.3, what=f"{hz} in the voice")
    await bench.talked(call, agent, customer)


def _heard(person: Person, hz: float) -> float:
    return loudest(alaw.decode(person.phone.heard()), hz, 400)


@story
@on(PAYLOAD_97)
async def test_an_agents_keys_reach_a_machine_outside(bench: Bench) -> None:
    agent, customer = await bench.agent(), bench.line(Audio(events=97))
    call = await bench.dials(agent, customer.number)
    await customer.phone.wait_ring(40)
    await customer.phone.answer()
    await agent.hears(customer)
    await agent.phone.press("59")
    await soon(lambda: customer.phone.line.keys == "59", what=lambda: customer.phone.line.keys)
    await bench.talked(call, agent, customer)


@story
@on(EARLY)
async def test_early_media_is_heard_and_recorded_with_100rel(bench: Bench) -> None:
    agent, customer = await bench.agent(), bench.line()
    call = await bench.dials(agent, customer.number)
    invite = await customer.phone.taken(40)
    assert "100rel" in invite.get("Supported") + invite.get("Require")
    await customer.phone.early(reliable=True)
    await agent.hears(customer)
    await bench.fact(call, ev.FarRang)
    assert not bench.facts(call, ev.FarAnswered)
    await customer.phone.answer()
    await bench.talked(call, agent, customer)


@story
@on(EARLY)
async def test_an_announcement_before_the_refusal_is_recorded(bench: Bench) -> None:
    agent, customer = await bench.agent(), bench.line()
    call = await bench.dials(agent, customer.number)
    await customer.phone.taken(40)
    await customer.phone.early(reliable=True)
    await agent.hears(customer)
    await customer.phone.refuse("404 Not Found", ("Reason", 'Q.850;cause=1;text="空号"'))
    ended = await bench.fact(call, ev.DialEnded)
    assert ended.why == "empty_number"
    row = await bench.row(call)
    assert (row["direction"], row["outcome"]) == ("out", "not_reached")
    sql = "SELECT * FROM recording WHERE call = ?"
    await soon(lambda: bench.system.rows(sql, call), 30, "the recording of the announcement")
    await bench.state(agent.number, "ready", "wrapping", within_s=30)


@story
@on(TIMER)
async def test_a_call_out_is_refreshed_by_the_carrier(bench: Bench) -> None:
    agent, customer = await bench.agent(), bench.line()
    call = await bench.dials(agent, customer.number)
    timer = ("Session-Expires", "90;refresher=uas"), ("Require", "timer")
    await customer.phone.wait_ring(40)
    await customer.phone.answer(*timer)
    await customer.hears(agent)
    for method in ("UPDATE", "INVITE"):
        more = ("Session-Expires", "90;refresher=uac"), ("Supported", "timer"), ("Min-SE", "90")
        answer = await customer.phone.refresh(method, *more)
        assert answer.status == 200, answer.start
    await bench.talked(call, agent, customer)


@story
@on(TIMER)
async def test_a_carrier_that_wants_longer_sessions(bench: Bench) -> None:
    agent, customer = await bench.agent(), bench.line()
    call = await bench.dials(agent, customer.number)
    first = await customer.phone.taken(40)
    assert "timer" in first.get("Supported")
    await customer.phone.refuse("422 Session Interval Too Small", ("Min-SE", "3600"))
    second = await customer.phone.taken(40)
    assert int(second.get("Session-Expires").split(";")[0]) >= 3600
    customer.phone.ring()
    await customer.phone.answer()
    await bench.talked(call, agent, customer)


@story
@on(G729_FIRST)
async def test_a_call_out_answered_with_a_law(bench: Bench) -> None:
    agent, customer = await bench.agent(), bench.line(Audio(codecs=(ALAW,)))
    await bench.called(agent, customer)
    offered = customer.phone.invite.body
    assert re.search(r"^m=audio \d+ RTP/AVP 8 ", offered, re.MULTILINE), "A-law first"
    assert G729 not in [int(each) for each in re.findall(r"a=rtpmap:(\d+) G729", offered)]


ENDS = (
    ("403 Forbidden", (), "caller_id_refused"),
    ("404 Not Found", (), "empty_number"),
    ("480 Temporarily Unavailable", (), "unavailable"),
    ("486 Busy Here", (), "busy"),
    ("603 Decline", (), "rejected"),
    ("480 用户关机", (), "powered_off"),
    ("480 Number out of service", (), "suspended"),
    ('404 x),${SHELL(id)}"?&:a, 停机', (), "suspended"),
)


@story
@on(STRICT)
async def test_why_nobody_was_reached_is_said_in_one_word(bench: Bench) -> None:
    agent = await bench.agent()
    for status, more, why in ENDS:
        customer = bench.line()
        call = await bench.dials(agent, customer.number)
        await customer.phone.taken(40)
        await customer.phone.refuse(status, *more)
        ended = await bench.fact(call, ev.DialEnded)
        assert ended.why == why, (status, ended)
        assert ended.said == re.sub(r"[()]", "_", status[4:]), (status, ended)
        assert not bench.facts(call, ev.RouteFailed), status
        await agent.phone.wait_end(40)
        row = await bench.row(call)
        assert (row["direction"], row["outcome"]) == ("out", "not_reached")
        await bench.state(agent.number, "ready", within_s=30)
    await bench.called(agent, bench.line())


@story
@on(SMALL)
async def test_calls_over_what_was_bought_are_refused_as_chosen(bench: Bench) -> None:
    agent, first, second = await bench.agent(), bench.line(), bench.line()
    call = await bench.enters(first, hotline=bench.profile.landline)
    await agent.takes(call)
    with pytest.raises(Exception, match="503"):
        await second.phone.dial(bench.profile.landline, 40)
    await first.hears(agent)
    await bench.over(call, first, agent)
    await bench.state(agent.number, "ready", within_s=30)
    await bench.served(bench.line(), agent)


@story
@on(SECOND)
async def test_a_line_that_never_answers_hands_over_and_is_tried_last_then(bench: Bench) -> None:
    agent = await bench.agent()
    bench.system.sbcs[DEAD.host].refuses = "silence"
    call = await bench.called(agent, bench.line())
    assert [each.trunk for each in bench.facts(call, ev.RouteFailed)] == ["trunk-dead"]
    call = await bench.called(agent, bench.line())
    routes = bench.facts(call, ev.DialAsked)[0].routes
    assert [each.partition(":")[0] for each in routes] == ["second", "dead"]
    assert not bench.facts(call, ev.RouteFailed)


@story
@on(RELIEF)
async def test_a_line_that_fails_hands_over_at_once(bench: Bench) -> None:
    agent = await bench.agent()
    bench.system.sbcs[LIMP.host].refuses = "503 Service Unavailable"
    call = await bench.called(agent, bench.line())
    failed = bench.facts(call, ev.RouteFailed)
    assert [(each.trunk, each.sip) for each in failed] == [("trunk-limp", 503)]


@story
@on(TCP)
async def test_a_call_out_over_tcp(bench: Bench) -> None:
    await bench.called(await bench.agent(), bench.line())


@story
@on(SECURE)
async def test_a_call_out_over_tls_asserts_our_number(bench: Bench) -> None:
    agent, customer = await bench.agent(), bench.line()
    await bench.called(agent, customer)
    invite = customer.phone.invite
    assert "SIP/2.0/TLS" in invite.get("Via")
    assert user_of(invite.get("From")) == "057186000124"
    assert user_of(invite.get("P-Asserted-Identity")) == bench.profile.landline


@story
@on(BOUND)
async def test_a_400_number_calls_out_with_its_landline(bench: Bench) -> None:
    agent, customer = await bench.agent(), bench.line()
    await bench.called(agent, customer)
    assert user_of(customer.phone.invite.get("From")) == BOUND.landline


@story
@on(MUTE)
async def test_a_line_that_is_asked_and_silent_takes_no_call_out(bench: Bench) -> None:
    await soon(lambda: len(bench.sbc().asked("OPTIONS")) >= 2, what="OPTIONS")
    agent, customer = await bench.agent(), bench.line()
    call = await bench.dials(agent, customer.number)
    ended = await bench.fact(call, ev.DialEnded)
    assert ended.why == "trunk_failed"
    assert not bench.sbc().asked("INVITE")
    await bench.state(agent.number, "ready", within_s=30)
