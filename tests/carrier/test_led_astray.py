"""The other side may not send our calls elsewhere: no REFER, no redirection."""

import pytest

from domain import events as ev
from tests.carrier.house import Bench, on
from tests.carrier.profiles import INBAND, STRICT
from tests.house.together import story

pytestmark = [pytest.mark.pbx, pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(300)]

ABROAD = "0085298765432"


@story
@on(INBAND)
async def test_a_caller_cannot_transfer_the_agent_abroad(bench: Bench) -> None:
    agent, caller = await bench.agent(), bench.line()
    call = await bench.enters(caller, hotline=bench.profile.landline)
    await agent.takes(call)
    await caller.hears(agent)
    asked = len(bench.sbc().asked("INVITE"))
    refer = ("Refer-To", f"<sip:{ABROAD}@{bench.sbc().here}>"), ("Referred-By", "<sip:a@b>")
    answer = await caller.phone.dialog.ask("REFER", *refer)
    assert answer.status >= 400, answer.start
    await caller.hears(agent)
    await bench.over(call, caller, agent)
    assert len(bench.sbc().asked("INVITE")) == asked


@story
@on(STRICT)
async def test_a_call_out_follows_no_redirection(bench: Bench) -> None:
    agent, customer = await bench.agent(), bench.line()
    before = len(bench.system.journal())
    call = await bench.dials(agent, customer.number)
    await customer.phone.taken(40)
    asked = len(bench.sbc().asked("INVITE"))
    elsewhere = ("Contact", f"<sip:{ABROAD}@{bench.sbc().here}>")
    await customer.phone.refuse("302 Moved Temporarily", elsewhere)
    ended = await bench.fact(call, ev.DialEnded)
    assert ended.why
    await agent.phone.wait_end(40)
    assert len(bench.sbc().asked("INVITE")) == asked
    arrived = [r.event for r in bench.system.journal()[before:]]
    assert not [e for e in arrived if isinstance(e, ev.CallArrived) and ABROAD in e.called]
    await bench.state(agent.number, "ready", within_s=30)
