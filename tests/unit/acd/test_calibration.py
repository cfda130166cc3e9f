"""The waits that were told against those that came, out of records."""

from acd.calibration import calibrated
from domain import events as ev
from domain.ids import AgentId, CallId, GroupId, OfferId

LIN = AgentId("8001")


def record(seconds: float, event: ev.Event) -> ev.Record:
    return ev.Record(round(seconds * 1000), seconds, round(seconds * 1000), event)


def quoted(call: str, low_s: int, high_s: int, agents: int = 3) -> ev.WaitQuoted:
    return ev.WaitQuoted(CallId(call), 1, low_s, high_s, (low_s + high_s) // 2, "sales", agents)


def answered(call: str) -> ev.OfferAnswered:
    return ev.OfferAnswered(CallId(call), LIN, OfferId(1))


def test_the_first_quote_of_a_caller_is_compared_with_the_wait_that_came() -> None:
    records = [
        record(0, quoted("a", 60, 120)),
        record(15, quoted("a", 10, 20)),
        record(100, answered("a")),
        record(200, quoted("b", 60, 120)),
        record(230, answered("b")),
        record(300, quoted("c", 60, 120)),
        record(450, answered("c")),
        record(500, quoted("d", 60, 120)),
        record(510, ev.CallEnded(CallId("d"), 16)),
        record(600, quoted("e", 60, 120)),
        record(610, quoted("f", 0, 0, agents=0)),
        record(620, answered("f")),
    ]
    (row,) = calibrated(records)
    assert (row.group, row.quoted, row.within, row.sooner, row.later) == ("sales", 5, 1, 1, 1)
    assert (row.left, row.waiting) == (1, 1)
    assert row.within_rate == 33.33
    assert row.rmse_s == round(
        ((100 - 90) ** 2 + (30 - 90) ** 2 + (150 - 90) ** 2) ** 0.5 / 3**0.5, 1
    )


def test_a_transferred_caller_is_quoted_anew() -> None:
    records = [
        record(0, quoted("a", 0, 60)),
        record(30, answered("a")),
        record(90, ev.GroupChosen(CallId("a"), GroupId("care"))),
        record(93, quoted("a", 0, 60)),
        record(200, answered("a")),
    ]
    (row,) = calibrated(records)
    assert (row.quoted, row.within, row.later) == (2, 1, 1)


def test_who_was_told_only_the_place_does_not_count() -> None:
    assert calibrated([record(0, quoted("a", 0, 0, agents=0)), record(9, answered("a"))]) == []
