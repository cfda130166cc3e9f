"""Every check of `yingda doctor`, in the order in which they are shown."""

from collections.abc import Awaitable, Callable

from watch import limits, network, parts, running
from watch.calls_out import calls_out
from watch.finding import FAIL, Finding, fail
from watch.holidays import holidays
from watch.key import recordings_key
from watch.strength import strength
from watch.world import World

Check = Callable[[World], Awaitable[Finding]]

CHECKS: tuple[Check, ...] = (
    parts.python,
    parts.core,
    parts.disk,
    limits.files,
    parts.asterisk_there,
    parts.ffmpeg,
    parts.prompts,
    parts.pages,
    parts.secrets,
    recordings_key,
    strength,
    parts.generated,
    parts.trunks,
    calls_out,
    holidays,
    parts.microphone,
    parts.certificate,
    network.sound,
    network.relays,
    running.database,
    running.journal,
    running.asterisk_runs,
    running.ports,
    running.sip_port,
    running.engine,
    running.incidents,
)


async def examine(world: World) -> list[Finding]:
    """Run every check; one that breaks is a finding too."""
    return [await _safely(check, world) for check in CHECKS]


async def _safely(check: Check, world: World) -> Finding:
    try:
        return await check(world)
    except Exception as error:
        name = getattr(check, "__name__", "check")
        text = f"{type(error).__name__}: {error}"
        return fail(name, f"检查本身出错:{text}", f"the check itself failed: {text}", "tell us")


def is_well(findings: list[Finding]) -> bool:
    """Is nothing broken? Warnings are allowed."""
    return all(finding.level != FAIL for finding in findings)
