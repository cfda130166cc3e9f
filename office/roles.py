"""Who may do what: one table of permissions × roles; what is not in it is denied. Pure.

>>> can("agent", "desk.work"), can("agent", "number.reveal")
(True, False)
>>> can("nobody", "desk.work"), can("admin", "no.such.right")
(False, False)
"""

ROLES = ("agent", "supervisor", "manager", "admin")
"""The roles a user may have, from the least to the most."""

_LEADERS = frozenset({"supervisor", "manager", "admin"})
_OFFICE = frozenset({"manager", "admin"})
_ADMIN = frozenset({"admin"})

PERMISSIONS: dict[str, frozenset[str]] = {
    "desk.work": frozenset({"agent"}),
    "board.own_groups": frozenset({"agent"}),
    "board.see": _LEADERS,
    "floor.steer": _LEADERS,
    "hotlines.switch": _LEADERS,
    "calls.see_own": frozenset({"agent"}),
    "calls.see": _LEADERS,
    "recording.listen": _LEADERS,
    "number.reveal": _OFFICE,
    "reports.see": _LEADERS,
    "test.call": frozenset(ROLES),
    "admin.agents": _OFFICE,
    "admin.phones": _OFFICE,
    "admin.groups": _OFFICE,
    "admin.hotlines": _OFFICE,
    "admin.calendars": _OFFICE,
    "admin.prompts": _OFFICE,
    "messages.see": frozenset(ROLES),
    "admin.do_not_call": _OFFICE,
    "admin.callers": _OFFICE,
    "admin.reasons": _OFFICE,
    "admin.config": _OFFICE,
    "flows.see": _OFFICE,
    "flows.edit": _ADMIN,
    "alarms.answer": _LEADERS,
    "admin.alarms": _OFFICE,
    "admin.receivers": _ADMIN,
    "admin.users": _ADMIN,
    "admin.webhooks": _ADMIN,
    "audit.see": _OFFICE,
}
"""Each permission and the roles that hold it."""


def can(role: str, permission: str) -> bool:
    """Tell whether a role holds a permission; unknown words hold nothing."""
    return role in PERMISSIONS.get(permission, frozenset())


def permissions(role: str) -> frozenset[str]:
    """List what a role may do, for pages that hide what is denied."""
    return frozenset(name for name, roles in PERMISSIONS.items() if role in roles)
