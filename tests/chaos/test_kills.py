"""A little of the kills' night in every run: one installation, under calls, for all of them.

Each test ends its own callers; Asterisk dies last, for it takes every talk with it.
"""

from collections.abc import Iterator

import pytest

from tests.chaos import kill_asterisk, kill_engine, stall
from tests.chaos.tally import Ask, Tally
from tests.chaos.works import Works, opened

pytestmark = [pytest.mark.pbx, pytest.mark.timeout(600)]
AGENTS, TALK = 8, 'min="1200" max="3000"'
SEED = 7


@pytest.fixture(scope="module")
def works(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Works]:
    """Give an installation with agents at work."""
    works = opened(tmp_path_factory.mktemp("kills") / "w", AGENTS, TALK)
    yield works
    works.stop()


class Told(list[str]):
    """What was said of each cycle, for whoever reads why it failed."""

    def ask(self, works: Works, cycles: int, calls: int = 0) -> Ask:
        """Ask for so much of a part."""
        return Ask(SEED, cycles, calls, works.room, self.append)

    def judge(self, part: str, tally: Tally) -> None:
        """Hold the promises."""
        assert tally.ok, (tally.told(part), list(self))


def test_an_engine_killed_under_calls_costs_nobody_anything(works: Works) -> None:
    told = Told()
    told.judge("kill-engine", kill_engine.killed(told.ask(works, 2, 14), works))


def test_an_engine_that_stands_still_costs_nobody_anything(works: Works) -> None:
    told = Told()
    told.judge("stall", stall.stalled(told.ask(works, 2, 8), works))


def test_asterisk_killed_under_calls_is_back_and_everybody_is_listed(works: Works) -> None:
    told = Told()
    told.judge("kill-asterisk", kill_asterisk.killed(told.ask(works, 1, 8), works))
