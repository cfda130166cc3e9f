"""Is the web process alive, and is the whole ready to take calls."""

from typing import Literal

from domain.errors import YingdaError
from web.engine import EngineLink
from web.table import PUBLIC, Answer, Ask, Nothing, Schema, table

health = table("health")


class Alive(Schema):
    """The process answers."""

    ok: Literal[True] = True


class Ready(Schema):
    """Which parts answer; `ok` when all do."""

    ok: bool
    database: bool
    engine: bool
    pbx: bool


@health.route("GET /healthz", PUBLIC)
async def alive(ask: Ask[Nothing, Nothing]) -> Alive:
    """Tell that the process answers."""
    return Alive()


@health.route("GET /readyz", PUBLIC)
async def ready(ask: Ask[Nothing, Nothing]) -> Answer[Ready]:
    """Tell whether database, engine and PBX answer; 503 when one does not."""
    engine = ask.world.engine
    parts = (
        # one that answers the engine nothing would keep us waiting too
        not _late(engine) and await _database(ask),
        engine.up,
        engine.up and bool(engine.floor.pbx.get("up")),
    )
    data = Ready(ok=all(parts), database=parts[0], engine=parts[1], pbx=parts[2])
    return Answer(data, status=200 if data.ok else 503)


def _late(engine: EngineLink) -> bool:
    """Tell whether the engine cannot write its rows: another's lock, or a full disk."""
    return any(row.get("kind") == "rows_late" for row in engine.floor.of_leaders["incidents"])


async def _database(ask: Ask[Nothing, Nothing]) -> bool:
    try:
        async with ask.world.db.read():
            return True
    except YingdaError:
        return False
