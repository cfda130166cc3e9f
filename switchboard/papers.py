"""The certificate of the pages, looked at each hour: one that ends soon is an incident."""

import asyncio
from datetime import UTC, datetime

from domain.clock import Clock
from domain.settings import Settings
from outside import shown
from outside.certificate import complaint
from switchboard.incidents import Incidents

EACH_S = 3600.0


async def watch_certificate(settings: Settings, clock: Clock, incidents: Incidents) -> None:
    """Look for as long as the engine lives; without TLS there is nothing to look at."""
    while settings.web.tls != "off":
        check_certificate(settings, datetime.fromtimestamp(clock.utc_ms() / 1000, UTC), incidents)
        await asyncio.sleep(EACH_S)
    await asyncio.Event().wait()


def check_certificate(settings: Settings, now: datetime, incidents: Incidents) -> None:
    """See what is wrong with it now, or that it is well again."""
    chain, key = shown.paths(settings)
    wrong = complaint(chain, key, now) if chain.exists() or settings.web.tls == "files" else None
    if wrong is None:
        incidents.over("certificate", chain.name)
    else:
        incidents.see("certificate", chain.name, f"{wrong.zh} · {wrong.en}")
