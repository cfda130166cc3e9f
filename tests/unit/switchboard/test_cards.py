"""The card of a call: what it shows when an agent is chosen, and how long it is kept."""

from dataclasses import replace

from acd import Floor
from domain import events as ev
from domain.clock import Clock
from domain.events import Event, Record
from domain.ids import AgentId, CallId, GroupId, Instant, OfferId
from domain.ports import Customer
from switchboard.board import Board
from switchboard.cards import KNOWN, Cards, Names, Recent
from switchboard.showing import Showing

CALL, LIN, ZHOU = CallId("c1"), AgentId("8001"), AgentId("8002")
SALES = GroupId("sales")
HOUR = 3_600_000


class Tape:
    """Feeds records with times to cards."""

    def __init__(self) -> None:
        self.cards = Cards()
        self.seq = 0

    def play(self, *events: Event, at: int = 0) -> None:
        for event in events:
            self.seq += 1
            self.cards.note(Record(self.seq, 0.0, at + self.seq * 1000, event))


def arrived(call: str = CALL, caller: str = "13800138000") -> ev.CallArrived:
    return ev.CallArrived(CallId(call), "400", "400", caller, caller_name="张三", brand="b")


def offered(agent: AgentId = LIN, offer: int = 1) -> ev.OfferMade:
    return ev.OfferMade(CALL, agent, OfferId(offer), SALES, 20, "", "")


TALK = [arrived(), ev.GroupChosen(CALL, SALES, 5, "售前"), offered()]
TALK += [ev.OfferAnswered(CALL, LIN, OfferId(1))]


def test_a_card_says_who_calls_and_why() -> None:
    tape = Tape()
    tape.play(arrived(), ev.KeyPressed(CALL, "menu", "1", "售前"), ev.KeyPressed(CALL, "menu", ""))
    tape.cards.found(CALL, "found", Customer("7", "李四", "金", ("老客户",)))
    tape.play(ev.GroupChosen(CALL, SALES, 5, "售前"), offered())
    shown = tape.cards.show(CALL, Names({"400": "服务热线"}, {SALES: "售前咨询"}))
    assert shown is not None
    assert (shown["hotline_name"], shown["group_name"]) == ("服务热线", "售前咨询")
    assert shown["ivr"] == [{"node": "menu", "digits": "1", "meant": "售前"}]
    assert (shown["waited_s"], shown["agent"], shown["state"]) == (1.0, LIN, "offered")
    assert shown["customer"]["tags"] == ["老客户"]


def test_calls_of_one_number_are_counted_for_two_days() -> None:
    tape = Tape()
    for call in ("a", "b", CALL):
        tape.play(arrived(call))
    assert tape.cards.cards[CALL].nth_48h == 3
    tape.play(arrived("d"), at=49 * HOUR)
    assert tape.cards.cards["d"].nth_48h == 1
    tape.play(arrived("e", ""), arrived("f", ""))
    assert tape.cards.cards["f"].nth_48h == 1


def test_numbers_that_did_not_call_for_two_days_take_no_room() -> None:
    recent = Recent()
    for day in range(10):
        assert [recent.came(f"{day}-{n}", 24 * day * HOUR) for n in (1, 2, 2)] == [1, 1, 2]
    assert recent.since("9-2", 0) == 2 and recent.since("7-1", 0) == 1
    assert len(recent) == 3 * 2 and recent.since("6-1", 0) == 0
    assert recent.came("", 0) == 1 and len(recent) == 3 * 2


def test_who_talked_to_a_number_longest_ago_is_forgotten_first() -> None:
    cards = Cards()
    for number in range(KNOWN + 5):
        cards.remember(f"{number}", LIN, number)
    assert cards.last_agent("4") == "" and cards.last_agent("5") == LIN


def test_who_asks_for_privacy_is_counted_and_not_shown() -> None:
    tape = Tape()
    tape.play(arrived(CallId("before")), replace(arrived(), withheld=True))
    shown = tape.cards.show(CALL, Names())
    assert shown is not None
    assert (shown["withheld"], shown["nth_48h"]) == (True, 2)
    assert "138" not in str(shown) and "张三" not in str(shown)


def test_the_last_agent_is_remembered() -> None:
    tape = Tape()
    tape.play(*TALK, ev.CallEnded(CALL, 16), arrived("again"))
    assert tape.cards.cards["again"].last_agent == LIN


def test_a_card_stays_until_the_wrap_up_ends() -> None:
    tape = Tape()
    tape.play(*TALK, ev.CallEnded(CALL, 16), ev.TalkEnded(CALL, LIN, "caller"))
    tape.play(ev.WrapUpStarted(CALL, LIN, 15))
    assert CALL in tape.cards.cards
    tape.play(ev.WrapUpEnded(LIN, CALL, "done"))
    assert CALL not in tape.cards.cards


def test_a_transferred_call_keeps_its_card_when_the_first_agent_is_done() -> None:
    tape = Tape()
    tape.play(*TALK, ev.CallTransferred(CALL, LIN, "agent", ZHOU))
    tape.play(ev.TalkEnded(CALL, LIN, "transfer"), ev.WrapUpStarted(CALL, LIN, 15))
    tape.play(offered(ZHOU, 2), ev.OfferAnswered(CALL, ZHOU, OfferId(2)))
    tape.play(ev.WrapUpEnded(LIN, CALL, "done"))
    assert tape.cards.cards[CALL].agent == ZHOU
    tape.play(ev.TalkEnded(CALL, ZHOU, "agent"), ev.WrapUpStarted(CALL, ZHOU, 15))
    tape.play(ev.WrapUpEnded(ZHOU, CALL, "done"))
    assert CALL in tape.cards.cards, "the caller is still being asked to rate"
    tape.play(ev.CallEnded(CALL, 16))
    assert CALL not in tape.cards.cards


def test_the_card_of_a_caller_whom_nobody_served_goes_with_the_call() -> None:
    tape = Tape()
    tape.play(*TALK[:3], ev.CallEnded(CALL, 16))
    assert tape.cards.cards == {}


def test_no_card_is_kept_for_ever() -> None:
    tape = Tape()
    tape.play(*TALK, ev.CallEnded(CALL, 16), ev.TalkEnded(CALL, LIN, "caller"))
    tape.play(arrived("later"), at=5 * HOUR)
    assert set(tape.cards.cards) == {"later"}


def test_a_call_out_has_a_card_of_its_own_and_is_told_to_its_agent_until_the_end() -> None:
    tape = Tape()
    showing = Showing(Board(Floor(), Clock(lambda: Instant(0.0), lambda: 0)), tape.cards)
    asked = ev.DialAsked(CALL, LIN, "400", "13800138000", "02861234567", ("a:138",), "工单 7")
    told = []
    for event in (asked, ev.DialBegan(CALL), ev.FarRang(CALL, "a"), ev.DialEnded(CALL, "busy")):
        tape.play(event)
        told += [(name, agent) for name, agent, _ in showing.events(Record(9, 0.0, 9, event))]
        if event is asked:
            card = showing.card(CALL)
            assert (card["direction"], card["caller_id"], card["consent"], card["state"]) == (
                "out",
                "02861234567",
                "工单 7",
                "dialling",
            )
    names = ("call.dialling", "call.dial_began", "call.far_ringing", "call.not_reached")
    assert told == [(name, LIN) for name in names]
    assert tape.cards.show(CALL, Names()) is None
    assert tape.cards.has_had(LIN, CALL)
