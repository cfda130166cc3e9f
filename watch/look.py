"""One look at the house for the alarms: the engine, the database, disks, webhooks.

The engine is asked each time; what costs more is looked at every five seconds, beside the loop.
"""

import asyncio
import shutil
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from domain.clock import Clock
from domain.errors import YingdaError
from domain.places import OUTBOX
from outside import Deliveries
from store.database import Database
from watch.facts import Facts

SLOW_S = 5.0
HOUR_MS = 3_600_000
DATABASE_S = 10.0
"""A look at the database that takes longer means that it is away."""
FOLDERS = (".", "journal", "recordings", "spool")
"""Folders below the data whose disks are watched."""


class Engine(Protocol):
    """The web's line to the engine."""

    @property
    def up(self) -> bool: ...
    async def ask(self, do: str, /, **args: Any) -> dict[str, Any]: ...


@dataclass(frozen=True, slots=True)
class House:
    """What is looked at."""

    engine: Engine
    floor: Callable[[], Mapping[str, Any]]
    database: Database
    data: Path
    clock: Clock


class Look:
    """Call it for the facts of now."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._slow_at = float("-inf")
        self._asked_at = 0.0
        self._asking: asyncio.Task[bool] | None = None
        self._database: bool | None = None
        self._disks: Mapping[str, float] | None = None
        self._webhooks: tuple[int, int] | None = None

    async def __call__(self) -> Facts:
        """Look; what does not answer is not there."""
        now = self._house.clock.mono()
        if now - self._slow_at >= SLOW_S:
            self._slow_at = now
            self._disks = await _tried(asyncio.to_thread(disks, folders(self._house)))
            self._webhooks = await _tried(asyncio.to_thread(self._outbox))
            self._ask_database(now)
        self._hear_database(now)
        health = await self._health()
        return Facts(
            health is not None,
            self._house.floor() if health is not None else None,
            health,
            self._database,
            self._disks,
            *((None, None) if self._webhooks is None else self._webhooks[::-1]),
        )

    async def _health(self) -> Mapping[str, Any] | None:
        """Ask the engine; one that stands still answers no more than one that is gone."""
        if not self._house.engine.up:
            return None
        answer: Mapping[str, Any] | None = await _tried(self._house.engine.ask("health"))
        return answer

    def _ask_database(self, now: float) -> None:
        """Begin to ask; never cancelled, as what is asked of SQLite and cut short never ends."""
        if self._asking is None:
            self._asked_at = now
            self._asking = asyncio.create_task(self._reached())

    def _hear_database(self, now: float) -> None:
        if self._asking is None:
            return
        if self._asking.done():
            self._database, self._asking = self._asking.result(), None
        elif now - self._asked_at >= DATABASE_S:
            self._database = False

    async def _reached(self) -> bool:
        try:
            async with self._house.database.read():
                return True
        except YingdaError:
            return False

    def _outbox(self) -> tuple[int, int]:
        path = self._house.data / OUTBOX
        if not path.exists():
            return 0, 0
        file = Deliveries(path)
        try:
            return file.counted(self._house.clock.utc_ms() - HOUR_MS)
        finally:
            file.close()


def folders(house: House) -> list[Path]:
    """Name the folders whose disks are watched: ours, and that of the rows where it is a file."""
    found, url = [house.data / name for name in FOLDERS], house.database.url
    if url.get_backend_name() == "sqlite" and url.database:
        found.append(Path(url.database).parent)
    return found


def disks(among: Iterable[Path]) -> dict[str, float]:
    """Give the free share of each folder's disk, percent; a disk has its first folder's name."""
    found: dict[int, tuple[str, float]] = {}
    for folder in among:
        if folder.exists():
            usage = shutil.disk_usage(folder)
            free = round(100 * usage.free / usage.total, 1)
            found.setdefault(folder.stat().st_dev, (folder.resolve().name, free))
    return dict(found.values())


async def _tried(asked: Awaitable[Any]) -> Any:
    """Wait for something; None when it cannot be had."""
    try:
        return await asked
    except (YingdaError, OSError):
        return None
