"""Rights: what is not in the table is denied, and each role holds what the table says."""

from itertools import product

import pytest
from hypothesis import given, strategies as st

from office.roles import PERMISSIONS, ROLES, can, permissions

WANTED = {
    "agent": {"desk.work", "board.own_groups", "calls.see_own", "test.call", "messages.see"},
    "supervisor": {"board.see", "calls.see", "recording.listen", "reports.see", "test.call"}
    | {"floor.steer", "messages.see", "hotlines.switch", "alarms.answer", "signalling.see"},
    "qa": {"calls.see", "recording.listen"},
    "auditor": {"reports.see", "audit.see", "config.history"},
}


@given(st.text(max_size=20), st.text(max_size=20))
def test_unknown_words_hold_nothing(role: str, permission: str) -> None:
    assert can(role, permission) == (role in PERMISSIONS.get(permission, frozenset()))
    assert not can(role, permission + "!") and not can(role + "!", "desk.work")


@pytest.mark.parametrize("role", WANTED)
def test_a_role_holds_no_more(role: str) -> None:
    assert permissions(role) == WANTED[role]


def test_the_table_names_only_roles_that_exist() -> None:
    assert all(roles <= set(ROLES) and roles for roles in PERMISSIONS.values())
    held = {(role, name) for role, name in product(ROLES, PERMISSIONS) if can(role, name)}
    assert ("manager", "number.reveal") in held and ("supervisor", "number.reveal") not in held
    assert {role for role, name in held if name == "admin.users"} == {"admin"}
