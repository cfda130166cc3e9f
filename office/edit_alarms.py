"""What admin pages change of alarms and their receivers. Pure."""

from collections.abc import Mapping
from typing import Any

from domain.errors import Conflict
from office.alarms import SHIPPED, Alarm, Receiver
from office.edit import check, drop, put
from office.model import Config
from office.texts import both


def alarms_of(config: Config) -> tuple[Alarm, ...]:
    """List the alarms in force: the firm's own, or those that ship."""
    return config.alarms or SHIPPED


def put_alarm(config: Config, change: Mapping[str, Any]) -> Config:
    """Add the alarm of this id, or replace it; the first change writes the shipped ones down."""
    return put(_written(config), "alarms", Alarm, change)


def drop_alarm(config: Config, name: str) -> Config:
    """Remove an alarm; the last one can only be switched off, or the shipped ones came back."""
    left = drop(_written(config), "alarms", name)
    if not left.alarms:
        text = both("最后一条不能删，可以停用", "the last one stays: switch it off instead")
        raise Conflict(text)
    return left


def put_receiver(config: Config, change: Mapping[str, Any]) -> Config:
    """Add the receiver of this id, or replace it."""
    return put(config, "receivers", Receiver, change)


def drop_receiver(config: Config, name: str) -> Config:
    """Remove a receiver that no alarm names; else say which do."""
    users = [each.id for each in config.alarms if name in (*each.receivers, *each.escalate)]
    if users:
        listed = ", ".join(users)
        raise Conflict(both(f"还有报警用到它：{listed}", f"alarms still use it: {listed}"))
    left = drop(config, "receivers", name)
    check(left)
    return left


def _written(config: Config) -> Config:
    return config if config.alarms else config.model_copy(update={"alarms": SHIPPED})
