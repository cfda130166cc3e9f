"""A desk phone that sends nothing is asked whether it lives; now and then, and no other phone."""

from acd import AgentCard, Floor
from acd.floor import Call, Stage
from domain.ids import AgentId, CallId
from switchboard.dead_phones import ASK_AGAIN_S, DeadPhones

LIN = AgentId("8001")


class Talk:
    """An agent in a talk; `asked` are the endpoints that were asked."""

    def __init__(self, phone: str) -> None:
        floor = Floor()
        floor.configure([], [AgentCard(LIN)])
        agent = floor.agents[LIN]
        agent.phone, agent.endpoint = phone, "a8001"
        call = floor.calls[CallId("c1")] = Call(CallId("c1"), "1", "2", Stage.TALKING)
        call.agent = LIN
        self.asked: list[str] = []
        self.now = 0.0
        self.dead = DeadPhones(floor, self.asked.append, lambda: self.now)


def test_a_silent_desk_phone_is_asked_now_and_then() -> None:
    talk = Talk("phone")
    for _ in range(5):
        talk.dead.is_silent("c1")
    assert talk.asked == ["a8001"]
    talk.now = ASK_AGAIN_S
    talk.dead.is_silent("c1")
    assert talk.asked == ["a8001", "a8001"]


def test_browsers_mobiles_and_calls_that_are_gone_are_not_asked() -> None:
    for phone in ("browser", "mobile"):
        talk = Talk(phone)
        talk.dead.is_silent("c1")
        talk.dead.is_silent("gone")
        assert talk.asked == []
