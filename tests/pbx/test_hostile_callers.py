"""A hundred callers' names that mean harm, in real calls: pages, files, webhooks, logs whole."""

import asyncio

import pytest

from tests.house import harm
from tests.house.firm import MENU
from tests.house.hostile import NAMES, corpus
from tests.house.system import System
from tests.house.visitor import Visitors

pytestmark = [pytest.mark.pbx, pytest.mark.timeout(300)]

SAMPLES = list(corpus())
PER_CALL = len(NAMES) + 1
CALLS = [SAMPLES[at : at + PER_CALL] for at in range(0, len(SAMPLES), PER_CALL)]


@pytest.fixture(scope="module")
def told(system: System) -> int:
    """Place the calls, a few at a time; gives how long the journal was before."""
    before = len(system.journal())
    statuses = asyncio.run(harm.placed(system, MENU, CALLS))
    assert statuses.count(200) >= len(CALLS) - 3, statuses
    return before


async def test_each_call_is_one_call_and_its_words_are_only_words(
    system: System, told: int
) -> None:
    calls = await harm.over(system, told)
    assert len(calls) >= len(CALLS) - 3
    assert harm.kept(system, system.journal()[told:], calls) == []


async def test_pages_files_webhooks_and_logs_are_whole(system: System, told: int) -> None:
    calls = await harm.over(system, told)
    async with Visitors(system) as visitors:
        assert await harm.shown(await visitors.enter("supervisor"), calls) == []
    assert harm.told(system) == []
