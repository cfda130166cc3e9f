"""A change of the configuration by an admin page: edit, publish, tell the engine."""

from collections.abc import Awaitable, Callable
from typing import Any

from domain.errors import YingdaError
from office.model import Config
from office.publisher import Published as Done
from office.versions import Request
from web.schema_admin import Published
from web.table import Ask


async def change(
    ask: Ask[Any, Any], note: str, edit: Callable[[Config], Config], base: int = 0
) -> Published:
    """Edit the configuration in force as the signed-in person; Conflict if `base` is outdated."""
    request = Request(ask.me.login, note, ask.world.clock.utc_ms(), base)
    return await announced(ask, ask.world.publisher.edit(edit, request))


async def announced(ask: Ask[Any, Any], publishing: Awaitable[Done]) -> Published:
    """Finish a publish and tell a running engine; one that is down reads it at its start."""
    version = (await publishing).version.id
    try:
        await ask.world.engine.ask("config.publish", version=version)
    except YingdaError:
        return Published(version=version, announced=False)
    return Published(version=version, announced=True)
