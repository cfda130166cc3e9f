"""What the pages may ask: each wish becomes one event, each impossible one is refused."""

from typing import Any

import pytest

from acd import AgentCard, Floor, GroupRules, decide
from domain import events as ev
from domain.errors import Conflict, NotFound, Refused, YingdaError
from domain.ids import AgentId, CallId, GroupId, Instant, OfferId
from switchboard.desk import Desk, in_words

CALL, LIN, ZHOU, SALES = CallId("c1"), AgentId("8001"), AgentId("8002"), GroupId("sales")


class Office:
    """A desk over a floor; what it tells is decided at once."""

    def __init__(self) -> None:
        self.floor = Floor()
        cards = [AgentCard(LIN, groups=(SALES,), site="xian"), AgentCard(ZHOU, groups=(SALES,))]
        self.floor.configure([GroupRules(SALES)], cards)
        self.told: list[ev.Event] = []
        self.desk = Desk(self.floor, self.tell, lambda agent, call: (agent, call) == (LIN, CALL))
        self.tell(ev.PbxJoined(1))

    def tell(self, event: ev.Event) -> None:
        self.told.append(event)
        decide(self.floor, event, Instant(float(len(self.told))))

    def ask(self, word: str, **args: Any) -> ev.Event:
        self.desk.ask(word, {"agent": LIN, **args})
        return self.told[-1]

    def refuses(self, kind: type[YingdaError], word: str, **args: Any) -> None:
        before = len(self.told)
        with pytest.raises(kind):
            self.ask(word, **args)
        assert len(self.told) == before

    def rings(self) -> None:
        self.tell(ev.PhoneReachable("a8001"))
        self.ask("agent.sign_in", phone="phone")
        self.ask("agent.ready")
        self.tell(ev.CallArrived(CALL, "400", "400", "138"))
        self.tell(ev.GroupChosen(CALL, SALES))
        self.tell(ev.HoldReached(CALL))

    def talks(self) -> None:
        self.rings()
        self.tell(ev.OfferAnswered(CALL, LIN, OfferId(1)))


@pytest.fixture
def office() -> Office:
    return Office()


def test_sign_in_names_the_phone(office: Office) -> None:
    assert office.ask("agent.sign_in", phone="browser") == ev.AgentSignedIn(
        LIN, "browser", "w8001", "xian"
    )
    office.refuses(Refused, "agent.sign_in", phone="fax")
    office.refuses(Refused, "agent.sign_in", phone=7)
    office.refuses(NotFound, "agent.sign_in", agent="9999", phone="phone")


def test_ready_needs_a_phone_within_reach(office: Office) -> None:
    office.refuses(Conflict, "agent.ready")
    office.ask("agent.sign_in", phone="phone")
    office.refuses(Conflict, "agent.ready")
    office.tell(ev.PhoneReachable("a8001"))
    assert office.ask("agent.ready") == ev.AgentReadied(LIN)


def test_break_needs_a_sign_in(office: Office) -> None:
    office.refuses(Conflict, "agent.pause", reason="meal")
    office.ask("agent.sign_in", phone="phone")
    assert office.ask("agent.pause", reason="meal") == ev.AgentPaused(LIN, "meal")


def test_a_decline_must_name_the_offer_that_rings(office: Office) -> None:
    office.refuses(Conflict, "call.decline", call=CALL, offer=1)
    office.rings()
    office.refuses(Conflict, "call.decline", call=CALL, offer=2)
    office.refuses(Conflict, "call.decline", call=CALL, offer=1, agent=ZHOU)
    assert office.ask("call.decline", call=CALL, offer=1, reason="busy") == ev.OfferDeclined(
        CALL, LIN, OfferId(1), "busy"
    )


def test_only_whose_call_it_is_holds_it(office: Office) -> None:
    office.rings()
    office.refuses(Conflict, "call.hold", call=CALL)
    office.tell(ev.OfferAnswered(CALL, LIN, OfferId(1)))
    office.refuses(Conflict, "call.hold", call=CALL, agent=ZHOU)
    office.refuses(Conflict, "call.hold", call="c7")
    office.refuses(Conflict, "call.retrieve", call=CALL)
    assert office.ask("call.hold", call=CALL) == ev.HoldAsked(CALL, LIN)
    office.refuses(Conflict, "call.hold", call=CALL)
    assert office.ask("call.retrieve", call=CALL) == ev.RetrieveAsked(CALL, LIN)
    assert office.ask("call.hang_up", call=CALL) == ev.HangUpAsked(CALL, LIN)


def test_nothing_is_asked_of_an_exchange_that_is_away(office: Office) -> None:
    office.talks()
    office.tell(ev.PbxLeft("cut"))
    for word in ("call.hold", "call.hang_up"):
        office.refuses(Conflict, word, call=CALL)
    office.tell(ev.PbxJoined(2))
    assert office.ask("call.hold", call=CALL) == ev.HoldAsked(CALL, LIN)


def test_a_transfer_needs_somebody_who_can_take_it(office: Office) -> None:
    office.talks()
    office.refuses(Refused, "call.transfer", call=CALL, to_kind="group", to="nobody")
    office.refuses(Refused, "call.transfer", call=CALL, to_kind="agent", to=LIN)
    office.refuses(Refused, "call.transfer", call=CALL, to_kind="number", to="138")
    office.refuses(Conflict, "call.transfer", call=CALL, to_kind="agent", to=ZHOU)
    assert office.ask("call.transfer", call=CALL, to_kind="group", to=SALES) == ev.TransferAsked(
        CALL, LIN, "group", SALES
    )


def test_wrap_up_words_need_a_wrap_up(office: Office) -> None:
    office.talks()
    office.refuses(Conflict, "agent.wrapup_done")
    office.refuses(Conflict, "agent.sign_out")
    office.tell(ev.CallEnded(CALL, 16))
    assert office.ask("agent.wrapup_extend") == ev.WrapUpExtended(LIN)
    assert office.ask("agent.wrapup_done") == ev.WrapUpDone(LIN)
    assert office.ask("agent.sign_out") == ev.AgentSignedOut(LIN, "asked")


def test_only_who_had_the_call_files_it_and_a_note_has_a_limit(office: Office) -> None:
    words = {"call": CALL, "category": "order", "result": "solved"}
    filed = office.ask("call.summary", **words, note="好")
    assert filed == ev.SummarySaved(CALL, LIN, "order", "solved", "好")
    office.refuses(Refused, "call.summary", **words, note="长" * 4001)
    office.refuses(Conflict, "call.summary", **words, agent=ZHOU)
    assert office.ask("pop.painted", call=CALL, ms=87) == ev.PopPainted(CALL, LIN, 87.0)
    office.refuses(Conflict, "pop.painted", call="c7", ms=87)


def test_an_unknown_word_is_refused(office: Office) -> None:
    office.refuses(NotFound, "agent.dance")


def test_refusals_speak_both_languages(office: Office) -> None:
    with pytest.raises(Conflict) as refused:
        office.ask("agent.ready")
    assert in_words(refused.value) == {"code": "conflict", "zh": "请先签入", "en": "Sign in first"}


def test_a_desk_phone_is_asked_to_answer_and_to_take_back(office: Office) -> None:
    office.refuses(Conflict, "call.answer", call=CALL)
    office.rings()
    assert office.ask("call.answer", call=CALL) == ev.AnswerAsked(CALL, LIN)
    office.tell(ev.OfferAnswered(CALL, LIN, OfferId(1)))
    office.refuses(Conflict, "call.answer", call=CALL)
    office.tell(ev.PhoneHeld(CALL, LIN))
    office.refuses(Conflict, "call.retrieve", call=CALL)
    assert office.ask("call.retrieve", call=CALL, by_phone=True) == ev.RetrieveAsked(CALL, LIN)


def test_a_browser_phone_is_not_asked(office: Office) -> None:
    office.tell(ev.PhoneReachable("w8001"))
    office.ask("agent.sign_in", phone="browser")
    office.ask("agent.ready")
    office.tell(ev.CallArrived(CALL, "400", "400", "138"))
    office.tell(ev.GroupChosen(CALL, SALES))
    office.tell(ev.HoldReached(CALL))
    office.refuses(Conflict, "call.answer", call=CALL)
