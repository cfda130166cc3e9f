"""One part of a text is changed: the rest stays byte for byte, whatever stands there."""

from difflib import unified_diff
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st

from domain.errors import Refused
from ivr.kinds import KINDS
from ivr.lint import Known
from ivr.load import check
from ivr.picture import drop_node, picture, rename_node
from ivr.rewrite import drop, put, rename, written_as
from ivr.text import read

ROOT = Path(__file__).parents[3]
FLOWS = ROOT / "demo" / "config" / "flows"
TEXTS = {
    file.stem: file.read_text("utf-8")
    for file in sorted(FLOWS.glob("*.yaml"))
    if not file.name.endswith(".test.yaml")
}
SERVICE = (ROOT / "tests" / "house" / "plain.yaml").read_text("utf-8")
ODD = """\
# head
flow:   odd      # the name
start: 'a'
nodes:
    # above a
    a: {kind: play, prompts: ["one", 'two'], next: b}  # in one line
    b:
        kind: menu
        prompts:
        - one
        # between
        - "two"
        keys: {"1": a, "2": c}
        otherwise: c   # the rest

    c:
        kind: hang_up
        note: |
            first line
            second: line
    # behind everything
"""
words = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), max_size=12)
values = st.one_of(
    words, st.booleans(), st.integers(0, 99), st.lists(words, min_size=1, max_size=3)
)


def changed(before: str, after: str) -> list[str]:
    """List the lines that differ, with their sign."""
    lines = unified_diff(before.splitlines(), after.splitlines(), lineterm="", n=0)
    return [line for line in lines if line[:3] not in ("---", "+++") and line[:2] != "@@"]


def data(text: str) -> Any:
    """Read a text as flows are read."""
    reading = read("", text)
    assert not reading.faults, reading.faults
    return reading.data


def said(value: Any) -> Any:
    """Say how a value reads: plain scalars are text."""
    if isinstance(value, list):
        return [said(each) for each in value]
    return written_as(value) if not isinstance(value, str) else value


@pytest.mark.parametrize(
    ("path", "value", "expected"),
    [
        (("nodes", "a", "next"), "c", ["[\"one\", 'two']", "next: c}  # in one line"]),
        (("nodes", "a", "prompts"), ["one", "drei"], ["drei"]),
        (("nodes", "b", "otherwise"), "a", ["        otherwise: a   # the rest"]),
        (("nodes", "b", "keys"), {"1": "a", "2": "c", "3": "b"}, ['"3": b}']),
        (("start",), "b", ["start: 'b'"]),
        (("flow",), "even", ["flow: even      # the name"]),
    ],
)
def test_only_that_part_is_written_anew(path: Any, value: Any, expected: list[str]) -> None:
    after = put(ODD, path, value)
    plus = [line for line in changed(ODD, after) if line.startswith("+")]
    assert len(plus) == 1
    for part in expected:
        assert part.replace("flow: even", "even") in plus[0]


def test_a_new_field_stands_where_people_write_it() -> None:
    order = ("kind", "prompts", "keys", "labels", "otherwise")
    after = put(ODD, ("nodes", "b", "labels"), {"1": "订单"}, order)
    assert changed(ODD, after) == ["+        labels:", '+          "1": 订单']
    assert put(after, ("nodes", "b", "labels"), None) == ODD


def test_a_list_on_lines_keeps_its_comments() -> None:
    after = put(ODD, ("nodes", "b", "prompts"), ["one", "two", "three"])
    assert changed(ODD, after) == ["+        - three"]
    shorter = put(after, ("nodes", "b", "prompts"), ["one"])
    assert data(shorter)["nodes"]["b"]["prompts"] == ["one"]


def test_a_node_comes_goes_and_takes_its_comment_with_it() -> None:
    more = put(SERVICE, ("nodes", "more"), {"kind": "play", "prompts": ["closed"], "next": "menu"})
    assert changed(SERVICE, more) == [
        "+  more:",
        "+    kind: play",
        "+    prompts: [closed]",
        "+    next: menu",
    ]
    assert drop_node(more, "more") == SERVICE
    assert "# above a" not in drop(ODD, ("nodes", "a"))
    assert "second: line" not in drop(ODD, ("nodes", "c"))
    assert drop(ODD, ("nodes", "c")).endswith("    # behind everything\n")


def test_a_name_is_followed_everywhere() -> None:
    after = rename_node(SERVICE, "menu", "main", KINDS)
    assert changed(SERVICE, after) == [
        "-    open: menu",
        "+    open: main",
        "-  menu:",
        "+  main:",
    ]
    first = rename_node(SERVICE, "welcome", "hello", KINDS)
    assert data(first)["start"] == "hello"
    assert check("plain", first, Known()) == []
    assert rename_node(after, "main", "menu", KINDS) == SERVICE


def test_a_prompt_of_the_same_name_is_left_alone() -> None:
    after = rename_node(SERVICE, "closed", "shut", KINDS)
    assert data(after)["nodes"]["shut"]["prompts"] == ["closed"]


def test_windows_lines_and_a_missing_last_newline_stay() -> None:
    text = SERVICE.replace("\n", "\r\n").removesuffix("\r\n")
    after = put(text, ("nodes", "goodbye", "outcome"), "closed")
    assert after == text + "\r\n    outcome: closed"
    assert put(text, ("nodes", "menu", "tries"), 2).count("\r\n") == text.count("\r\n")


@pytest.mark.parametrize("text", ["", "a: [", "- a\n- b\n", "just words\n", "\ufeff# nothing\n"])
def test_what_has_no_place_is_refused(text: str) -> None:
    with pytest.raises(Refused):
        put(text, ("nodes", "a", "next"), "b")
    with pytest.raises(Refused):
        rename(text, ("nodes", "a"), "b")


@settings(max_examples=40, deadline=None)
@given(values)
def test_whatever_is_written_is_read_the_same(value: Any) -> None:
    for path in (("nodes", "b", "otherwise"), ("nodes", "a", "next"), ("nodes", "c", "note")):
        after = put(ODD, path, value)
        where = data(after)
        for key in path:
            where = where.get(key) if isinstance(where, dict) else where
        empty = value in ([], "", "~", "null")
        assert where == (None if empty and not isinstance(value, list) else said(value)) or empty


@settings(max_examples=20, deadline=None)
@given(st.sampled_from(["person", "order_advice", "survey"]), st.data())
def test_an_edit_touches_its_own_node_only(flow: str, draw: st.DataObject) -> None:
    text = TEXTS[flow]
    boxes = [box for box in picture(text, KINDS).boxes if box.fields]
    box = draw.draw(st.sampled_from(boxes))
    field = draw.draw(st.sampled_from(sorted(box.fields)))
    new = draw.draw(words.filter(lambda word: word.strip() not in ("", "~", "null")))
    value = [new] if isinstance(box.fields[field], list) else new
    if isinstance(box.fields[field], dict):
        value = {"1": new}
    after = put(text, ("nodes", box.name, field), value)
    mine = text.splitlines()[box.line - 1 :]
    later = [other.line for other in picture(text, KINDS).boxes if other.line > box.line]
    end = (min(later) if later else len(text.splitlines()) + 1) - box.line
    lines = text.splitlines()
    assert after.splitlines()[: box.line - 1] == lines[: box.line - 1]
    rest = mine[end:]
    assert not rest or after.splitlines()[-len(rest) :] == rest
    assert data(after)["nodes"][box.name][field] == value
    back = put(after, ("nodes", box.name, field), box.fields[field])
    assert data(back) == data(text)


@settings(max_examples=20, deadline=None)
@given(st.sampled_from(["person", "order_advice", "survey"]), st.data())
def test_an_edit_taken_back_gives_the_same_bytes(flow: str, draw: st.DataObject) -> None:
    text = TEXTS[flow]
    names = [box.name for box in picture(text, KINDS).boxes]
    name = draw.draw(st.sampled_from(names))
    free = st.from_regex(r"[a-z][a-z0-9_]{0,8}x", fullmatch=True)
    new = draw.draw(free.filter(lambda word: word not in names and word not in text))
    assert rename_node(rename_node(text, name, new, KINDS), new, name, KINDS) == text
    added = put(text, ("nodes", new), {"kind": "play", "prompts": [new], "next": name})
    assert drop_node(added, new) == text
