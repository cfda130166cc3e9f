"""Calls whose names and headers mean harm, by a seed: `hostile --cycles CALLS`.

Each real call carries a display name and nine headers of its own. What becomes of them in rows,
journal, page, CSV, xlsx, webhooks and logs is judged; a name that is refused with a status is fine.
"""

from collections import Counter
from random import Random

from tests.chaos.installed import on_system
from tests.chaos.tally import Ask, Tally
from tests.house import harm
from tests.house.firm import MENU
from tests.house.hostile import NAMES, by_chance
from tests.house.system import System
from tests.house.visitor import Visitors

AT_ONCE = 6
ANSWERED = 0.8
"""The share of calls that must come through: a test of refusals alone would show nothing."""


def run(ask: Ask) -> Tally:
    """Place them on an installation of our own."""
    return on_system(ask, called)


async def called(system: System, ask: Ask) -> Tally:
    """Place `cycles` calls and judge what is left of them everywhere."""
    tally, chance = Tally(ask.seed, cycles=ask.cycles), Random(ask.seed)
    before = len(system.journal())
    calls = [
        [by_chance(chance, n * 10 + k) for k in range(len(NAMES) + 1)] for n in range(ask.cycles)
    ]
    statuses = Counter(await harm.placed(system, MENU, calls, AT_ONCE))
    tally.also["statuses"] = str(dict(sorted(statuses.items())))
    ask.say(f"placed: {tally.also['statuses']}")
    tally.must(statuses[200] >= ANSWERED * ask.cycles, f"few came through: {statuses}")
    tally.live_calls = statuses[200]
    there = await harm.over(system, before)
    tally.missing = max(0, statuses[200] - len(there))
    wrong = harm.kept(system, system.journal()[before:], there) + harm.told(system)
    async with Visitors(system) as visitors:
        wrong += await harm.shown(await visitors.enter("supervisor"), there)
    tally.broken += [f"{each}, seed {ask.seed}" for each in wrong]
    return tally
