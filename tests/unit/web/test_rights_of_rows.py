"""Whose rows anybody sees on the board: random people, random floors, beside a model by hand."""

from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any, cast

from hypothesis import given, settings, strategies as st

from office.remit import Remit
from tests.unit.pace import QUICK
from web.floor import part
from web.guard import Who
from web.scope import scope_of
from web.world import World

GROUPS, HOTLINES, SITES = ("presale", "vip", "partner"), ("4001", "4002"), ("chengdu", "xian")
NUMBERS = tuple(f"80{n:02}" for n in range(6))
EXAMPLES = 15 if QUICK else 500


@dataclass(frozen=True)
class Agent:
    """An agent of the published configuration, as far as rights read it."""

    number: str
    groups: tuple[str, ...]
    site: str


def some(of: tuple[str, ...]) -> st.SearchStrategy[frozenset[str]]:
    return st.frozensets(st.sampled_from(of))


staff = st.tuples(
    *(
        st.builds(Agent, st.just(number), some(GROUPS).map(tuple), st.sampled_from(SITES))
        for number in NUMBERS
    )
)
remits = st.none() | st.builds(Remit, some(GROUPS), some(HOTLINES), some(SITES))
maybe_group, maybe_agent = st.none() | st.sampled_from(GROUPS), st.none() | st.sampled_from(NUMBERS)
calls = st.lists(
    st.fixed_dictionaries(
        {"group": maybe_group, "agent": maybe_agent, "hotline": st.sampled_from(HOTLINES)}
    ),
    max_size=8,
)
ROLES = st.sampled_from(("agent", "supervisor", "manager", "admin"))


def who(role: str, remit: Remit | None) -> Who:
    number = NUMBERS[0] if role == "agent" else ""
    return Who(1, "x", "x", role, number, "zh", "", False, "", remit=remit)


def sees(person: Who, near: frozenset[str], agents: tuple[Agent, ...], row: dict[str, Any]) -> bool:
    """Say by hand whether somebody sees a call; `near` are the groups of the agent's own."""
    if person.role in ("manager", "admin"):
        return True
    if person.role == "agent":
        return row["group"] in near or row["agent"] == person.agent
    if person.remit is None:
        return True
    there = [each.number for each in agents if each.site in person.remit.sites]
    return (
        row["hotline"] in person.remit.hotlines
        or row["group"] in person.remit.groups
        or row["agent"] in there
    )


@settings(max_examples=EXAMPLES)
@given(role=ROLES, remit=remits, agents=staff, floor=calls)
def test_who_sees_which_call_group_and_colleague_is_what_the_model_says(
    role: str, remit: Remit | None, agents: tuple[Agent, ...], floor: list[dict[str, Any]]
) -> None:
    config = SimpleNamespace(now=SimpleNamespace(agents=agents))
    person = who(role, remit)
    own = frozenset(agents[0].groups)
    board = {
        "calls": [row | {"call": f"C{n}", "caller": "13800138000"} for n, row in enumerate(floor)],
        "groups": [{"id": group} for group in GROUPS],
        "agents": [{"number": each.number, "groups": list(each.groups)} for each in agents],
        "trunks": [{"name": "carrier"}],
    }
    seen = part(board, scope_of(cast(World, SimpleNamespace(config=config)), person))
    wanted = [row["call"] for row in board["calls"] if sees(person, own, agents, row)]
    assert [row["call"] for row in seen["calls"]] == wanted
    assert all("13800138000" not in str(row) for row in seen["calls"])
    held = own if role == "agent" else remit.groups if remit and role == "supervisor" else None
    groups = [group for group in GROUPS if held is None or group in held]
    assert [row["id"] for row in seen["groups"]] == groups
    assert ("trunks" in seen) == (held is None)
    for each in agents:
        near = held is None or not held.isdisjoint(each.groups) or each.number == person.agent
        if remit and role == "supervisor":
            near = near or each.site in remit.sites
        assert (each.number in {row["number"] for row in seen["agents"]}) == near
