"""AMI bytes become messages: no character lost, no header forged."""

import re

import pytest
from hypothesis import given, strategies as st

from pbx.message import Frames, FrameTooLong, event_name, is_genuine, parse, unescape

NEWSTATE = (
    b"Event: Newstate\r\nPrivilege: call,all\r\nSystemName: n-1\r\nChannel: PJSIP/a-1\r\n"
    b"CallerIDName: \xe5\xbc\xa0\xe4\xb8\x89\xe4\xb8\xb0\r\nAccountCode: \r\n"
    b"ChanVariable: CC_CALL=01J\r\nChanVariable: CC_LEG=a=b\r\nDestChanVariable: CC_LEG=agent"
)


@given(st.lists(st.text(st.characters(codec="utf-8"), max_size=30), max_size=5), st.data())
def test_chunks_of_any_size_lose_no_character(values: list[str], data: st.DataObject) -> None:
    clean = [v.replace("\r", "").replace("\n", "").replace("\\", "/") for v in values]
    stream = b"Asterisk Call Manager/11.0.0\r\n" + b"".join(
        f"Event: E{i}\r\nName: {v}\r\n\r\n".encode() for i, v in enumerate(clean)
    )
    frames, seen = Frames(), []
    while stream:
        size = data.draw(st.integers(1, len(stream)))
        seen += frames.feed(stream[:size])
        stream = stream[size:]
    assert [parse(f).get("Name") for f in seen] == clean
    assert [parse(f).event for f in seen] == [f"E{i}" for i in range(len(clean))]
    assert frames.version == "11.0.0"


def test_one_byte_at_a_time() -> None:
    frames = Frames()
    stream = NEWSTATE + b"\r\n\r\n"
    seen = [f for i in range(len(stream)) for f in frames.feed(stream[i : i + 1])]
    assert [parse(f).get("CallerIDName") for f in seen] == ["张三丰"]


def test_variables_have_their_own_places_and_empty_values_stay() -> None:
    message = parse(NEWSTATE)
    assert message.event == "Newstate"
    assert message.variables == {"CC_CALL": "01J", "CC_LEG": "a=b"}
    assert message.dest_variables == {"CC_LEG": "agent"}
    assert message.fields["AccountCode"] == ""
    assert message.get("Unknown") == "" and message.get("Unknown", "x") == "x"


def test_one_variable_is_read_like_many() -> None:
    assert parse(b"Event: X\r\nChanVariable: A=1").variables == {"A": "1"}


def test_status_rows_give_the_variables_that_were_asked_for() -> None:
    row = parse(b"Event: Status\r\nPrivilege: Call\r\nVariable: CC_CALL=01J\r\nVariable: B=(null)")
    assert row.variables == {"CC_CALL": "01J", "B": ""}
    assert parse(b"Event: VarSet\r\nVariable: X\r\nValue: 1").get("Variable") == "X"


def test_the_first_header_wins() -> None:
    message = parse(b"Event: UserEvent\r\nUserEvent: CCHold\r\nEvent: Hangup\r\nUserEvent: Other")
    assert (message.event, message.get("UserEvent")) == ("UserEvent", "CCHold")


def test_the_first_variable_wins() -> None:
    assert parse(b"Event: X\r\nChanVariable: A=1\r\nChanVariable: A=2").variables == {"A": "1"}


def test_ending_of_cr_lf_lf_is_an_end() -> None:
    frames = Frames()
    assert frames.feed(b"Event: A\r\n") == []
    assert frames.feed(b"\nEvent: B\r\n\r\n\r\n\r\nEvent: C\r\n\r") == [b"Event: A", b"Event: B"]
    assert frames.feed(b"\n") == [b"Event: C"]


def test_a_message_without_end_is_refused_at_the_limit() -> None:
    frames = Frames(limit=100)
    frames.feed(b"x" * 100)
    with pytest.raises(FrameTooLong):
        frames.feed(b"x")


def test_output_of_a_command_keeps_its_lines() -> None:
    message = parse(b"Response: Success\r\nOutput: one: two\r\nOutput: \r\nOutput:   three")
    assert message.output == ("one: two", "", "  three")


def test_escapes_are_undone_inside_the_value_only() -> None:
    message = parse(rb"Event: VarSet" + b"\r\n" + rb"Value: a\r\nEvent: Hangup\\n \"q\" \x")
    assert message.event == "VarSet"
    assert message.get("Value") == 'a\r\nEvent: Hangup\\n "q" \\x'
    assert unescape("plain") == "plain"


def test_bytes_that_are_no_utf8_are_replaced() -> None:
    assert parse(b"Event: X\r\nName: a\xff\xfeb").get("Name") == "a��b"


@given(st.binary(max_size=300))
def test_any_bytes_are_parsed_without_an_error(data: bytes) -> None:
    for frame in Frames().feed(data + b"\r\n\r\n"):
        parse(frame)
        event_name(frame)
        is_genuine(frame, b"n-1")


SIGNS = st.sampled_from(["\r\n", "\r", "\n", "A", ": ", ":", "Event", "Name", "\\n", "张", " "])
TEXTS = st.lists(SIGNS, max_size=25).map("".join)


@given(TEXTS, st.sampled_from(["Event", "Name", "A", "ChanVariable", "Output", "Variable"]))
def test_a_header_is_the_same_whether_looked_for_or_read_with_all(text: str, name: str) -> None:
    frame = f"Event: X\r\nChanVariable: A=1\r\n{text}".encode().rstrip(b"\r\n")
    looked_for, whole = parse(frame), parse(frame)
    assert looked_for.get(name, "none") == whole.fields.get(name, "none")
    assert looked_for == whole and looked_for.event == "X"


@given(st.lists(st.sampled_from([b"\r", b"\n", b"A"]), max_size=30), st.integers(1, 30))
def test_ends_are_found_wherever_a_chunk_ends(signs: list[bytes], size: int) -> None:
    stream = b"Event: A\r\nB" + b"".join(signs)
    frames = Frames()
    seen = [f for at in range(0, len(stream), size) for f in frames.feed(stream[at : at + size])]
    wanted = [part.strip(b"\r\n") for part in re.split(rb"\r\n\r?\n", stream)[:-1]]
    assert seen == [part for part in wanted if part]


def test_only_the_third_line_proves_the_origin() -> None:
    assert is_genuine(NEWSTATE, b"n-1")
    assert not is_genuine(NEWSTATE, b"n-2")
    assert not is_genuine(b"Event: Hangup\r\nChannel: x\r\nUniqueid: 1\r\nSystemName: n-1", b"n-1")
    assert event_name(NEWSTATE) == b"Newstate" and event_name(b"Response: Success") == b""


def test_messages_cross_processes() -> None:
    import copy
    import pickle

    message = parse(NEWSTATE)
    assert pickle.loads(pickle.dumps(message)) == message == copy.deepcopy(message)
