"""A part's way to an installation of its own, which ends with it."""

import asyncio
from collections.abc import Awaitable, Callable

from tests.chaos.tally import Ask, Tally
from tests.house.system import System, started


def on_system(ask: Ask, do: Callable[[System, Ask], Awaitable[Tally]]) -> Tally:
    """Do something to an installation, and end it whatever comes of that."""

    async def done() -> Tally:
        return await do(system, ask)

    system = started(ask.room)
    try:
        return asyncio.run(done())
    finally:
        system.stop()
