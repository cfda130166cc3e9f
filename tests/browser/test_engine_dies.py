"""The engine is killed under two pages: one talks on, the other rings for the next caller."""

import os
import signal

import pytest

from tests.browser.conftest import Caller, Sit
from tests.browser.people import Person, until
from tests.house.firm import LANES
from tests.house.system import Refusal, System

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]

LANE = LANES[4]
CALLER_HZ, LOUD_DB = 440, -60.0
ENDED = "SELECT * FROM call WHERE call = ? AND outcome IS NOT NULL"


async def test_one_talks_on_and_the_other_has_the_next_caller(
    system: System, sit: Sit, caller: Caller
) -> None:
    talks, waits = await sit(LANE.agents[0]), await sit(LANE.agents[1])
    await talks.take_shift()
    await talks.ready()
    first = await caller("13700137015")
    await first.dial(LANE.hotline)
    await first.press("1")
    await answers(talks)
    await until(lambda: system.agent(LANE.agents[0])["state"] == "talking")
    call = system.agent(LANE.agents[0])["call"]
    await waits.take_shift()
    await waits.ready()
    before = epoch(system)
    os.kill(system.pid_of("engine"), signal.SIGKILL)
    await until(lambda: epoch(system) > before and system.is_ready(), 90)
    await waits.state("就绪")
    await talks.state("通话")
    await hears(talks)
    second = await caller("13700137016")
    await second.dial(LANE.hotline)
    await second.press("1")
    await answers(waits)
    await hears(waits)
    await hears(talks)
    assert system.agent(LANE.agents[0])["call"] == call
    other = system.agent(LANE.agents[1])["call"]
    for phone in (first, second):
        await phone.hang_up()
    for one, number in zip((call, other), LANE.agents, strict=True):
        await until(lambda one=one: system.rows(ENDED, one), 60)
        row = system.rows(ENDED, one)[0]
        assert (row["outcome"], row["agent"], row["offers"]) == ("answered", number, 1)


async def answers(agent: Person) -> None:
    """Take the call that the card shows."""
    await agent.sees("card")
    await agent.press("card-answer")


async def hears(agent: Person) -> None:
    """Wait until this page hears the caller's tone."""

    async def is_there() -> bool:
        return await agent.hears(CALLER_HZ) > LOUD_DB

    await until(is_there)


def epoch(system: System) -> int:
    """Tell which life of the engine this is; 0 while none answers."""
    try:
        return int(system.ask("health")["epoch"])
    except (OSError, KeyError, ValueError, Refusal):
        return 0
