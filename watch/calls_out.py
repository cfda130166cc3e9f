"""Check that what the hotlines show on calls out is registered on some trunk."""

import asyncio

from domain.errors import NotFound
from lines.routes import shown_on
from office import snapshot
from office.model import Config
from watch.finding import Finding, ok, warn
from watch.world import World

_NAME = "calls out"


async def calls_out(world: World) -> Finding:
    """Compare the hotlines' caller ids with the trunks' numbers."""
    try:
        config, _ = await asyncio.to_thread(snapshot.read, world.data / "config" / "current.json")
    except NotFound:
        return ok(_NAME, "尚未发布配置", "no configuration is in force yet")
    if not config.firm.calls_out.enabled:
        return ok(_NAME, "外呼未开启", "calls out are switched off")
    if not world.settings.trunks:
        return ok(_NAME, "没有中继，不能外呼", "no trunk is set: nobody can call out")
    return _compared(world, config)


def _compared(world: World, config: Config) -> Finding:
    lines = world.settings.trunks
    able = [each for each in config.hotlines if each.caller_ids]
    mute = [
        each.number for each in able if not any(shown_on(line, each.caller_ids) for line in lines)
    ]
    mend = "hotlines.yaml caller_ids = [[trunk]] numbers (docs/howto/calls-out.md)"
    if mute:
        listed = ", ".join(mute)
        zh = f"外显号码没有在任何中继上登记，不能外呼：{listed}"
        return warn(_NAME, zh, f"the caller id is registered on no trunk: {listed}", mend)
    if not able:
        return warn(_NAME, "没有热线有外显号码，不能外呼", "no hotline has a caller id", mend)
    return ok(_NAME, f"{len(able)} 条热线可以外呼", f"{len(able)} hotlines can call out")
