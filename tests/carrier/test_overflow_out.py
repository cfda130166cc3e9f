"""Callers who waited long enough are put through to a number outside, over a carrier's line."""

import pytest

from domain import events as ev
from tests.carrier.house import Bench, on
from tests.carrier.profiles import THROUGH
from tests.house.scene import Person
from tests.house.together import story

pytestmark = [pytest.mark.pbx, pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(300)]


async def waits(bench: Bench) -> tuple[str, Person, Person]:
    """Bring a caller to a line that nobody takes; gives the call, the caller, who is outside."""
    await bench.agent(ready=False)
    caller, outside = bench.line(), bench.line()
    call = await bench.enters(caller, hotline=bench.profile.landline)
    await outside.phone.wait_ring(40)
    return call, caller, outside


@story
@on(THROUGH)
async def test_the_number_outside_answers_and_is_recorded(bench: Bench) -> None:
    call, caller, outside = await waits(bench)
    sent = await bench.fact(call, ev.CallOverflowed)
    assert (sent.rule, sent.to_kind, sent.to) == ("wait_s", "number", "057186009999")
    await outside.phone.answer()
    await caller.hears(outside)
    await outside.hears(caller)
    await bench.fact(call, ev.OutsideAnswered)
    await bench.lasts(caller)
    await outside.phone.hang_up()
    row = await bench.row(call)
    assert (row["outcome"], row["agent"], row["direction"]) == ("outside", "", "in")
    kinds = [(each["kind"], each["result"]) for each in bench.segments(call)]
    assert kinds[-2:] == [("outside", "answered"), ("outside", "answered")]
    shown = bench.facts(call, ev.OutsideDialled)[0]
    assert shown.caller_id == bench.profile.landline
    await bench.recorded(call, caller, outside)


@story
@on(THROUGH)
async def test_nobody_there_so_the_caller_waits_on_at_the_old_place(bench: Bench) -> None:
    agent = await bench.agent(1, ready=False)
    call, caller, outside = await waits(bench)
    await outside.phone.decline(486)
    ended = await bench.fact(call, ev.OutsideEnded)
    assert ended.why == "busy"
    await caller.hears_a("music")
    await bench.ask("agent.ready", agent=agent.number)
    await agent.takes(call)
    await caller.hears(agent)
    await bench.lasts(caller)
    await caller.phone.hang_up()
    row = await bench.row(call)
    assert (row["outcome"], row["agent"]) == ("answered", agent.number)
    assert len(bench.facts(call, ev.CallOverflowed)) == 1
