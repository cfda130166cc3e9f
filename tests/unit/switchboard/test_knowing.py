"""What flows may ask: facts of the caller, the floor, the time; and where numbers come from."""

from types import SimpleNamespace

import pytest

from domain.events import CallArrived, LanguageChosen, Record
from domain.ids import CallId
from domain.ports import AgentView, Customer, GroupView
from ivr.facts import PLAIN
from office.model import Hotline
from switchboard.callers import Callers
from switchboard.cards import Cards
from switchboard.knowing import Knowing
from switchboard.origins import Origin, origin

CALL = CallId("C3")
HOTLINE = Hotline(number="4008000001", name="热线", brand="b", flow="f", calendar="c")
MONDAY_7_UTC = 1_795_417_200_000
"""2026-11-23 07:00 UTC, a Monday; three in the afternoon in China."""


class Queue:
    def group(self, name: str) -> GroupView:
        return GroupView(waiting=len(name), ready=1, signed_in=4, wait_s=125.0)

    def agent(self, number: str) -> AgentView:
        return AgentView(signed_in=number == "8001", ready=False)


def arrived(call: str, at: int) -> Record:
    return Record(1, 0.0, at, CallArrived(CallId(call), HOTLINE.number, "1", "13800138000"))


def knowing(caller: str = "13800138000") -> Knowing:
    cards = Cards()
    for hours, call in ((30, "C1"), (2, "C2"), (0, CALL)):
        cards.note(arrived(call, MONDAY_7_UTC - hours * 3_600_000))
    cards.found(CALL, "found", Customer("1", "王", tags=("complaint",)))
    callers = Callers({"13800138000": 2}, {}, {"elder": frozenset({"13800138000"})})
    plan = SimpleNamespace(callers=callers, calendars={})
    clock = SimpleNamespace(utc_ms=lambda: MONDAY_7_UTC)
    return Knowing(CALL, HOTLINE, caller, plan, cards, Queue(), clock)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("name", "fact"),
    [
        ("caller.number", "13800138000"),
        ("caller.province", "北京"),
        ("caller.city", "北京"),
        ("caller.kind", "mobile"),
        ("vip", 2),
        ("tags", ("complaint",)),
        ("lists", ("elder",)),
        ("hotline", "4008000001"),
        ("calls_24h", 2),
        ("hour", 15),
        ("weekday", 1),
        ("queue.presale.length", 7),
        ("queue.presale.wait_s", 125.0),
        ("queue.presale.ready", 1),
        ("queue.presale.signed_in", 4),
        ("agent.8001.signed_in", 1),
        ("agent.8002.signed_in", 0),
        ("agent.8001.ready", 0),
        ("nothing", ""),
    ],
)
def test_each_name_has_its_answer(name: str, fact: object) -> None:
    assert knowing()(name) == fact


def test_every_name_that_flows_may_use_is_answered() -> None:
    assert [name for name in PLAIN if name != "language" and knowing()(name) == ""] == []


def test_of_a_caller_without_a_number_little_is_known() -> None:
    ask = knowing("")
    names = ("caller.number", "caller.province", "caller.kind", "vip", "lists", "calls_24h")
    assert [ask(name) for name in names] == ["", "", "withheld", 0, (), 1]


@pytest.mark.parametrize(
    ("key", "where"),
    [
        ("13800138000", Origin("北京", "北京")),
        ("02861234567", Origin("四川", "成都")),
        ("01061234567", Origin("北京", "北京")),
        ("075512345678", Origin("广东", "深圳")),
        ("07312345678", Origin("湖南", "长沙")),
        ("4008000001", Origin()),
        ("+14155550100", Origin()),
        ("", Origin()),
    ],
)
def test_a_number_has_its_place(key: str, where: Origin) -> None:
    assert origin(key) == where


def test_the_language_that_a_caller_chose_is_remembered() -> None:
    cards = Cards()
    cards.note(arrived(CALL, MONDAY_7_UTC))
    assert cards.language(CALL) == ""
    cards.note(Record(2, 0.0, MONDAY_7_UTC, LanguageChosen(CALL, "en")))
    assert (cards.language(CALL), cards.language("other")) == ("en", "")
