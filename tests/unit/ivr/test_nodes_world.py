"""Nodes that look at the world: branch, http, say; and what is said for a value."""

from typing import Any

import pytest
from hypothesis import given, strategies as st

from domain.events import HttpAsked
from domain.ids import CallId
from ivr import expression
from ivr.expression import Fact, holds, parse
from ivr.facts import is_fact
from ivr.jsonpath import find
from ivr.lint import Known
from ivr.load import check
from ivr.model import (
    Act,
    AskHttp,
    Digits,
    FactsSeen,
    Flow,
    Heard,
    HttpSeen,
    LookAtFacts,
    Play,
    Secret,
    Spoken,
)
from ivr.spoken import names_of
from ivr.step import begin, step
from tests.unit.ivr.test_nodes_input import BYE, GIVEN, flow, labels, told, walk

CALL = CallId("C1")
WHICH = flow(
    """{kind: branch, cases: [{if: "vip >= 2", to: bye}, {if: '"complaint" in tags', to: sorry},
      {if: 'caller.province == "四川" and queue.presale.wait_s > 120', to: bye}],
      otherwise: sorry}"""
)


@pytest.mark.parametrize(
    ("facts", "way"),
    [
        ({"vip": 3}, "vip >= 2"),
        ({"vip": 1, "tags": ("complaint",)}, '"complaint" in tags'),
        (
            {"caller.province": "四川", "queue.presale.wait_s": 121.0},
            'caller.province == "四川" and queue.presale.wait_s > 120',
        ),
        ({"caller.province": "四川", "queue.presale.wait_s": 120}, "otherwise"),
        ({}, "otherwise"),
    ],
)
def test_the_first_case_that_holds_leads_on(facts: dict[str, Fact], way: str) -> None:
    _, acts = walk(WHICH, FactsSeen(facts))
    names = ("vip", "tags", "caller.province", "queue.presale.wait_s")
    assert LookAtFacts(names) in acts
    assert labels(acts) == [way]


def test_values_of_the_flow_need_no_look() -> None:
    small = flow("{kind: branch, cases: [{if: n == 7, to: bye}], otherwise: sorry}", '{n: "7"}')
    assert labels(walk(small)[1]) == ["n == 7"]


@pytest.mark.parametrize(
    ("text", "truth"),
    [
        ("a", True),
        ("not a", False),
        ("missing", False),
        ("zero", False),
        ('a == "x"', True),
        ('a != "x"', False),
        ('n == "007"', True),
        ("n == 7", True),
        ("n == '7'", False),
        ("n < 8 and n >= 7", True),
        ("a < 8", False),
        ("a != 8", True),
        ('"b" in many', True),
        ('"z" not in many', True),
        ("a in ['x', 'y']", True),
        ('"00" in n', True),
        ("a == 'y' or (n == 7 and not zero)", True),
        ("not a or missing", False),
        ("a == -1.5", False),
    ],
)
def test_conditions(text: str, truth: bool) -> None:
    facts = {"a": "x", "n": "007", "many": ("a", "b"), "zero": "0"}
    assert holds(parse(text), facts) is truth


@pytest.mark.parametrize(
    "text",
    ["", "a ==", "== 1", "a = 1", "(a", "a)", "a b", "f(a)", "a.__class__()", "1 +", "[1", "and",
     "a" * 301, "(" * 40 + "a" + ")" * 40, "not " * 60 + "a", "[" * 40 + "]" * 40, '"open'],
)  # fmt: skip
def test_what_is_no_condition_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=" · "):
        parse(text)


@given(st.text(max_size=60) | st.text("ab01 ()[]'\"=!<>,.andornti", max_size=60))
def test_any_text_is_read_or_refused_and_then_never_fails(text: str) -> None:
    try:
        condition = parse(text)
    except ValueError:
        return
    assert holds(condition, {}) in (True, False)
    facts: dict[str, Fact] = dict.fromkeys(expression.names_in(condition), ("a", "1"))
    assert holds(condition, facts) in (True, False)


def test_a_name_that_nobody_knows_is_a_fault_on_its_line() -> None:
    text = f"""flow: f
start: n
nodes:
  n:
    kind: branch
    cases:
      - {{if: "vpi >= 1", to: bye}}
      - {{if: "queue.presales.length > 1", to: bye}}
      - {{if: "caller.zip == 1", to: bye}}
    otherwise: sorry
{BYE}"""
    faults = check("f", text, Known(groups=("presale",)))
    assert [fault.line for fault in faults] == [7, 8, 9]
    assert not is_fact("caller.zip")


HTTP = flow(
    """{kind: http, url: "https://shop.example/o/{order}?by={caller}", timeout_s: 2, retries: 1,
    headers: {Authorization: "Bearer file:key", X-Order: "{order}"}, prompts: wait,
    take: {status: $.order.status, eta: "$.lines[0].eta"}, found: bye, missing: sorry, failed: n2}
  n2: {kind: hang_up, prompts: bye}""",
    '{order: "1/2", status: "", eta: ""}',
)
ANSWER = {"order": {"status": "已发货"}, "lines": [{"eta": "2026-12-01"}]}


def asked_for(acts: list[Act]) -> AskHttp:
    return next(act for act in acts if isinstance(act, AskHttp))


def test_what_is_asked_holds_values_that_cannot_change_the_place() -> None:
    _, acts = walk(HTTP)
    assert asked_for(acts) == AskHttp(
        "GET",
        "https://shop.example/o/1%2F2?by=13800138000",
        {"Authorization": "Bearer file:key", "X-Order": "1/2"},
        None,
        2.0,
        1,
    )
    assert Play(("wait",)) in acts
    assert "13800138000" not in repr(acts)


@pytest.mark.parametrize(
    ("seen", "way"),
    [
        (HttpSeen(200, ANSWER, 12.5), "found"),
        (HttpSeen(200, {"order": {"status": "x"}}, 12.5), "missing"),
        (HttpSeen(200, None, 12.5), "missing"),
        (HttpSeen(404, None, 12.5), "missing"),
        (HttpSeen(302, None, 12.5), "failed"),
        (HttpSeen(500, ANSWER, 12.5), "failed"),
        (HttpSeen(0, None, 12.5), "failed"),
    ],
)
def test_an_answer_leads_on(seen: HttpSeen, way: str) -> None:
    state, acts = walk(HTTP, seen)
    assert labels(acts) == [way]
    assert HttpAsked(CALL, "n", seen.status, 12.5) in told(acts)
    assert (state.values["eta"] == "2026-12-01") == (way == "found")


def test_a_body_is_filled_and_goes_only_where_one_may_be() -> None:
    node = """{kind: http, method: POST, url: "https://shop.example/o", body: {n: ["{order}"]},
      found: bye, missing: sorry, failed: sorry}"""
    assert asked_for(walk(flow(node, '{order: "7"}'))[1]).body == {"n": ["7"]}
    text = f"flow: f\nstart: n\nnodes:\n  n: {node.replace('POST', 'GET')}\n{BYE}"
    assert len(check("f", text, Known())) == 1
    there = text.replace("GET", "POST").replace("shop.example/o", "{order}.example")
    assert len(check("f", there, Known())) == 1


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("$.a", "1"),
        ("$.b.c[1]", "y"),
        ('$["b"].c[0]', "x"),
        ("$.yes", "true"),
        ("$.none", None),
        ("$.b", None),
        ("$.b.c[7]", None),
        ("$.a.b", None),
        ("$", None),
        ("$.long", "z" * 200),
        ("$.价格", "8.5"),
    ],
)
def test_a_place_in_json(path: str, value: str | None) -> None:
    data: Any = {"a": 1, "b": {"c": ["x", "y"]}, "yes": True, "none": None}
    assert find({**data, "long": "z" * 999, "价格": 8.5}, path) == value


def test_parts_are_said_in_their_way_and_a_secret_never() -> None:
    node = """{kind: say, parts: [{prompt: yours}, {digits: "{a}"}, {amount: "{sum}"},
      {code: "{none}"}, {phone: "{caller}"}], next: bye}"""
    _, acts = walk(flow(node, '{a: "42", sum: "8.50", none: ""}'))
    assert Play(("yours", Spoken("digits", "42"), Spoken("amount", "8.50"))) in acts


@pytest.mark.parametrize(
    ("kind", "text", "said"),
    [
        ("number", "42", ["num/4", "num/ten", "num/2"]),
        ("number", "1.5", ["num/1", "num/point", "num/5"]),
        ("digits", "01", ["num/0", "num/yao"]),
        ("amount", "2.00", ["num/liang", "unit/yuan"]),
        ("amount", "two", ["letter/t", "letter/w", "letter/o"]),
        ("number", "9" * 40, ["num/9"] * 40),
        ("number", "NaN", ["letter/n", "letter/a", "letter/n"]),
        ("place", "1", ["place_next"]),
    ],
)
def test_a_value_is_said(kind: str, text: str, said: list[str]) -> None:
    assert names_of(Spoken(kind, text), "zh") == said


@given(
    st.sampled_from(["digits", "number", "amount", "date", "time", "place", "code", "phone"]),
    st.text(max_size=30) | st.datetimes().map(str) | st.decimals().map(str),
    st.sampled_from(["zh", "en"]),
)
def test_whatever_another_system_answers_can_be_said(kind: str, text: str, language: str) -> None:
    assert all(isinstance(name, str) for name in names_of(Spoken(kind, text), language))


def test_a_day_and_a_time_are_said() -> None:
    assert names_of(Spoken("date", "2026-11-23"), "zh")[-1] == "date/day"
    assert names_of(Spoken("time", "2026-11-23T15:30:00"), "zh") == names_of(
        Spoken("time", "15:30"), "zh"
    )


def test_a_secret_in_an_address_is_not_shown(hidden: str = "998877") -> None:
    pin = flow(
        """{kind: collect, prompts: a, into: pin, least: 6, most: 6, secret: true, next: look,
      otherwise: sorry}
  look: {kind: http, url: "https://shop.example/{pin}", found: hold, missing: bye, failed: bye}
  hold: {kind: group, group: presale, intent: "密码{pin}", prompts: "p_{pin}"}""",
        '{pin: ""}',
    )
    state, acts = run_all(pin, Digits(Secret(hidden)), HttpSeen(200, {}))
    assert asked_for(acts).url.endswith(hidden)
    assert hidden not in repr((state, acts))
    assert "密码******" in repr(acts)


def run_all(flow: Flow, *heard: Heard) -> tuple[object, list[Act]]:
    state, acts = begin(flow, GIVEN)
    done = list(acts)
    for answer in heard:
        state, more = step(state, answer)
        done += more
    return state, done
