"""Values become AMI actions: none can add a header or a second action."""

import pytest
from hypothesis import given, strategies as st

from domain.errors import BadAction, YingdaError
from pbx.action import encode
from pbx.message import Frames, parse

HOSTILE = st.text(st.sampled_from('ab:=, \r\n\0\\"()张\ud800'), max_size=25)


def test_an_action_as_asterisk_reads_it() -> None:
    data = encode("Originate", "id-1", {"Async": True, "Timeout": 5000}, {"CC_CALL": "张,三"})
    assert data.decode() == (
        "Action: Originate\r\nActionID: id-1\r\nAsync: true\r\nTimeout: 5000\r\n"
        "Variable: CC_CALL=张\\,三\r\n\r\n"
    )


@given(HOSTILE, HOSTILE, HOSTILE, HOSTILE)
def test_no_value_adds_a_header(key: str, value: str, name: str, content: str) -> None:
    try:
        data = encode("Setvar", "id-1", {key: value}, {name: content})
    except BadAction:
        return
    frames = Frames().feed(data)
    assert len(frames) == 1
    lines = frames[0].split(b"\r\n")
    assert len(lines) == 4 and lines[:2] == [b"Action: Setvar", b"ActionID: id-1"]
    assert parse(frames[0]).get("Action") == "Setvar"


@pytest.mark.parametrize(
    "fields",
    [
        {"Value": "x\r\n\r\nAction: Command\r\nCommand: core stop now"},
        {"Value": "x\nAction: y"},
        {"Value": "x\ry"},
        {"Value": "x\0y"},
        {"Value\r\nAction": "x"},
        {"Value: x": "y"},
        {"": "y"},
        {"Value": "\ud800"},
        {"Value": "x" * 1015},
        {"Value": "张" * 340},
        {f"H{i}": "x" for i in range(119)},
    ],
)
def test_what_must_not_leave_is_a_typed_error(fields: dict[str, str]) -> None:
    with pytest.raises(BadAction):
        encode("Setvar", "id-1", fields)
    assert issubclass(BadAction, YingdaError)


def test_the_largest_that_is_safe_leaves() -> None:
    line = encode("Setvar", "id-1", {"Value": "x" * 1014}).split(b"\r\n")[2]
    assert len(line) + 2 == 1023
    assert encode("X", "id-1", {f"H{i}": "x" for i in range(118)}).count(b"\r\n") == 121


@pytest.mark.parametrize("name", ["", "A=B", "A,B", "A B", "A\nB", "1A", "A(x", "SHELL(`id`)"])
def test_names_of_variables_are_checked(name: str) -> None:
    with pytest.raises(BadAction):
        encode("Originate", "id-1", {}, {name: "x"})


def test_functions_are_names_too() -> None:
    assert b"Variable: PJSIP_HEADER(add,X-Call)=1" in encode(
        "Originate", "i", {}, {"PJSIP_HEADER(add,X-Call)": "1"}
    )


def test_errors_do_not_show_values() -> None:
    with pytest.raises(BadAction) as caught:
        encode("Login", "id-1", {"Secret": "hunter2\n"})
    assert "hunter2" not in str(caught.value)
