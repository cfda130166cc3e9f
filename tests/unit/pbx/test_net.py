"""The safety net's queues: an agent is a member where the dialplan may look for one."""

from collections.abc import Sequence

from domain import events as ev
from domain.ids import AgentId
from pbx.net import member_actions

LIN = AgentId("8001")
MEMBER = {"Interface": "PJSIP/a8001"}


def groups(agent: str) -> Sequence[str]:
    return ("presale", "vip")


def test_who_signs_in_is_a_paused_member_of_every_queue_of_the_groups() -> None:
    endpoints: dict[str, str] = {}
    told = member_actions(ev.AgentSignedIn(LIN, "phone", "a8001"), endpoints, groups)
    assert told == [
        ("QueueAdd", {"Queue": queue, **MEMBER, "Paused": "true"})
        for queue in ("fb-any", "fb-presale", "fb-vip")
    ]
    assert endpoints == {LIN: "a8001"}


def test_another_phone_takes_the_first_ones_place() -> None:
    endpoints = {str(LIN): "a8001"}
    told = member_actions(ev.AgentSignedIn(LIN, "browser", "w8001"), endpoints, groups)
    assert [name for name, _ in told] == ["QueueRemove"] * 3 + ["QueueAdd"] * 3


def test_ready_and_break_are_mirrored_in_all_queues_at_once() -> None:
    endpoints = {str(LIN): "a8001"}
    assert member_actions(ev.AgentReadied(LIN), endpoints, groups) == [
        ("QueuePause", {**MEMBER, "Paused": "false"})
    ]
    for event in (ev.AgentPaused(LIN, "meal"), ev.AgentAutoPaused(LIN, "missed")):
        assert member_actions(event, endpoints, groups) == [
            ("QueuePause", {**MEMBER, "Paused": "true"})
        ]


def test_who_signs_out_is_no_member_any_more() -> None:
    endpoints = {str(LIN): "a8001"}
    told = member_actions(ev.AgentSignedOut(LIN, "asked"), endpoints, groups)
    assert [name for name, _ in told] == ["QueueRemove"] * 3
    assert endpoints == {}
    assert member_actions(ev.AgentReadied(LIN), endpoints, groups) == []
    assert member_actions(ev.AgentSignedOut(LIN, "asked"), endpoints, groups) == []


def test_other_events_do_not_concern_it() -> None:
    assert member_actions(ev.PbxJoined(1), {}, groups) == []
