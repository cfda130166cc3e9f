"""Each carrier calls in, as this one does it: key, agent, sound both ways, row, recording."""

import pytest

from domain import events as ev
from tests.carrier.house import Bench, on
from tests.carrier.line import Caller
from tests.carrier.profiles import (
    BOUND,
    EARLY,
    FORMS,
    G729_FIRST,
    IMS,
    INBAND,
    MUTE,
    PAYLOAD_97,
    SECURE,
    STRICT,
    TCP,
    TIMER,
    TWIN,
    TWO_SBCS,
)
from tests.carrier.sdp import ALAW, G729, ULAW, Audio
from tests.house.scene import CLOCKS_MS, soon
from tests.house.together import story

pytestmark = [pytest.mark.pbx, pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(300)]


@story
@on(IMS)
async def test_a_registered_line_is_served_from_another_address(bench: Bench) -> None:
    registrar = bench.system.registrar
    await soon(lambda: registrar.contact, 30, lambda: f"registered: {registrar.asked}")
    first = registrar.asked[0]
    assert first.uri.startswith("sip:ims.hz.example.invalid")
    assert "sip:+8657186000001@ims.hz.example.invalid" in first.get("From")
    assert len(registrar.asked) == 2  # one challenge, one answer: nothing is hammered
    agent = await bench.agent()
    caller = bench.line(sbc=bench.sbc(1))
    caller.phone.says = Caller(uri=registrar.contact, to="<sip:+8657186000001@ims.example>")
    await bench.served(caller, agent)


@story
@on(TWO_SBCS)
async def test_two_addresses_call_and_a_third_one_speaks(bench: Bench) -> None:
    agent = await bench.agent()
    for sbc in (bench.sbc(), bench.sbc(1)):
        await bench.served(bench.line(Audio(host=bench.profile.other(2)), sbc=sbc), agent)
        await bench.state(agent.number, "ready", within_s=30)


@story
@on(TWO_SBCS)
async def test_a_stranger_is_refused(bench: Bench) -> None:
    caller = bench.line(sbc=bench.system.sbcs["127.0.1.66"])
    with pytest.raises(Exception, match=r"401|403|404"):
        await caller.phone.dial(bench.profile.landline, 40)


FORMS_OF_ONE = (
    Caller(sender="<sip:13900139001@{here}>"),
    Caller(sender="<sip:+8613900139001@{here};user=phone>"),
    Caller(sender="<sip:008613900139001@{here}>"),
    Caller(sender="<tel:+86-139-0013-9001>"),
    Caller(sender="<tel:013900139001;phone-context=+86571>"),
    Caller(
        sender='"网关" <sip:gw@{here}>', headers=(("P-Asserted-Identity", "<tel:8613900139001>"),)
    ),
    Caller(
        sender="<sip:gw@{here}>",
        headers=(("Remote-Party-ID", "<sip:1795113900139001@{here}>;party=calling;privacy=off"),),
    ),
)
"""One mobile phone as carriers write it."""


@story
@on(FORMS)
async def test_one_caller_is_one_key_whatever_the_form(bench: Bench) -> None:
    for says in FORMS_OF_ONE:
        caller = bench.line()
        caller.phone.says = says
        arrived = await _arrived(bench, caller)
        assert arrived.caller == "13900139001", says
        assert not arrived.withheld


@story
@on(FORMS)
async def test_the_called_number_in_its_forms(bench: Bench) -> None:
    for uri in ("057186000003", "+8657186000003", "8657186000003", "86000003", "4009200003"):
        caller = bench.line()
        caller.phone.says = Caller(uri=f"sip:{uri}@{{far}}", to=f"<sip:{uri}@{{far}}>")
        arrived = await _arrived(bench, caller)
        assert arrived.hotline == bench.lane.hotline, uri


@story
@on(FORMS)
async def test_who_asks_for_privacy_is_routed_and_not_shown(bench: Bench) -> None:
    caller = bench.line()
    identity = f"<sip:+86{caller.number}@{{here}}>".replace("{here}", bench.sbc().here)
    caller.phone.says = Caller(
        sender='"Anonymous" <sip:anonymous@anonymous.invalid>',
        headers=(("P-Asserted-Identity", identity), ("Privacy", "id")),
    )
    agent = await bench.agent()
    call = await bench.served(caller, agent)
    arrived = bench.facts(call, ev.CallArrived)[0]
    assert (arrived.caller, arrived.withheld) == (caller.number, True)


async def _arrived(bench: Bench, caller: object) -> ev.CallArrived:
    """Call and hang up; gives how the call arrived."""
    phone = caller.phone  # type: ignore[attr-defined]
    await phone.dial(bench.profile.landline)
    await phone.hang_up()

    def found() -> list[ev.CallArrived]:
        new = [record.event for record in bench.system.journal(since_ms=bench.began - CLOCKS_MS)]
        sip_id = phone.dialog.call_id
        return [e for e in new if isinstance(e, ev.CallArrived) and e.sip_id == sip_id]

    return (await soon(found, what=f"the arrival of {phone.dialog.call_id}"))[0]


@story
@on(INBAND)
async def test_keys_as_tones_in_the_voice(bench: Bench) -> None:
    agent = await bench.agent()
    caller = bench.line(Audio(events=0), keys="inband")
    call = await bench.served(caller, agent)
    assert [each.digits for each in bench.facts(call, ev.KeyPressed)] == ["1"]


@story
@on(PAYLOAD_97)
async def test_keys_as_events_of_other_numbers_and_as_messages(bench: Bench) -> None:
    agent = await bench.agent()
    ways = ((97, "rfc4733"), (96, "rfc4733"), (0, "info"), (97, "rfc4733+info"))
    for events, keys in ways:
        for last in (False, False, True):
            caller = bench.line(Audio(events=events), keys=keys)
            call = await bench.arrives(caller, bench.profile.landline)
            await bench.fact(call, ev.StepEntered, within_s=40, kind="menu")
            await caller.phone.press("7")
            await soon(lambda c=call: bench.facts(c, ev.KeyPressed), what=f"{events} {keys}")
            await caller.phone.press("1")
            await agent.takes(call)
            await caller.hears(agent)
            pressed = [each.digits for each in bench.facts(call, ev.KeyPressed)]
            await bench.over(call, caller, agent)
            await bench.state(agent.number, "ready", within_s=30)
            if pressed == ["7", "1"]:
                break
            # on a busy machine the second way of a key may come too late to be its echo
            assert "+" in keys and not last, (events, keys, pressed)


@story
@on(EARLY)
async def test_a_carrier_that_requires_100rel(bench: Bench) -> None:
    agent = await bench.agent()
    caller = bench.line()
    caller.phone.says = Caller(headers=(("Require", "100rel"), ("Supported", "100rel")))
    await bench.served(caller, agent)


@story
@on(TIMER)
async def test_a_session_is_refreshed_and_the_talk_goes_on(bench: Bench) -> None:
    agent = await bench.agent()
    caller = bench.line()
    timer = ("Session-Expires", "90;refresher=uac"), ("Min-SE", "90")
    caller.phone.says = Caller(headers=(("Supported", "timer"), *timer))
    call = await bench.enters(caller, hotline=bench.profile.landline)
    await agent.takes(call)
    await caller.hears(agent)
    for method in ("UPDATE", "INVITE"):
        answer = await caller.phone.refresh(method, ("Supported", "timer"), *timer)
        assert answer.status == 200, answer.start
        assert answer.get("Session-Expires").startswith("90")
        await caller.hears(agent)
        await agent.hears(caller)
    await bench.over(call, caller, agent)


@story
@on(MUTE)
async def test_a_carrier_that_answers_no_options(bench: Bench) -> None:
    await soon(lambda: len(bench.sbc().asked("OPTIONS")) >= 2, what="OPTIONS")
    await bench.served(bench.line(), await bench.agent())


@story
@on(G729_FIRST)
async def test_g729_first_and_a_law_second(bench: Bench) -> None:
    agent = await bench.agent()
    await bench.served(bench.line(Audio(codecs=(G729, ALAW, ULAW))), agent)


@story
@on(G729_FIRST)
async def test_g729_only_is_refused_with_488(bench: Bench) -> None:
    caller = bench.line(Audio(codecs=(G729,)))
    with pytest.raises(Exception, match="488"):
        await caller.phone.dial(bench.profile.landline, 40)


@story
@on(STRICT)
async def test_an_ordinary_line(bench: Bench) -> None:
    await bench.served(bench.line(), await bench.agent())
    assert not bench.sbc().asked("OPTIONS")  # by default nobody asks


@story
@on(BOUND)
async def test_two_400_numbers_on_one_landline_are_told_apart(bench: Bench) -> None:
    forms = (
        (BOUND, ("Diversion", "<sip:4009200011@{far}>;reason=unconditional;privacy=off")),
        (TWIN, ("Diversion", "<tel:+864009200012>;reason=unconditional")),
        (TWIN, ("History-Info", "<sip:4009200012@ims.example>;index=1,<sip:0571@x>;index=1.1")),
    )
    for profile, header in forms:
        caller = bench.line()
        caller.phone.says = Caller(headers=(header,))
        arrived = await _arrived(bench, caller)
        assert arrived.hotline == profile.lane.hotline, header
    caller = bench.line()
    caller.phone.says = Caller(headers=(forms[0][1],))
    await bench.served(caller, await bench.agent())


@story
@on(SECURE)
async def test_a_line_over_tls(bench: Bench) -> None:
    await bench.served(bench.line(), await bench.agent())


@story
@on(TCP)
async def test_a_line_over_tcp(bench: Bench) -> None:
    await bench.served(bench.line(), await bench.agent())


@story
@on(TIMER)
async def test_both_agents_of_a_transferred_call_are_recorded(bench: Bench) -> None:
    agent, caller = await bench.agent(), bench.line()
    call = await bench.enters(caller, hotline=bench.profile.landline)
    await agent.takes(call)
    colleague = await bench.agent(1)
    colleague.phone.first_packet = 0  # below the agent's: Asterisk's monitor took that as late
    await caller.hears(agent)
    await agent.hears(caller)
    wish = {"to_kind": "agent", "to": colleague.number}
    await bench.ask("call.transfer", agent=agent.number, call=call, **wish)
    await colleague.takes(call)
    await caller.hears(colleague)
    await bench.over(call, caller, colleague)
    await bench.recorded(call, caller, agent)
