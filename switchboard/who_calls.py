"""Who calls: the CRM is asked, and the rows for the agent who talked to this number last.

The journal that an engine reads at its start reaches back two days only; a group may remember for
longer. Both questions are asked at arrival and delay nothing; what does not answer in time is done
without.
"""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass

from cdr.last import last_talk
from crm import Looked
from domain.clock import DAY_MS, Clock
from domain.errors import YingdaError
from office.model import Config
from store.database import Database
from switchboard.cards import Cards
from switchboard.hooks import Lookups

log = logging.getLogger("yingda.who_calls")

PATIENCE_S = 1.0


@dataclass(frozen=True, slots=True)
class WhoCalls:
    """Asks for each caller; `config` gives the configuration in force."""

    lookups: Lookups
    database: Database
    cards: Cards
    config: Callable[[], Config]
    clock: Clock

    async def look_up(self, number: str) -> Looked:
        """Ask the CRM; the cards know the last agent by then, if anybody does."""
        looked, _ = await asyncio.gather(
            self.lookups.look_up(self.config().crm, number), self.remember(number)
        )
        return looked

    async def remember(self, number: str) -> None:
        """Put the last agent of a number on the cards, where a group wants to know."""
        days = max((each.sticky_days for each in self.config().groups if each.sticky_s), default=0)
        if not (number and days) or self.cards.last_agent(number):
            return
        try:
            async with asyncio.timeout(PATIENCE_S):
                since = self.clock.utc_ms() - days * DAY_MS
                agent, at_ms = await last_talk(self.database, number, since)
        except (TimeoutError, YingdaError) as error:
            log.info("the rows did not say who talked to a caller last: %r", error)
        else:
            self.cards.remember(number, agent, at_ms)
