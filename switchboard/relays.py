"""The relays for browsers at home, asked every two minutes: one of no use is an incident."""

import asyncio

from domain.clock import Clock
from domain.settings import Turn
from outside.relay import ask_relay, minted
from switchboard.incidents import Incidents

EACH_S = 120.0
SAID = {"unreachable": "没有应答 · no answer", "refused": "不认我们的凭证 · refuses our log-in"}


async def watch_relays(turn: Turn, clock: Clock, incidents: Incidents) -> None:
    """Ask for as long as the engine lives; without relays there is nobody to ask."""
    while turn.urls:
        await check_relays(turn, clock, incidents)
        await asyncio.sleep(EACH_S)
    await asyncio.Event().wait()


async def check_relays(turn: Turn, clock: Clock, incidents: Incidents) -> None:
    """See which relays are of no use now, and which are well again."""
    login = minted(turn, "engine", clock.utc_ms())
    for url in turn.urls:
        wrong = await ask_relay(url, login)
        if wrong:
            incidents.see("turn", url, SAID.get(wrong, wrong))
        else:
            incidents.over("turn", url)
