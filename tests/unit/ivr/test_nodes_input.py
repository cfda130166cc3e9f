"""Nodes that take in more than one key: collect, language, callback; and no secret is written."""

from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given, strategies as st

from domain.events import (
    CallbackAsked,
    EdgeTaken,
    KeyPressed,
    LanguageChosen,
    SecretBegan,
    SecretEnded,
    StepEntered,
)
from domain.ids import CallId, GroupId
from ivr.lint import Known
from ivr.load import check, load
from ivr.model import (
    Act,
    Ask,
    Digits,
    Flow,
    Given,
    Heard,
    Leave,
    Play,
    Secret,
    Spoken,
    TellFact,
    TimedOut,
)
from ivr.step import State, begin, step

CALL = CallId("C1")
GIVEN = Given(CALL, priorities={"presale": 3}, caller="13800138000")
BYE = "  bye: {kind: hang_up, prompts: bye}\n  sorry: {kind: hang_up, prompts: sorry}\n"


def flow(node: str, values: str = "{}") -> Flow:
    ends = "".join(line + "\n" for line in BYE.splitlines() if line.split(":")[0].strip() in node)
    text = f"flow: f\nstart: n\nvalues: {values}\nnodes:\n  n: {node}\n{ends}"
    return load("f", text, Known())


def walk(flow: Flow, *heard: Heard, given: Given = GIVEN) -> tuple[State, list[Act]]:
    state, acts = begin(flow, given)
    done = list(acts)
    for answer in heard:
        state, acts = step(state, answer)
        done += acts
    return state, done


def told(acts: Sequence[Act], *but: type) -> list[object]:
    kinds = (StepEntered, *but)
    return [a.event for a in acts if isinstance(a, TellFact) and not isinstance(a.event, kinds)]


def labels(acts: Sequence[Act]) -> list[str]:
    return [fact.label for fact in told(acts) if isinstance(fact, EdgeTaken) and fact.node == "n"]


def asked(acts: Sequence[Act]) -> list[Ask]:
    return [act for act in acts if isinstance(act, Ask)]


ORDER = flow(
    "{kind: collect, prompts: ask, into: order, least: 4, most: 12, tries: 2,"
    " invalid: wrong, no_input: silent, next: bye, otherwise: sorry}",
    '{order: ""}',
)


def test_what_was_typed_is_kept_and_told() -> None:
    state, acts = walk(ORDER, Digits("20261123"))
    assert asked(acts) == [Ask(("ask",), 12, 6.0, 4.0, "#")]
    assert state.values["order"] == "20261123"
    assert KeyPressed(CALL, "n", "20261123") in told(acts)
    assert (labels(acts), acts[-1]) == (["next"], Leave("hangup", "contained"))


@pytest.mark.parametrize("wrong", [Digits("123"), Digits(""), Digits("12*4"), Digits("12#45")])
def test_too_short_or_odd_input_is_wrong(wrong: Heard) -> None:
    state, acts = walk(ORDER, wrong, wrong)
    assert labels(acts) == ["invalid", "otherwise"]
    assert asked(acts)[1].prompts == ("wrong", "ask")
    assert state.values["order"] == ""


def test_silence_is_told_apart() -> None:
    _, acts = walk(ORDER, TimedOut(), TimedOut())
    assert labels(acts) == ["no_input", "otherwise"]
    assert asked(acts)[1].prompts == ("silent", "ask")


CARD = flow(
    "{kind: collect, prompts: ask, into: card, least: 18, most: 18, star: X, check: id_card,"
    " confirm: true, heard: you_typed, next: bye, otherwise: sorry}",
    '{card: ""}',
)


def test_an_identity_card_is_checked_and_read_back() -> None:
    state, acts = walk(CARD, Digits("110105194912310021"))
    assert labels(acts) == ["invalid"]
    state, acts = walk(CARD, Digits("11010519491231002*"))
    read_back = ("you_typed", Spoken("code", "11010519491231002X"), "confirm")
    assert asked(acts)[-1] == Ask(read_back, 1, 6.0, 3.0)
    assert state.values["card"] == ""
    state, more = step(state, Digits("1"))
    assert (state.values["card"], labels(more)) == ("11010519491231002X", ["next"])


def test_who_says_no_types_again_and_another_key_is_wrong() -> None:
    state, acts = walk(CARD, Digits("11010519491231002*"), Digits("2"))
    assert (labels(acts), asked(acts)[-1].prompts) == (["again"], ("ask",))
    state, acts = walk(CARD, Digits("11010519491231002*"), Digits("7"), Digits("1"))
    assert labels(acts) == ["invalid", "next"]
    assert state.values["card"] == "11010519491231002X"


PIN = flow(
    "{kind: collect, prompts: ask, into: pin, least: 6, most: 6, secret: true, tries: 2,"
    " next: bye, otherwise: sorry}",
    '{pin: ""}',
)


@given(st.lists(st.text("0123456789", min_size=4, max_size=6), min_size=1, max_size=2))
def test_no_secret_is_in_any_fact_or_shown_anywhere(typed: list[str]) -> None:
    state, acts = walk(PIN, *(Digits(Secret(each)) for each in typed))
    shown = repr((state, acts, [Digits(Secret(each)) for each in typed]))
    assert not any(each in shown.replace("13800138000", "") for each in typed)
    assert any(fact == KeyPressed(CALL, "n", "*" * len(typed[0])) for fact in told(acts))


def test_the_recording_is_muted_from_the_question_to_its_end() -> None:
    state, acts = walk(PIN, Digits(Secret("12")))
    assert told(acts)[0] == SecretBegan(CALL, "n")
    assert SecretEnded(CALL, "n") not in told(acts)
    assert asked(acts)[0].secret
    _, more = step(state, Digits(Secret("123456")))
    assert told(more)[1] == SecretEnded(CALL, "n")
    _, more = step(state, TimedOut())
    assert SecretEnded(CALL, "n") in told(more)


def test_a_secret_is_not_read_back() -> None:
    node = "{kind: collect, prompts: a, into: p, most: 4, secret: true, confirm: true, next: bye,"
    text = f"flow: f\nstart: n\nvalues: {{p: ''}}\nnodes:\n  n: {node} otherwise: sorry}}\n{BYE}"
    assert [fault.line for fault in check("f", text, Known())] == [5]


LANGUAGE = flow('{kind: language, prompts: choose, keys: {"1": zh, "2": en}, tries: 2, next: bye}')


@pytest.mark.parametrize(
    ("heard", "way", "chosen"),
    [
        ([Digits("2")], ["2"], "en"),
        ([Digits("1")], ["1"], "zh"),
        ([Digits("7"), Digits("2")], ["invalid", "2"], "en"),
        ([TimedOut(), Digits("")], ["no_input", "otherwise"], ""),
    ],
)
def test_a_language_is_chosen_or_kept(heard: list[Heard], way: list[str], chosen: str) -> None:
    _, acts = walk(LANGUAGE, *heard)
    facts = told(acts)
    assert labels(acts) == way
    assert [f.language for f in facts if isinstance(f, LanguageChosen)] == ([chosen] * bool(chosen))
    assert acts[-1] == Leave("hangup", "contained")


BACK = flow(
    "{kind: callback, group: presale, intent: 报价, prompts: offer, tries: 2, next: bye,"
    " otherwise: sorry}"
)


def promised(acts: Sequence[Act]) -> list[tuple[str, int, str]]:
    facts = [fact for fact in told(acts) if isinstance(fact, CallbackAsked)]
    assert all(fact.group == GroupId("presale") for fact in facts)
    return [(fact.number, fact.priority, fact.intent) for fact in facts]


def test_the_number_that_calls_is_offered_first() -> None:
    _, acts = walk(BACK, Digits("1"))
    read_back = ("phone_heard", Spoken("phone", "13800138000"), "confirm")
    assert asked(acts)[0].prompts == read_back
    assert Play(("offer",)) in acts
    assert promised(acts) == [("13800138000", 3, "报价")]
    assert acts[-1] == Leave("hangup", "callback")


def test_another_number_is_typed_and_confirmed_and_masked_in_the_facts() -> None:
    _, acts = walk(BACK, Digits("2"), Digits("02861234567"), Digits("1"))
    assert promised(acts) == [("02861234567", 3, "报价")]
    keys = [fact.digits for fact in told(acts) if isinstance(fact, KeyPressed)]
    assert keys == ["2", "028****4567", "1"]
    assert labels(acts) == ["other", "saved"]


@pytest.mark.parametrize("caller", ["", "95555", "+14155550100"])
def test_who_cannot_be_called_back_is_asked_for_a_number(caller: str) -> None:
    _, acts = walk(BACK, Digits("95555"), TimedOut(), given=replace(GIVEN, caller=caller))
    assert asked(acts)[0].prompts == ("phone_ask",)
    assert (promised(acts), labels(acts)) == ([], ["invalid", "otherwise"])
