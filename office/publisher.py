"""Text or edit → checked → new version → snapshot for the engine: the one way a change goes live.

Checking takes tens of milliseconds, so it runs beside the loop. The caller tells the engine
(`config.publish`) after it returns.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from domain.errors import NotFound, Refused
from office import snapshot, versions
from office.compile import FlowCheck, compile_config
from office.model import Config
from office.render import render
from office.shared import Lines
from office.texts import both
from office.versions import Edition, Request, Version
from store.database import Database


@dataclass(frozen=True, slots=True)
class Published:
    """A configuration that is in force, and its version."""

    config: Config
    version: Version


async def _nothing(_: Config) -> None:
    """Make nothing ready."""


@dataclass(frozen=True, slots=True)
class Publisher:
    """Publishes configurations; `path` is where the snapshot lies, `lines` what trunks tell.

    `ready` makes what a configuration needs (its spoken sentences), or refuses it.

    What was published stays in force when the trunks change; `current(strict=True)` looks again.
    """

    db: Database
    check_flow: FlowCheck
    path: Path
    lines: Lines = field(default_factory=dict)
    ready: Callable[[Config], Awaitable[None]] = _nothing

    async def publish(self, files: Mapping[str, str], request: Request) -> Published:
        """Check the texts, keep them as a version, write the snapshot."""
        config = await self._compiled(files, self.lines)
        await self.ready(config)
        version = await versions.publish(self.db, files, request)
        await asyncio.to_thread(snapshot.write, config, version.id, self.path)
        return Published(config, version)

    async def edit(self, change: Callable[[Config], Config], request: Request) -> Published:
        """Change the configuration in force; texts it leaves alone stay as they are."""
        edition = await self._current()
        edited = change(await self._compiled(edition.files))
        files = await asyncio.to_thread(render, edited, edition.files)
        based = Request(request.by, request.note, request.at, request.base or edition.version.id)
        return await self.publish(files, based)

    async def roll_back(self, number: int, request: Request) -> Published:
        """Publish the texts of an earlier version again, as a new one."""
        edition = await versions.get(self.db, number)
        return await self.publish(edition.files, request)

    async def current(self, *, strict: bool = False) -> Published:
        """Give what is in force; `strict` refuses what would not be published any more."""
        edition = await self._current()
        lines = self.lines if strict else None
        return Published(await self._compiled(edition.files, lines), edition.version)

    async def at(self, number: int) -> Published:
        """Give an earlier version as it was."""
        edition = await versions.get(self.db, number)
        return Published(await self._compiled(edition.files), edition.version)

    async def settle(self) -> Published:
        """At start: write the snapshot anew if a crash left it behind the newest version."""
        published = await self.current()
        try:
            same = snapshot.read(self.path) == (published.config, published.version.id)
        except (NotFound, Refused):
            same = False
        if not same:
            snapshot.write(published.config, published.version.id, self.path)
        return published

    async def _compiled(self, files: Mapping[str, str], lines: Lines | None = None) -> Config:
        return await asyncio.to_thread(compile_config, files, self.check_flow, lines)

    async def _current(self) -> Edition:
        edition = await versions.current(self.db)
        if edition is None:
            raise NotFound(both("还没有发布过配置", "no configuration was published yet"))
        return edition
