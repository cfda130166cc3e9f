"""Ways through and out of flows: sub-flows, back, straight to a person, one agent, a number."""

import pytest

from domain.events import AgentChosen, EdgeTaken, FlowEnded, OutsideChosen, StepEntered
from domain.ids import AgentId, CallId, GroupId
from ivr.lint import Known
from ivr.load import check, load
from ivr.model import (
    Act,
    Digits,
    FactsSeen,
    Flow,
    Given,
    Heard,
    Leave,
    LookAtFacts,
    TellFact,
)
from ivr.step import DEEPEST, MOST_STEPS, State, begin, resume, step

CALL = CallId("C1")
MAIN = load(
    "main",
    """\
flow: main
title: 主菜单
start: menu
straight: {to: person, vip: 2, calls_24h: 3, list: elder}
values: {order: "", brand: main}
nodes:
  menu: {kind: menu, prompts: menu, keys: {"1": more, "2": boss, "3": out}, otherwise: person}
  more: {kind: menu, prompts: more, keys: {"1": sub, "2": deep}, back: "9", otherwise: person}
  deep: {kind: menu, prompts: deep, keys: {"1": person}, back: "9", repeat: "0", otherwise: person}
  sub: {kind: flow, flow: orders, next: person}
  boss: {kind: agent, agent: "8001", group: presale, wait_s: 15, intent: 专属, otherwise: person}
  out: {kind: number, to: "02812345678", ring_s: 25, prompts: soon, otherwise: person}
  person: {kind: group, group: presale, intent: "订单{order}", needs: "english>=3"}
""",
    Known(),
)
ORDERS = load(
    "orders",
    """\
flow: orders
start: ask
values: {order: "", brand: sub, tone: soft}
nodes:
  ask: {kind: collect, prompts: ask, into: order, most: 4, next: menu, otherwise: menu}
  menu:
    {kind: menu, prompts: "m_{tone}", keys: {"0": staff, "1": end, "2": again}, back: "9",
     otherwise: end}
  staff: {kind: group, group: presale}
  again: {kind: flow, flow: orders, next: end}
  end: {kind: return}
""",
    Known(),
)
FLOWS = {"main": MAIN, "orders": ORDERS}
GIVEN = Given(CALL, priorities={"presale": 4}, flows=FLOWS)
PLAIN = FactsSeen({"vip": 0, "calls_24h": 1, "lists": (), "tags": ()})


def walk(*heard: Heard, flow: Flow = MAIN) -> tuple[State, list[Act]]:
    state, acts = begin(flow, GIVEN)
    done = list(acts)
    for answer in heard:
        state, acts = step(state, answer)
        done += acts
    return state, done


def path(acts: list[Act]) -> list[str]:
    told = [act.event for act in acts if isinstance(act, TellFact)]
    return [f"{e.flow}/{e.node}" for e in told if isinstance(e, StepEntered)]


def edges(acts: list[Act]) -> list[tuple[str, str, str]]:
    told = [act.event for act in acts if isinstance(act, TellFact)]
    return [(e.flow, e.node, e.label) for e in told if isinstance(e, EdgeTaken)]


@pytest.mark.parametrize(
    ("facts", "why"),
    [
        ({"vip": 2}, "vip"),
        ({"calls_24h": 3}, "calls_24h"),
        ({"lists": ("elder",)}, "list"),
        ({"tags": ("elder",)}, "list"),
    ],
)
def test_some_go_straight_to_a_person(facts: dict[str, object], why: str) -> None:
    _, acts = walk(FactsSeen({**PLAIN.facts, **facts}))  # type: ignore[dict-item]
    assert acts[0] == LookAtFacts(("vip", "calls_24h", "lists", "tags"))
    assert edges(acts) == [("main", "@straight", why), ("main", "person", "hold")]
    assert acts[-1] == Leave("hold", "group", "presale", 4)


def test_others_start_at_the_start_and_a_stray_answer_changes_nothing() -> None:
    state, _ = begin(MAIN, GIVEN)
    assert step(state, Digits("1")) == (state, ())
    assert path(walk(PLAIN)[1]) == ["main/menu"]


def test_zero_leads_to_the_person_from_every_menu_that_leaves_it_free() -> None:
    assert walk(PLAIN, Digits("0"))[0].node == "person"
    assert walk(PLAIN, Digits("1"), Digits("0"))[0].node == "person"
    state, acts = walk(PLAIN, Digits("1"), Digits("2"), Digits("0"))
    assert (state.node, edges(acts)[-1]) == ("deep", ("main", "deep", "0"))


def test_back_leads_to_the_menu_before() -> None:
    state, acts = walk(PLAIN, Digits("1"), Digits("2"), Digits("9"), Digits("9"))
    assert path(acts) == ["main/menu", "main/more", "main/deep", "main/more", "main/menu"]
    assert edges(acts)[-1] == ("main", "more", "9")
    state, acts = walk(PLAIN, Digits("1"), Digits("2"), Digits("9"), Digits("2"), Digits("9"))
    assert state.node == "more"


def test_a_sub_flow_comes_back_with_its_values() -> None:
    state, acts = walk(PLAIN, Digits("1"), Digits("1"), Digits("77"), Digits("1"))
    assert path(acts)[2:] == ["main/sub", "orders/ask", "orders/menu", "orders/end", "main/person"]
    assert edges(acts)[-3:-1] == [("orders", "end", "return"), ("main", "sub", "next")]
    values = {name: state.values[name] for name in ("order", "brand", "tone")}
    assert values == {"order": "77", "brand": "main", "tone": "soft"}


def test_the_first_menu_of_a_sub_flow_has_none_before_it() -> None:
    _, acts = walk(PLAIN, Digits("1"), Digits("1"), Digits("7"), Digits("9"))
    assert path(acts)[-2:] == ["orders/menu", "orders/menu"]


def test_flows_that_call_each_other_end() -> None:
    heard: list[Heard] = [PLAIN, Digits("1"), Digits("1")]
    heard += [Digits("7"), Digits("2")] * (DEEPEST + 1)
    state, acts = walk(*heard)
    assert state.over
    assert state.steps <= MOST_STEPS
    assert acts[-1] == Leave("hold", "group", "presale", 4)


def test_a_flow_that_returns_to_nobody_ends() -> None:
    state, acts = walk(Digits("7"), Digits("1"), flow=ORDERS)
    assert acts[-2:] == [TellFact(FlowEnded(CALL, "hang_up")), Leave("hangup", "hang_up")]
    assert state.over


def test_a_sub_flow_that_is_gone_is_passed_over() -> None:
    state, _ = begin(MAIN, Given(CALL))
    for heard in (PLAIN, Digits("1"), Digits("1")):
        state, _ = step(state, heard)
    assert state.node == "person"


def test_an_agent_who_is_there_gets_the_call_first() -> None:
    here, gone = {"agent.8001.signed_in": 1}, {"agent.8001.signed_in": 0}
    state, acts = walk(PLAIN, Digits("2"), FactsSeen(here))
    chosen = AgentChosen(CALL, AgentId("8001"), GroupId("presale"), 15, 4, "专属")
    assert TellFact(chosen) in acts
    assert acts[-1] == Leave("hold", "group", "presale", 4)
    state, acts = walk(PLAIN, Digits("2"), FactsSeen(gone))
    assert (state.node, edges(acts)[-2]) == ("person", ("main", "boss", "otherwise"))


def test_a_number_outside_lets_go_and_goes_on_where_nobody_answers() -> None:
    state, acts = walk(PLAIN, Digits("3"))
    assert TellFact(OutsideChosen(CALL, "02812345678", "out", 25)) in acts
    assert acts[-1] == Leave("out", number="02812345678", ring_s=25)
    assert not any(isinstance(a, TellFact) and isinstance(a.event, FlowEnded) for a in acts)
    state, acts = resume(state)
    assert edges(list(acts))[0] == ("main", "out", "otherwise")
    assert acts[-1] == Leave("hold", "group", "presale", 4)


@pytest.mark.parametrize(
    ("wrong", "line"),
    [
        ("straight: {to: nobody}", 3),
        ("straight: {vip: 2}", 3),
        ("straight: {to: person, age: 60}", 3),
        ("straight: here", 3),
    ],
)
def test_a_wrong_straight_is_a_fault_on_its_line(wrong: str, line: int) -> None:
    text = f"flow: f\nstart: person\n{wrong}\nnodes:\n  person: {{kind: group, group: presale}}\n"
    assert [fault.line for fault in check("f", text, Known())] == [line]
