"""The simulator shows what a caller would hear, key by key or at once, in any world."""

from argparse import Namespace
from pathlib import Path
from typing import Any

import pytest

from domain.errors import Refused
from ivr.calendar import plain_day
from ivr.cases import read_cases, run_case
from ivr.cli_sim import simulate
from ivr.given import Situation
from ivr.lint import Known
from ivr.load import load
from ivr.shelf import Shelf, beside
from ivr.show import lines_of, shown
from ivr.simulate import read_keys, walk
from speech import text_of

FLOWS = Path(__file__).parents[3] / "demo" / "config" / "flows"
TEXT = """\
flow: all
start: lang
values: {pin: "", n: ""}
nodes:
  lang: {kind: language, prompts: [menu_language], keys: {"1": zh, "2": en}, next: who}
  who:
    kind: branch
    cases:
      - {if: "queue.vip.wait_s > 60", to: back}
      - {if: '"vip" in tags and weekday == 6', to: boss}
      - {if: 'agent.8002.ready', to: out}
    otherwise: pin
  pin: {kind: collect, prompts: [order_ask], into: pin, most: 4, secret: true,
    next: ask, otherwise: bye}
  ask: {kind: http, url: "https://x.example/{pin}", take: {n: $.n},
    found: tell, missing: bye, failed: bye}
  tell: {kind: say, parts: [{prompt: order_amount}, {amount: "{n}"}], next: bye}
  boss: {kind: agent, agent: "8001", group: vip, otherwise: bye}
  out: {kind: number, to: "02812345678", otherwise: bye}
  back: {kind: callback, group: vip, prompts: [], next: bye}
  bye: {kind: hang_up, prompts: [goodbye]}
"""
FLOW = load("all", TEXT, Known())
BUSY = {"8002": "busy"}


def go(keys: str, *, patient: bool = False, **given: Any) -> Any:
    scene = Situation.model_validate({"agents": BUSY, **given}).scene({}, plain_day)
    return walk(FLOW, read_keys(keys), scene, patient=patient)


def test_a_chosen_language_is_that_of_all_that_follows() -> None:
    done = go("2,1234", http={"ask": {"body": {"n": 12}}})
    said = [turn["text"] for stop in shown(done, text_of)["stops"] for turn in stop["turns"]]
    assert "twelve yuan" in said and "Thank you for calling. Goodbye." in said
    assert done.language == "en"


def test_a_secret_is_never_shown() -> None:
    done = go("1,4711", http={"ask": {"body": {"n": 1}}})
    everything = repr(shown(done, text_of)) + "\n".join(lines_of(done)) + repr(done.facts)
    assert "4711" not in everything
    assert "****" in everything


def test_the_world_is_as_it_was_given() -> None:
    assert go("t", queues={"vip": {"wait_s": 61}}, number="13800138000").waiting is None
    asked = go("1,1", queues={"vip": {"wait_s": 61}}, number="13800138000")
    assert (asked.callback, asked.outcome) == ("13800138000", "callback")
    saturday = {"at": "2026-11-21T10:00", "tags": ["vip"]}
    assert go("1", **saturday).agent == "8001"
    assert go("1", **saturday, agents={"8001": "away"}).path[-1] == "bye"
    assert go("1", agents={"8002": "ready"}).number == "02812345678"


def test_a_call_that_nobody_takes_outside_comes_back() -> None:
    done = go("1", agents={"8002": "ready"}, outside=False)
    assert (done.path[-2:], done.outcome) == (["out", "bye"], "contained")


def test_it_waits_for_keys_and_says_which_lead_where() -> None:
    first = shown(go("", patient=True), text_of)
    assert first["over"] is False
    assert [choice["key"] for choice in first["waiting"]["choices"]] == ["1", "2"]
    assert first["stops"][-1]["turns"][0]["text"].startswith("中文服务请按1")
    second = shown(go("1", patient=True), text_of)
    assert (second["waiting"]["node"], second["waiting"]["secret"]) == ("pin", True)
    assert shown(go("1,t,t,t", patient=True), text_of)["outcome"] == "contained"
    assert go("h").verdict == ""


@pytest.mark.parametrize("keys", ["x", "w-1", "wx", "w9999", "1,,2"])
def test_keys_that_make_no_sense_are_refused(keys: str) -> None:
    with pytest.raises(Refused):
        read_keys(keys)


def test_the_terminal_asks_key_by_key(capsys: pytest.CaptureFixture[str]) -> None:
    typed = iter(["oops", "3", "1"])
    args = Namespace(
        files=[FLOWS / "service.yaml"], keys=None, json=False, closed=False, nobody=False,
        message=8.0, at="", calendar="", number="", vip=0, tag=[], calls=1, province="",
        language="zh", http=[], queue=[],
    )  # fmt: skip
    assert simulate(args, Shelf(), lambda prompt: next(typed)) == 0
    out = capsys.readouterr().out
    assert out.count("选购家具请按1") == 1
    assert "1,w2,3" in out
    assert out.endswith("=> group\n")


def test_an_option_that_does_not_fit_is_one_sentence() -> None:
    args = Namespace(
        files=[FLOWS / "service.yaml"], keys="", json=False, closed=False, nobody=False,
        message=8.0, at="", calendar="", number="", vip=0, tag=[], calls=1, province="",
        language="zh", http=["look=soon"], queue=[],
    )  # fmt: skip
    with pytest.raises(Refused, match="look"):
        simulate(args, Shelf())


def test_the_example_of_the_page_passes() -> None:
    page = FLOWS.parents[2] / "docs" / "howto" / "flow-tests.md"
    example = page.read_text("utf-8").split("```yaml\n")[1].split("```")[0]
    cases, lines = read_cases("page", example)
    folder = beside(FLOWS / "order_query.yaml", Shelf())
    flow = folder.load(FLOWS / "order_query.yaml")
    assert run_case(flow, cases.tests[0], lines[0], folder.around()).wrong == ()
