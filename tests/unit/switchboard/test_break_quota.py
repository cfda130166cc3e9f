"""So many agents of a group may be on a break at once; the next one is told so."""

import pytest

from acd import AgentCard, Floor, GroupRules
from acd.floor import Presence
from domain import events as ev
from domain.errors import Conflict
from domain.ids import AgentId, GroupId
from switchboard.desk import Desk, in_words

SALES, VIP = GroupId("sales"), GroupId("vip")


def desk_with(quotas: dict[str, int]) -> tuple[Desk, list[ev.Event]]:
    """Three agents on a break: 1 and 2 are of one group, 2 and 3 of another."""
    floor, told = Floor(), list[ev.Event]()
    groups = {"1": (SALES,), "2": (SALES, VIP), "3": (VIP,)}
    cards = [AgentCard(AgentId(number), groups=each) for number, each in groups.items()]
    floor.configure([GroupRules(SALES), GroupRules(VIP)], cards)
    for agent in floor.agents.values():
        agent.presence = Presence.BREAK
    return Desk(floor, told.append, lambda agent, call: True, quotas=lambda: quotas), told


def rest(desk: Desk, agent: str) -> None:
    """Ask for the break, and take it when it is given."""
    desk.ask("agent.pause", {"agent": agent, "reason": "rest"})
    desk.floor.agents[AgentId(agent)].reason = "rest"


def test_a_full_break_is_refused_in_words() -> None:
    desk, told = desk_with({"rest": 1})
    rest(desk, "1")
    rest(desk, "1")  # who is on it already may say so again
    with pytest.raises(Conflict) as full:
        rest(desk, "2")
    assert in_words(full.value)["zh"].endswith("请稍后再试")
    rest(desk, "3")
    assert len(told) == 3
    desk.ask("agent.pause", {"agent": "2", "reason": "meal"})


def test_without_a_quota_everybody_may() -> None:
    desk, told = desk_with({})
    for agent in "123":
        rest(desk, agent)
    assert len(told) == 3
