"""What other packages add: loaded by name from entry-point groups, once, at start.

Groups: `yingda.strategy` (acd.strategies.Strategy), `yingda.flow_node` (subclass of ivr.Node),
`yingda.lookup` (domain.ports.Lookup, made of url, http client and secret), `yingda.storage`
(domain.ports.Storage, made of the recordings folder), `yingda.notifier` (domain.ports.Notifier,
made of nothing), `yingda.speech` (speech.Voice).
"""

from importlib.metadata import entry_points
from typing import Any


def extensions(group: str) -> dict[str, Any]:
    """Load everything announced under a group: name → what it is."""
    return {entry.name: entry.load() for entry in entry_points(group=group)}
