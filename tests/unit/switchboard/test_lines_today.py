"""What is told of the trunks: calls at once, the day's peak, refusals, registration."""

from dataclasses import dataclass

from domain import events as ev
from domain.clock import DAY_MS
from domain.events import Record
from domain.ids import CallId
from switchboard.lines_today import LinesToday

NOON = 1_800_000_000_000 - 1_800_000_000_000 % DAY_MS + 4 * 3_600_000
A, B = CallId("a"), CallId("b")


@dataclass(frozen=True, slots=True)
class Line:
    name: str
    kind: str = "address"
    channels: int = 0


def count(lines: LinesToday, *events: ev.Event, at: int = NOON) -> None:
    for event in events:
        lines.count(Record(1, 0.0, at, event))


def arrived(call: CallId, trunk: str = "trunk-x") -> ev.CallArrived:
    return ev.CallArrived(call, "4001", "4001", "138", trunk=trunk)


def test_calls_in_and_out_share_a_trunk_and_the_peak_stays() -> None:
    lines = LinesToday()
    count(lines, arrived(A), ev.FarRang(B, "trunk-x"), ev.FarAnswered(B, "trunk-x"))
    assert lines.in_use("x") == 2
    count(lines, ev.CallEnded(A, 16), ev.CallEnded(B, 16))
    (row,) = lines.rows([Line("x", channels=30)], [])
    assert row == {
        "name": "x",
        "in_use": 0,
        "peak": 2,
        "channels": 30,
        "registered": None,
        "refused_today": 0,
    }


def test_a_route_that_failed_is_free_again_and_the_next_one_carries() -> None:
    lines = LinesToday()
    count(lines, ev.FarRang(B, "trunk-x"), ev.RouteFailed(B, "trunk-x", 34, 503))
    count(lines, ev.FarAnswered(B, "trunk-y"))
    assert (lines.in_use("x"), lines.in_use("y")) == (0, 1)


def test_a_call_out_that_talks_keeps_its_line_after_its_deadline_to_dial() -> None:
    lines = LinesToday()
    count(lines, ev.FarRang(B, "trunk-x"), ev.FarAnswered(B, "trunk-x"))
    count(lines, ev.DialEnded(B, "agent_away", by="agent"))
    assert lines.in_use("x") == 1
    count(lines, ev.CallEnded(B, 16))
    assert (lines.in_use("x"), lines.talking) == (0, set())


def test_test_callers_are_no_trunk() -> None:
    lines = LinesToday()
    count(lines, arrived(A, "caller1"))
    assert lines.carried == {}


def test_refusals_and_peaks_begin_anew_at_midnight() -> None:
    lines = LinesToday()
    count(lines, arrived(A), ev.CallRefused("trunk-x", 17), ev.CallRefused("trunk-x", 17))
    assert lines.rows([Line("x")], [])[0]["refused_today"] == 2
    count(lines, arrived(B, "trunk-y"), at=NOON + DAY_MS)
    rows = lines.rows([Line("x"), Line("y")], [])
    assert [(row["peak"], row["refused_today"]) for row in rows] == [(1, 0), (1, 0)]


def test_an_open_incident_says_that_a_trunk_is_not_registered() -> None:
    line, lines = Line("x", "registration"), LinesToday()
    assert lines.rows([line], [])[0]["registered"] is True
    for about in ("x", "trunk-x"):
        open_now = [{"kind": "trunk_unregistered", "about": about}]
        assert lines.rows([line], open_now)[0]["registered"] is False
    assert lines.rows([line], [{"kind": "trunk_unregistered", "about": "y"}])[0]["registered"]
