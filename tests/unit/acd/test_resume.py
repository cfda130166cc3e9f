"""A talk that is taken up again by the phone of a page that was reloaded."""

from acd import AgentCard, Floor, GroupRules, decide, wants
from domain import events as ev
from domain.ids import AgentId, CallId, GroupId, Instant, OfferId

CALL, LIN, SALES = CallId("c1"), AgentId("8001"), GroupId("sales")


def test_an_answer_with_two_witnesses_resumes_a_talk_once() -> None:
    floor = Floor()
    floor.configure([GroupRules(SALES)], [AgentCard(LIN, groups=(SALES,))])
    resumed = ev.PhoneResumed(CALL, LIN)
    for event in (
        ev.PbxJoined(1),
        ev.PhoneReachable("w8001"),
        ev.AgentSignedIn(LIN, "browser", "w8001"),
        ev.AgentReadied(LIN),
        ev.CallArrived(CALL, "400", "400", "13800138000"),
        ev.GroupChosen(CALL, SALES),
        ev.HoldReached(CALL),
        ev.OfferAnswered(CALL, LIN, OfferId(1)),
        ev.PhoneSilent(CALL, LIN),
    ):
        assert wants(floor, event)
        decide(floor, event, Instant(1.0))
    assert wants(floor, resumed)
    assert ev.TalkRetrieved(CALL, LIN) in decide(floor, resumed, Instant(2.0)).facts
    assert not wants(floor, resumed), "the second witness has nothing to add"
