"""The pages: the board's news gather, an event for a page never overtakes them, nothing is lost."""

from collections.abc import Callable
from typing import Any

from acd import AgentCard, Floor, GroupRules
from domain import events as ev
from domain.clock import Clock
from domain.ids import AgentId, CallId, GroupId, Instant, OfferId
from switchboard.board import Board
from switchboard.cards import Cards
from switchboard.showing import Showing
from switchboard.telling import GATHER_S, Pages

LIN, CALL, SALES = AgentId("8001"), CallId("01CALL"), GroupId("sales")


class Desk:
    """Pages whose moment passes when the test says so."""

    def __init__(self) -> None:
        floor = Floor()
        floor.configure([GroupRules(SALES)], [AgentCard(LIN, groups=(SALES,))])
        board = Board(floor, Clock(lambda: Instant(0.0), lambda: 0))
        self.told: list[tuple[str, str, Any]] = []
        self.due: list[Callable[[], None]] = []
        self.pages = Pages(board, Showing(board, Cards()), self.tell, self.later)
        self.groups: list[int] = []
        self.seq = 0

    def tell(self, name: str, data: dict[str, Any], agent: str) -> None:
        self.told.append((name, agent, sorted(data.get("gone", ()))))
        if name == "board.delta":
            self.groups.append(len(data["groups"]))

    def later(self, wait_s: float, call: Callable[[], None]) -> None:
        assert wait_s == GATHER_S
        self.due.append(call)

    def turn(self, *events: ev.Event) -> None:
        self.seq += 1
        self.pages.note([ev.Record(self.seq, 0.0, 0, event) for event in events])


def test_what_gathers_is_told_once() -> None:
    desk = Desk()
    for call in ("a", "b", "c"):
        desk.turn(ev.HoldReached(CallId(call)))
    assert desk.told == [] and len(desk.due) == 1
    desk.due.pop()()
    assert desk.told == [("board.delta", "", ["a", "b", "c"])]
    desk.turn(ev.HoldReached(CallId("d")))
    assert len(desk.due) == 1, "and the next moment begins"


def test_an_event_for_a_page_comes_at_once_after_its_call_and_groups_follow() -> None:
    desk = Desk()
    desk.turn(ev.HoldReached(CALL))
    desk.turn(ev.OfferMade(CALL, LIN, OfferId(7), SALES, 20.0, "", ""))
    told = [("board.delta", "", [CALL]), ("call.offered", LIN, [])]
    assert desk.told == told and desk.groups == [0]
    desk.due.pop()()
    assert desk.told == [*told, ("board.delta", "", [])], "no call is told twice"
    assert desk.groups == [0, 1]


def test_a_call_is_seen_even_if_it_is_over_in_the_same_moment() -> None:
    desk = Desk()
    desk.turn(ev.CallArrived(CALL, "4001", "4001", "138"))
    assert desk.told == [("board.delta", "", [CALL])]


def test_whoever_asks_sees_what_was_decided() -> None:
    desk = Desk()
    desk.turn(ev.HoldReached(CALL))
    desk.pages.now()
    assert [name for name, _, _ in desk.told] == ["board.delta"]
    desk.pages.now()
    assert len(desk.told) == 1
