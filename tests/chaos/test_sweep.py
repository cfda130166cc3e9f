"""The engine dies at every turn of a call that is passed on, and of its return."""

import tempfile
from pathlib import Path

from tests.chaos import sweep_return
from tests.chaos.sweep import POINTS, SCENARIOS, swept
from tests.chaos.tally import Ask

MEMORY = "/dev/shm" if Path("/dev/shm").is_dir() else None
"""A folder in memory: nothing waits for a disk."""
CHOSEN = {"hold_and_transfer", "transfer"}


async def test_whenever_the_engine_dies_the_caller_is_served() -> None:
    with tempfile.TemporaryDirectory(dir=MEMORY) as room:
        tally = await swept(Ask(1, 1, 1, Path(room)), list(CHOSEN))
    assert tally.ok, tally.broken
    assert tally.cycles >= 120
    assert set(SCENARIOS) > CHOSEN


async def test_killed_again_while_it_takes_everybody_back_the_order_is_kept() -> None:
    with tempfile.TemporaryDirectory(dir=MEMORY) as room:
        tally = await sweep_return.swept(Ask(1, sweep_return.RETURN, 3, Path(room)))
    assert tally.ok, tally.broken
    assert tally.cycles == len(POINTS) * sweep_return.RETURN
