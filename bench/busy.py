"""What else goes on in a busy firm: desks and boards that are open, month reports, a long export.

The pages stand for other machines, so that they run here only when nobody else wants to; what they
make our server do has the priority that the server gives it.
"""

import asyncio
import sys
from collections import Counter
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp
from sqlalchemy import make_url

from bench import month
from bench.people import signed_in
from bench.pop import Pages
from bench.site import Site
from domain.clock import real_clock
from reports.days import day_of
from store import open_database

DESKS, BOARDS, FIRST_S, EXPORT_S = 100, 20, 15.0, 45.0
MONTHS = ("hotline", "group", "agent", "interval", "summary")
"""Five people, each with a report of the whole month in front of them, asking again and again."""
EXPORT_DAYS = 18
"""So many days of agents by half hour are over 100,000 rows of an Excel file."""
EXPORT_ROWS = 100_000


@dataclass(slots=True)
class Crowd:
    """The people of a site beside its callers, and what they were given so far."""

    site: Site
    desks: Sequence[str] = ()
    boards: Sequence[str] = ()
    calls: int = 0
    given: Counter[str] = field(default_factory=Counter)

    async def come(self, agents: Sequence[str]) -> None:
        """Fill a month of calls into the rows and let everybody sign in; the engine is away."""
        url, now = self.site.settings.database_url, real_clock().utc_ms()
        self.calls = await asyncio.to_thread(month.fill, Path(make_url(url).database or ""))
        database = open_database(url)
        try:
            self.desks = await signed_in(database, "agent", agents[:DESKS], now)
            self.boards = await signed_in(database, "supervisor", agents[:BOARDS], now)
        finally:
            await database.close()

    @asynccontextmanager
    async def at_work(self, room: Path) -> AsyncIterator[None]:
        """Keep everybody at it."""
        tokens = _written(room, (*self.desks, *self.boards))
        async with Pages(self.site.settings.web.port, tokens, elsewhere=True) as pages:
            asking = [asyncio.create_task(self._asks(kind)) for kind in (*MONTHS, "export")]
            try:
                await self._first_given()
                yield
            finally:
                for task in asking:
                    task.cancel()
                await asyncio.gather(*asking, return_exceptions=True)
                await pages.seen()

    async def _first_given(self) -> None:
        """Wait until somebody has a report: everything is up and running."""
        before = self.given.total()
        await _until(lambda: self.given.total() > before, FIRST_S)

    async def has_export(self) -> None:
        """Wait for the export that was begun; not for ever."""
        await _until(lambda: self.given["export"] > 0, EXPORT_S)

    async def _asks(self, kind: str) -> None:
        headers = {"Cookie": f"yingda={self.boards[0]}"}
        async with aiohttp.ClientSession(self.site.url, headers=headers) as session:
            while True:
                async with session.get(_path(kind)) as answer:
                    body = await answer.read()
                    if answer.status != 200:
                        print(f"{kind}: {answer.status} {body[:200]!r}", file=sys.stderr)
                        return
                self.given[kind] += 1


async def _until(is_so: Callable[[], bool], within_s: float) -> None:
    with suppress(TimeoutError):
        async with asyncio.timeout(within_s):
            while not is_so():  # noqa: ASYNC110
                await asyncio.sleep(0.1)


def _written(room: Path, tokens: Sequence[str]) -> Path:
    room.mkdir(parents=True, exist_ok=True)
    (room / "tokens").write_text("\n".join(tokens))
    return room / "tokens"


def _path(kind: str) -> str:
    first, last = month.FIRST_MS, month.FIRST_MS + (month.DAYS - 1) * month.A_DAY_MS
    if kind == "export":
        last = first + (EXPORT_DAYS - 1) * month.A_DAY_MS
        return f"/api/v1/reports/agent.xlsx?by=half_hour&from={day_of(first)}&to={day_of(last)}"
    return f"/api/v1/reports/{kind}?by=day&from={day_of(first)}&to={day_of(last)}"
