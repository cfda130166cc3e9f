"""Passes through flows: what a caller did at each node, and how the flow ended there."""

from cdr.steps import Pass, steps
from domain import events as ev
from domain.ids import OfferId
from tests.unit.cdr.test_fold import CALL, GROUP, A, arrived, told


def entered(at: float, node: str, kind: str = "menu", flow: str = "") -> tuple[float, ev.Event]:
    return at, ev.StepEntered(CALL, node, kind, flow)


def edge(at: float, node: str, label: str) -> tuple[float, ev.Event]:
    return at, ev.EdgeTaken(CALL, node, label)


def keyed(at: float, node: str, digits: str) -> tuple[float, ev.Event]:
    return at, ev.KeyPressed(CALL, node, digits)


def seen(passes: tuple[Pass, ...]) -> list[tuple[str, bool, int, str, int, str]]:
    return [(p.node, p.fresh, p.ms, p.edge, p.keys, p.result) for p in passes]


def test_a_wrong_key_is_a_branch_but_not_a_visit() -> None:
    walked = steps(
        told(
            arrived(),
            entered(0, "menu"),
            edge(4, "menu", "invalid"),
            keyed(4, "menu", "77"),
            edge(9, "menu", "1"),
            keyed(9, "menu", "1"),
            entered(9, "sales", "group"),
            (9, ev.GroupChosen(CALL, GROUP, 5)),
            (9, ev.FlowEnded(CALL, "group")),
            (60, ev.CallEnded(CALL, 16)),
        )
    )
    assert seen(walked) == [
        ("menu", True, 4000, "invalid", 2, ""),
        ("menu", False, 5000, "1", 1, ""),
        ("sales", True, 0, "", 0, "group"),
    ]


def test_who_hangs_up_is_counted_where_it_happened() -> None:
    walked = steps(
        told(
            arrived(),
            entered(0, "menu"),
            edge(6, "menu", "no_input"),
            keyed(6, "menu", ""),
            (8, ev.CallEnded(CALL, 16)),
        )
    )
    assert seen(walked) == [
        ("menu", True, 6000, "no_input", 0, ""),
        ("menu", False, 2000, "", 0, "left"),
    ]
    assert walked[0].silent


def test_an_outcome_told_after_the_hang_up_is_no_hang_up_in_the_menu() -> None:
    walked = steps(
        told(
            arrived(),
            entered(0, "closed", "play"),
            (3, ev.CallEnded(CALL, 16)),
            (3, ev.FlowEnded(CALL, "closed")),
        )
    )
    assert seen(walked) == [("closed", True, 3000, "", 0, "closed")]


def test_every_step_lies_in_its_own_flow() -> None:
    walked = steps(
        told(
            (0, ev.CallArrived(CALL, "400", "400", "1", flow="service")),
            entered(0, "menu"),
            entered(2, "ask", "collect", "order_status"),
            (5, ev.GroupChosen(CALL, GROUP, 5)),
            (6, ev.OfferAnswered(CALL, A, OfferId(1))),
            entered(30, "rate", "survey"),
            edge(34, "rate", "5"),
            (34, ev.SurveyAnswered(CALL, A, 5)),
            (36, ev.CallEnded(CALL, 16)),
        )
    )
    assert [(p.flow, p.node, p.result) for p in walked] == [
        ("service", "menu", ""),
        ("order_status", "ask", "group"),
        ("survey", "rate", "rated"),
    ]


def test_passes_are_the_same_whichever_way_they_are_told() -> None:
    facts = told(arrived(), entered(0, "menu"), edge(4, "menu", "1"), entered(4, "bye"))
    assert steps(facts) == steps(list(reversed(facts)) + facts)
