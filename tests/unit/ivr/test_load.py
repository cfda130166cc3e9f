"""Every fault of a flow is found at once, at the right line and with its mend."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, strategies as st

from domain.errors import Refused
from ivr.house import House
from ivr.lint import Known
from ivr.load import check, load

FLOWS = Path(__file__).parents[3] / "demo" / "config" / "flows"
PROMPTS = frozenset(
    {
        *("welcome_service", "welcome_partners", "notice_recording", "menu_service"),
        *("menu_partners", "invalid", "no_input", "hold_intro", "closed", "nobody"),
        *("leave_message", "message_saved", "message_empty", "goodbye", "survey_ask"),
        *("survey_thanks", "survey_invalid", "transfer", "too_many_tries"),
    }
)
KNOWN = Known(
    PROMPTS, {"presale", "aftersale", "partner", "vip"}, {"always", "workdays"}, house=House()
)

GOOD = """\
flow: service
start: welcome
nodes:
  welcome:
    kind: play
    prompts: welcome_service
    next: menu
  menu:
    kind: menu
    prompts: [menu_service]
    keys:
      1: person
      2: bye
    labels: {"1": 人工服务}
    repeat: "*"
    otherwise: person
  person:
    kind: group
    group: presale
  bye:
    kind: hang_up
    prompts: [goodbye]
"""


def faults(old: str = "", new: str = "", known: Known = KNOWN) -> list[tuple[int, str]]:
    assert old in GOOD
    found = check("service", GOOD.replace(old, new, 1), known)
    assert all(fault.file == "flows/service.yaml" for fault in found)
    assert all(" · " in fault.text for fault in found)
    return [(fault.line, fault.key) for fault in found]


def test_a_good_flow_has_no_faults() -> None:
    assert faults() == []
    flow = load("service", GOOD, KNOWN)
    assert list(flow.nodes) == ["welcome", "menu", "person", "bye"]
    assert flow.nodes["menu"].edges()[0].to == "person"


@pytest.mark.parametrize("name", ["partners", "survey"])
def test_the_demo_flows_are_good(name: str) -> None:
    assert check(name, (FLOWS / f"{name}.yaml").read_text("utf-8"), KNOWN) == []


@pytest.mark.parametrize(
    ("old", "new", "where"),
    [
        ("start: welcome", "start: welcom", (2, "start")),
        ("start: welcome\n", "", (1, "start")),
        ("flow: service", "flow: sales", (1, "flow")),
        ("flow: service", "flow: service\ncolour: red", (2, "colour")),
        ("next: menu", "next: menue", (7, "nodes.welcome.next")),
        ("next: menu", "then: menu", (7, "nodes.welcome.then")),
        ("kind: play", "kind: sing", (5, "nodes.welcome.kind")),
        ("    kind: play\n", "", (4, "nodes.welcome.kind")),
        ("    next: menu\n", "", (4, "nodes.welcome.next")),
        ("prompts: welcome_service", "prompts: welcome_sevice", (6, "nodes.welcome.prompts.0")),
        ("group: presale", "group: presales", (19, "nodes.person.group")),
        ("1: person", "x: person", (12, "nodes.menu.keys.x")),
        ("2: bye", "2: by", (13, "nodes.menu.keys.2")),
        ("2: bye", "1: bye", (13, "nodes.menu.keys.1")),
        ('labels: {"1"', 'labels: {"7"', (14, "nodes.menu.labels.7")),
        ('repeat: "*"', 'repeat: "1"', (15, "nodes.menu.repeat")),
        ('repeat: "*"', "repeat: '**'", (15, "nodes.menu.repeat")),
        ('repeat: "*"', "tries: many", (15, "nodes.menu.tries")),
        ('repeat: "*"', "tries: 0", (15, "nodes.menu.tries")),
        ('repeat: "*"', "timeout_s: 1000", (15, "nodes.menu.timeout_s")),
        ("  bye:\n", "  Bye Bye:\n", (20, "nodes.Bye Bye")),
        ("2: bye\n", "2: person\n", (20, "nodes.bye")),
    ],
)
def test_a_fault_names_its_line(old: str, new: str, where: tuple[int, str]) -> None:
    assert where in faults(old, new)


@pytest.mark.parametrize("needs", ["englsh>=3", "english>=3 and"])
def test_a_requirement_names_skills_that_there_are(needs: str) -> None:
    known = replace(KNOWN, skills={"english"})
    asked = "group: presale\n    needs: "
    assert faults("group: presale", asked + "english>=3", known) == []
    assert faults("group: presale", asked + needs, known) == [(20, "nodes.person.needs")]


def test_every_fault_comes_at_once() -> None:
    text = GOOD.replace("welcome_service", "welcom").replace("group: presale", "group: none")
    with pytest.raises(Refused) as refused:
        load("service", text.replace("2: bye", "2: nowhere"), KNOWN)
    lines = [fault.line for fault in refused.value.faults]
    assert lines == [6, 13, 19]


def test_a_near_miss_is_suggested() -> None:
    [fault] = check("service", GOOD.replace("next: menu", "next: mneu"), KNOWN)[:1]
    assert "menu" in fault.text.split("mneu", 1)[1]


def test_a_round_without_a_key_is_refused() -> None:
    text = GOOD.replace("otherwise: person", "otherwise: welcome")
    [fault] = check("service", text, KNOWN)
    assert "welcome → menu" in fault.text or "menu → welcome" in fault.text


def test_a_flow_that_never_ends_is_refused() -> None:
    text = """\
flow: ring
start: a
nodes:
  a: {kind: play, prompts: goodbye, next: b}
  b: {kind: play, prompts: goodbye, next: a}
"""
    found = check("ring", text, KNOWN)
    assert [fault.line for fault in found] == [4, 4, 5]


def test_a_person_must_be_two_keys_away_from_every_menu() -> None:
    menu = "  {0}: {{kind: menu, prompts: menu_service, keys: {{'1': {1}}}, otherwise: bye}}\n"
    deep = "flow: deep\nstart: m1\nnodes:\n" + "".join(
        menu.format(f"m{n}", f"m{n + 1}" if n < 3 else "person") for n in (1, 2, 3)
    )
    rest = "  person: {kind: group, group: vip}\n  bye: {kind: hang_up}\n"
    assert [(fault.line, fault.key) for fault in check("deep", deep + rest, KNOWN)] == [
        (4, "nodes.m1")
    ]


def test_a_prompt_with_a_value_is_checked_in_every_spelling() -> None:
    text = """\
flow: tongue
start: english
values: {language: service}
nodes:
  english: {kind: set, name: language, value: partners, next: hello}
  hello: {kind: play, prompts: "welcome_{language}", next: bye}
  bye: {kind: hang_up}
"""
    assert check("tongue", text, KNOWN) == []
    [fault] = check("tongue", text.replace("value: partners", "value: guests"), KNOWN)
    assert (fault.line, "welcome_guests" in fault.text) == (6, True)
    [fault] = check("tongue", text.replace("values: {language: service}", "values: {}"), KNOWN)[:1]
    assert fault.key == "nodes.english.name"


@pytest.mark.parametrize(
    "text",
    [
        *("", "[]", "a", "flow: service", "nodes: {}", "a: &x [*x]", "a: b: c", "\0"),
        *("? {a: b}\n: c", "[" * 3000, "flow: service\nstart: {}\nnodes: {a: 1}"),
        "flow: service\nstart: a\nnodes: [1]",
        "flow: service\nstart: a\nvalues: 3\nnodes: {a: {kind: [x]}}",
    ],
)
def test_nonsense_is_refused_without_a_crash(text: str) -> None:
    assert check("service", text, KNOWN)


@given(st.integers(0, len(GOOD) - 1), st.text(max_size=3), st.integers(0, 12))
def test_any_slip_of_the_pen_is_read_without_a_crash(place: int, typed: str, cut: int) -> None:
    check("service", GOOD[:place] + typed + GOOD[place + cut :], KNOWN)
