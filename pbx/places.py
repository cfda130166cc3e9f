"""Names of our dialplan's contexts at the border to an Asterisk that is also somebody else's.

A private Asterisk knows [hold]; one that we joined knows [yd-hold], so that nothing of ours has a
name that its owner may use. Everything above speaks of `hold`. Pure.
"""

from typing import Any

from pbx.hands import Action

PREFIX = "yd-"
"""Stands before the name of every context, template, transport and music class of ours."""
_FIELDS = ("Context", "ExtraContext")
_DIALLED = ("Channel", "Interface")


def sent(action: Action, prefix: str) -> Action:
    """Give an action as Asterisk is told it."""
    name, fields = action
    if not prefix:
        return action
    told: dict[str, Any] = dict(fields)
    told |= {key: prefix + fields[key] for key in _FIELDS if key in fields}
    for key in _DIALLED:
        if str(fields.get(key, "")).startswith("Local/"):
            told[key] = fields[key].replace("@", f"@{prefix}", 1)
    return name, told


def seen(context: str, prefix: str) -> str:
    """Give a context by the name that we use; "" for one that is not ours.

    >>> seen("yd-hold", "yd-"), seen("hold", "yd-"), seen("hold", "")
    ('hold', '', 'hold')
    """
    return context.removeprefix(prefix) if context.startswith(prefix) else ""
