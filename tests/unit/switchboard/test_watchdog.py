"""One look proves nothing; what is wrong in the same way twice is mended, at a small cost."""

import time

from acd import AgentCard, Floor, GroupRules, decide
from domain import events as ev
from domain.ids import AgentId, CallId, GroupId, Instant
from switchboard.resync import Leg
from switchboard.watchdog import Watchdog

LIN, SALES = AgentId("8001"), GroupId("sales")
MANY = 150


class Watched:
    """A floor with callers on the music, and what the watchdog tells."""

    def __init__(self, *calls: str) -> None:
        self.floor = Floor()
        self.floor.configure([GroupRules(SALES)], [AgentCard(LIN, groups=(SALES,))])
        self.told: list[ev.Event] = []
        self.dog = Watchdog(self.floor, self.told.append)
        self.now = 0.0
        self.happens(ev.PbxJoined(1))
        for name in calls:
            call = CallId(name)
            self.happens(ev.CallArrived(call, "400", "400", "138"), ev.GroupChosen(call, SALES))
            self.happens(ev.HoldReached(call))

    def happens(self, *events: ev.Event) -> None:
        for event in events:
            self.now += 1
            decide(self.floor, event, Instant(self.now))


def caller(call: str, context: str = "hold") -> Leg:
    return Leg(f"PJSIP/t-{call}", context, "WaitExten", call, "caller", "400")


def test_who_waits_as_we_think_needs_no_repair() -> None:
    watched = Watched("c1")
    for _ in range(3):
        watched.dog.look([caller("c1")], {})
    assert not watched.told


def test_a_call_that_is_gone_is_ended_at_the_second_look() -> None:
    watched = Watched("c1")
    watched.dog.look([], {})
    assert not watched.told
    watched.dog.look([], {})
    assert [type(event) for event in watched.told] == [ev.StateHealed, ev.CallLost]


def test_a_call_in_motion_is_let_alone() -> None:
    watched = Watched("c1")
    watched.dog.look([], {})
    watched.happens(ev.CallFellBack(CallId("c1")))
    watched.dog.look([], {})
    assert not watched.told


def test_nothing_is_mended_while_the_link_is_down() -> None:
    watched = Watched("c1")
    watched.dog.look([], {})
    watched.happens(ev.PbxLeft("cut"))
    watched.dog.look([], {})
    assert not watched.told


def test_a_caller_whom_nobody_knows_waits_again() -> None:
    watched = Watched()
    for _ in range(2):
        watched.dog.look([caller("c9")], {})
    kinds = [type(event) for event in watched.told]
    assert kinds == [ev.StateHealed, ev.CallArrived, ev.GroupChosen, ev.HoldReached]


def test_a_phone_in_a_call_says_nothing_of_its_registration() -> None:
    watched = Watched()
    watched.happens(ev.PhoneReachable("a8001"))
    for state in ("INUSE", "INUSE", "UNAVAILABLE", "NOT_INUSE", "UNAVAILABLE", "UNAVAILABLE"):
        watched.dog.look([], {"a8001": state, "w8001": "INUSE"})
    assert watched.told == [ev.StateHealed(CallId(""), "PhoneLost", "a8001"), ev.PhoneLost("a8001")]


def test_a_look_at_many_calls_takes_milliseconds() -> None:
    watched = Watched(*map(str, range(MANY)))
    legs = [caller(str(number)) for number in range(MANY)]
    states = {f"a{number}": "UNAVAILABLE" for number in range(2 * MANY)}
    begin = time.perf_counter()
    for _ in range(10):
        watched.dog.look(legs, states)
    assert not watched.told
    assert (time.perf_counter() - begin) / 10 < 0.05
