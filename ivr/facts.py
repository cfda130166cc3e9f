"""The names by which a flow may ask about the caller and the world. Pure."""

import re

CALLER = ("caller.number", "caller.province", "caller.city", "caller.kind")
PLAIN = (*CALLER, "vip", "tags", "lists", "language", "hotline", "calls_24h", "hour", "weekday")
"""Names without a part that varies. `weekday` is 1 (Monday) to 7; `tags` and `lists` are lists."""

_QUEUE = re.compile(r"queue\.([a-z][a-z0-9_-]*)\.(length|wait_s|ready|signed_in)")
_AGENT = re.compile(r"agent\.([0-9]+)\.(ready|signed_in)")


def queue_fact(name: str) -> tuple[str, str] | None:
    """Take `queue.presale.wait_s` apart into group and figure."""
    found = _QUEUE.fullmatch(name)
    return (found[1], found[2]) if found else None


def agent_fact(name: str) -> tuple[str, str] | None:
    """Take `agent.8001.ready` apart into agent and figure."""
    found = _AGENT.fullmatch(name)
    return (found[1], found[2]) if found else None


def is_fact(name: str) -> bool:
    """Tell whether the world answers to this name; any other is a value of the flow."""
    return name in PLAIN or bool(queue_fact(name) or agent_fact(name))
