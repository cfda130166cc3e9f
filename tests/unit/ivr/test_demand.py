"""What a firm demands of a flow: each rule finds its mistake, at its line, and only its mistake."""

from dataclasses import replace

import pytest

from ivr.house import House
from ivr.kinds import KINDS
from ivr.lint import Known
from ivr.load import Review, review, shape
from ivr.plain import names_secret

SECONDS = {"long": 40.0, "menu": 5.0, "hi": 3.0}
KNOWN = Known(house=House(), seconds=lambda name: SECONDS.get(name, 1.0))
HEAD = "flow: f\nstart: menu\n"
MENU = """\
nodes:
  menu:
    kind: menu
    prompts: [menu]
    keys: {"1": info, "0": person}
    otherwise: person
  info: {kind: play, prompts: [hi], next: menu}
  person: {kind: group, group: vip}
"""
GOOD = HEAD + MENU


def look(text: str, known: Known = KNOWN) -> Review:
    return review("f", text, known)


def found(old: str, new: str, known: Known = KNOWN) -> tuple[list[str], list[str]]:
    assert old in GOOD
    seen = look(GOOD.replace(old, new, 1), known)
    return (
        [f"{fault.line} {fault.key}" for fault in seen.faults],
        [f"{fault.line} {fault.key}" for fault in seen.advice],
    )


def test_a_good_flow_is_left_alone() -> None:
    assert look(GOOD).faults == look(GOOD).advice == ()


def test_a_person_must_be_near_in_seconds() -> None:
    faults, _ = found("prompts: [hi]", "prompts: [long]")
    assert faults == ["9 nodes.info"]
    assert (
        found("prompts: [hi]", "prompts: [long]", replace(KNOWN, house=House(seconds=60)))[0] == []
    )


def test_a_person_must_be_near_in_keys() -> None:
    menu = '  m{0}: {{kind: menu, prompts: [menu], keys: {{"1": m{1}}}, otherwise: bye}}\n'
    text = "flow: f\nstart: m1\nnodes:\n" + "".join(menu.format(n, n + 1) for n in (1, 2, 3))
    text += "  m4: {kind: group, group: vip}\n  bye: {kind: hang_up}\n"
    assert [fault.key for fault in look(text).faults] == ["nodes.m1"]
    assert look(text, replace(KNOWN, house=House(keys=3))).faults == ()


def test_silence_counts_its_tries() -> None:
    text = GOOD.replace('"0": person', '"2": info')
    [fault] = [each for each in look(text).faults if each.key == "nodes.info"]
    assert "33" in fault.text  # 3 s of info, then three times 5 s of menu and 5 s of silence


def test_nobody_is_demanded_where_the_hotline_is_closed() -> None:
    text = (
        HEAD.replace("menu", "hours")
        + MENU
        + (
            "  hours: {kind: hours, open: menu, closed: box}\n"
            "  box: {kind: voicemail, box: vip, next: bye}\n  bye: {kind: hang_up}\n"
        )
    )
    assert look(text).faults == ()


def test_zero_at_every_menu_is_advised_or_demanded() -> None:
    assert found('"0": person', '"2": person') == ([], ["4 nodes.menu"])
    strict = replace(KNOWN, house=House(zero=True))
    assert found('"0": person', '"2": person', strict) == (["4 nodes.menu"], [])
    assert "4 nodes.menu" in found('"0": person', '"0": info', strict)[0]
    everywhere = "straight: {to: person}\n"
    assert look(everywhere + GOOD.replace(', "0": person', ""), strict).faults == ()


def test_long_deep_and_late_menus_are_advised() -> None:
    known = replace(KNOWN, house=House(menu_keys=1, menu_s=4, depth=1, choice_s=2))
    assert found("hi", "hi", known)[1] == ["6 nodes.menu.prompts", "7 nodes.menu.keys"]
    below = GOOD.replace('"1": info', '"1": deeper').replace(
        "  info: {kind: play, prompts: [hi], next: menu}\n",
        '  deeper: {kind: menu, prompts: [hi], keys: {"0": person}, otherwise: person}\n',
    )
    assert "nodes.deeper" in [each.key for each in look(below, known).advice]
    late = GOOD.replace("start: menu", "start: info")
    assert [each.key for each in look(late, replace(KNOWN, house=House(choice_s=2))).advice] == [
        "start"
    ]


SUB = """\
flow: sub
start: ask
values: {order: ""}
nodes:
  ask: {kind: collect, prompts: [hi], into: order, most: 6, next: back, otherwise: back}
  back: {kind: return}
"""


def test_the_way_to_a_person_leads_through_sub_flows() -> None:
    sub = shape("sub", SUB, KINDS)
    assert sub is not None
    known = replace(KNOWN, flows={"sub": sub})
    text = "flow: f\nstart: part\nnodes:\n  part: {kind: flow, flow: sub, next: person}\n"
    assert look(text + "  person: {kind: group, group: vip}\n", known).faults == ()
    lost = text.replace("next: person", "next: bye") + "  bye: {kind: hang_up}\n"
    [fault] = look(lost, known).faults
    assert (fault.key, "part → ask" in fault.text) == ("nodes.part", True)
    assert look(SUB.replace("flow: sub", "flow: f")).faults == ()  # by itself it may return


def test_a_sub_flow_that_leads_back_is_refused() -> None:
    text = "flow: f\nstart: a\nnodes:\n  a: {kind: flow, flow: g, next: b}\n  b: {kind: hang_up}\n"
    other = shape(
        "g", text.replace("flow: f", "flow: g", 1).replace("flow: g, n", "flow: f, n"), KINDS
    )
    assert other is not None
    known = replace(KNOWN, flows={"g": other, "f": other})
    assert "nodes.a.flow" in [fault.key for fault in look(text, known).faults]


ASK = """\
flow: f
start: ask
values: {order: "", eta: "", brand: x}
nodes:
  ask: {kind: collect, prompts: [hi], into: order, most: 6, next: look, otherwise: person}
  look: {kind: http, url: "https://x.example/{order}", take: {eta: $.eta},
    found: tell, missing: tell, failed: person}
  tell: {kind: say, parts: [{code: "{order}"}, {date: "{eta}"}], next: person}
  person: {kind: group, group: vip, intent: "{brand}"}
"""


def test_values_that_may_be_empty_are_advised_and_those_never_set_refused() -> None:
    seen = look(ASK)
    assert seen.faults == ()
    [advice] = seen.advice
    assert (advice.line, advice.key, "look" in advice.text) == (8, "nodes.tell.parts.1.date", True)
    never = look(ASK.replace("take: {eta: $.eta},", ""))
    assert [fault.key for fault in never.faults] == ["nodes.tell.parts.1.date"]
    unknown = look(ASK.replace('"{order}"}', '"{ordre}"}'))
    assert [fault.key for fault in unknown.faults] == ["nodes.tell.parts.0.code"]
    assert look(ASK.replace('{order}"', '{order}?of={caller}"', 1)).faults == ()


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        ("https://x.", "https://me:pw@x.", "nodes.look.url"),
        ('{order}"', '{order}?token=abc"', "nodes.look.url"),
        ("take:", "headers: {X-Api-Key: abc}, take:", "nodes.look.headers.X-Api-Key"),
        (
            "take:",
            "headers: {Authorization: Bearer abc}, take:",
            "nodes.look.headers.Authorization",
        ),
        ("take:", "method: POST, body: {a: {password: p}}, take:", "nodes.look.body.a.password"),
        ("brand: x", "brand: x, api_token: x", "values.api_token"),
    ],
)
def test_a_secret_in_plain_text_is_refused(old: str, new: str, key: str) -> None:
    seen = look(ASK.replace(old, new, 1))
    assert [fault.key for fault in seen.faults] == [key]


@pytest.mark.parametrize(
    "new",
    [
        "headers: {Authorization: 'Bearer file:crm-key'}, take:",
        "headers: {Authorization: env:CRM, Accept: text/plain}, take:",
        "method: POST, body: {token: '{order}', note: x}, take:",
    ],
)
def test_a_reference_to_a_secret_is_no_secret(new: str) -> None:
    assert look(ASK.replace("take:", new, 1)).faults == ()


def test_words_that_only_look_like_secrets_pass() -> None:
    assert not any(names_secret(word) for word in ("keyword", "monkey", "passenger", "order"))


def test_a_calendar_without_its_next_year_is_advised() -> None:
    text = (
        HEAD.replace("menu", "hours")
        + MENU
        + (
            "  hours: {kind: hours, calendar: work, open: menu, closed: bye}\n"
            "  bye: {kind: hang_up}\n"
        )
    )
    [advice] = look(text, replace(KNOWN, undated={"work": 2027})).advice
    assert (advice.key, "2027" in advice.text) == ("nodes.hours", True)


def test_what_is_in_force_is_never_refused_by_the_firms_rules() -> None:
    bad = GOOD.replace("prompts: [hi]", "prompts: [long]").replace('"0": person', '"2": person')
    assert look(bad, replace(KNOWN, house=None)).faults == ()


def test_a_flow_of_many_small_parts_is_looked_at_in_time() -> None:
    many = "".join(
        f"  n{n}: {{kind: hours, open: n{n + 1}, closed: n{n + 1}}}\n" for n in range(80)
    )
    text = "flow: f\nstart: n0\nnodes:\n" + many + "  n80: {kind: group, group: vip}\n"
    assert look(text).faults == ()
