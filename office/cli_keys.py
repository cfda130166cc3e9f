"""`yingda key add|list|revoke`: keys for machines from the command line."""

from argparse import Namespace
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from office.cli_world import OfficeWorld, Outcome
from office.keys import ApiKey, NewKey
from office.remit import Remit, check, remit
from office.texts import both


async def add_key(args: Namespace, world: OfficeWorld) -> Outcome:
    """Make a key; it is printed once."""
    given = await _remit(args, world)
    made, key = await world.keys.make(
        NewKey(args.name, tuple(args.scope), args.days, given), world.by
    )
    line = both(f"{made.name} 的密钥（仅显示这一次）", f"key of {made.name}, shown once")
    return Outcome(_told(made) | {"key": key}, (f"{line}: {key}",))


async def _remit(args: Namespace, world: OfficeWorld) -> Remit | None:
    """Read what the key is held to, which the published configuration must have."""
    if not (args.group or args.hotline or args.site):
        return None
    given = remit(args.group, args.hotline, args.site)
    check(given, (await world.publisher.current()).config)
    return given


async def list_keys(_args: Namespace, world: OfficeWorld) -> Outcome:
    """List every key, the newest first; none shows itself."""
    everyone, now = await world.keys.everyone(), world.clock.utc_ms()
    lines = tuple(
        f"{one.id:<5}{_state(one, now):<14}{_day(one.expires):<12}{one.name}  {_sees(one)}"
        for one in everyone
    )
    return Outcome({"keys": [_told(one) for one in everyone]}, lines)


async def revoke_key(args: Namespace, world: OfficeWorld) -> Outcome:
    """Void a key at once."""
    await world.keys.revoke(args.id, world.by)
    line = both(f"密钥 {args.id} 已作废", f"key {args.id} is void")
    return Outcome({"id": args.id, "revoked": True}, (line,))


def _told(key: ApiKey) -> dict[str, Any]:
    held = None
    if key.remit is not None:
        held = {name: sorted(ids) for name, ids in asdict(key.remit).items()}
    return asdict(key) | {"remit": held}


def _state(key: ApiKey, now: int) -> str:
    if key.revoked:
        return "已作废 void"
    return "已过期 over" if now >= key.expires else "有效 good"


def _day(utc_ms: int) -> str:
    return datetime.fromtimestamp(utc_ms / 1000, UTC).date().isoformat()


def _sees(key: ApiKey) -> str:
    held = [] if key.remit is None else [*key.remit.groups, *key.remit.hotlines, *key.remit.sites]
    return " ".join((*key.scopes, *(f"[{one}]" for one in sorted(held))))
