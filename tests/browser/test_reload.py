"""A page is reloaded in a talk: within seconds the talk goes on, as one call with one recording."""

from time import monotonic

import pytest

from domain import events as ev
from tests.browser.conftest import Caller, Sit
from tests.browser.people import until
from tests.house.firm import LANES
from tests.house.system import System

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]

LANE = LANES[4]
CALLER_HZ, LOUD_DB = 440, -60.0


async def test_a_reloaded_page_takes_its_talk_up_again(
    system: System, sit: Sit, caller: Caller
) -> None:
    number = LANE.agents[0]
    agent = await sit(number)
    await agent.take_shift()
    await agent.ready()
    phone = await caller("13700137005")
    await phone.dial(LANE.hotline)
    await phone.press("1")
    await agent.sees("card")
    await agent.press("card-answer")
    await until(lambda: system.agent(number)["state"] == "talking")
    call = system.agent(number)["call"]

    def facts(kind: type[ev.Event]) -> int:
        return sum(isinstance(each.event, kind) for each in system.journal(call))

    # the page asks whether to leave: yes
    agent.page.on("dialog", lambda dialog: dialog.accept())
    for nth in (1, 2):
        began = monotonic()
        await agent.page.reload(wait_until="commit")
        await until(lambda n=nth: facts(ev.PhoneResumed) == n)
        print(f"\nreloaded, and the talk goes on after {monotonic() - began:.1f} s")
        assert system.agent(number)["state"] == "talking"
        end = monotonic() + 20
        while await agent.hears(CALLER_HZ) < LOUD_DB:
            assert monotonic() < end, "the page does not hear the caller"
    await phone.hang_up()
    ended = "SELECT * FROM call WHERE call = ? AND outcome IS NOT NULL"
    await until(lambda: system.rows(ended, call))
    row = system.rows(ended, call)[0]
    assert (row["outcome"], row["offers"], row["by"]) == ("answered", 1, "caller")
    assert row["hold_ms"] > 0
    await until(lambda: system.rows("SELECT * FROM recording WHERE call = ?", call))
    assert len(system.rows("SELECT * FROM recording WHERE call = ?", call)) == 1
