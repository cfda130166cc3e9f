"""Who may do what: one table of permissions × roles; what is not in it is denied. Pure.

>>> can("agent", "desk.work"), can("agent", "number.reveal")
(True, False)
>>> can("nobody", "desk.work"), can("admin", "no.such.right")
(False, False)
>>> in_scope({"reports"}, "reports.see"), in_scope({"reports"}, "calls.see")
(True, False)
"""

from collections.abc import Iterable

ROLES = ("agent", "qa", "auditor", "supervisor", "manager", "admin")
"""The roles a user may have. `qa` listens to the past, `auditor` reads what was done and set."""

_DESK = frozenset({"agent"})
_LEADERS = frozenset({"supervisor", "manager", "admin"})
_FLOOR = _DESK | _LEADERS
_LISTENERS = _LEADERS | {"qa"}
_OFFICE = frozenset({"manager", "admin"})
_ADMIN = frozenset({"admin"})

PERMISSIONS: dict[str, frozenset[str]] = {
    "desk.work": _DESK,
    "board.own_groups": _DESK,
    "board.see": _LEADERS,
    "floor.steer": _LEADERS,
    "hotlines.switch": _LEADERS,
    "calls.see_own": _DESK,
    "calls.see": _LISTENERS,
    "signalling.see": _LEADERS,
    "recording.listen": _LISTENERS,
    "number.reveal": _OFFICE,
    "reports.see": _LEADERS | {"auditor"},
    "test.call": _FLOOR,
    "admin.agents": _OFFICE,
    "admin.phones": _OFFICE,
    "admin.groups": _OFFICE,
    "admin.hotlines": _OFFICE,
    "admin.calendars": _OFFICE,
    "admin.prompts": _OFFICE,
    "messages.see": _FLOOR,
    "admin.do_not_call": _OFFICE,
    "admin.callers": _OFFICE,
    "admin.reasons": _OFFICE,
    "admin.config": _OFFICE,
    "config.history": _OFFICE | {"auditor"},
    "flows.see": _OFFICE,
    "flows.edit": _ADMIN,
    "alarms.answer": _LEADERS,
    "admin.alarms": _OFFICE,
    "admin.receivers": _ADMIN,
    "admin.users": _ADMIN,
    "admin.keys": _ADMIN,
    "admin.webhooks": _ADMIN,
    "admin.person": _ADMIN,
    "admin.system": _ADMIN,
    "audit.see": _OFFICE | {"auditor"},
}
"""Each permission and the roles that hold it."""

SCOPES: dict[str, frozenset[str]] = {
    "calls": frozenset({"calls.see"}),
    "recordings": frozenset({"recording.listen"}),
    "numbers": frozenset({"number.reveal"}),
    "reports": frozenset({"reports.see"}),
    "webhooks": frozenset({"admin.webhooks"}),
}
"""What a machine's key may be made for, and the permissions of each; it has no others."""


def can(role: str, permission: str) -> bool:
    """Tell whether a role holds a permission; unknown words hold nothing."""
    return role in PERMISSIONS.get(permission, frozenset())


def in_scope(scopes: Iterable[str], permission: str) -> bool:
    """Tell whether a key made for these scopes holds a permission."""
    return any(permission in SCOPES.get(scope, frozenset()) for scope in scopes)


def permissions(role: str) -> frozenset[str]:
    """List what a role may do, for pages that hide what is denied."""
    return frozenset(name for name, roles in PERMISSIONS.items() if role in roles)
