"""The text of AGI: answers as Asterisk writes them, environments of anybody."""

import pytest
from hypothesis import given, strategies as st

from domain.errors import BadAction
from pbx.agi import quote
from pbx.agi_text import AgiResult, env_value, is_whole, parse_env, parse_result, plain_result


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("200 result=0", AgiResult(200, "0")),
        ("200 result= (timeout)", AgiResult(200, "", "timeout")),
        ("200 result=12 (timeout)", AgiResult(200, "12", "timeout")),
        ("200 result=*9#", AgiResult(200, "*9#")),
        ("200 result=49 endpos=12345", AgiResult(200, "49", "", 12345)),
        ("200 result=35 (dtmf) endpos=16000", AgiResult(200, "35", "dtmf", 16000)),
        ("200 result=1 ()", AgiResult(200, "1", "")),
        ("200 result=1 (a (b) c)", AgiResult(200, "1", "a (b) c")),
        ("200 result=1", AgiResult(200, "1")),
        ("510 Invalid or unknown command", AgiResult(510, data="Invalid or unknown command")),
    ],
)
def test_answers_as_asterisk_writes_them(text: str, result: AgiResult) -> None:
    assert is_whole(text) and parse_result(text) == result


def test_the_end_of_time_is_kept() -> None:
    assert parse_result("200 result= (timeout)").timed_out
    assert not parse_result("200 result=").timed_out


LINES = st.tuples(
    st.sampled_from(["agi_a", "agi_b", "agi_ab", "other"]), st.text("xy: ", max_size=4)
)


@given(st.binary(max_size=400))
def test_any_environment_is_read_without_an_error(data: bytes) -> None:
    assert all(name.startswith("agi_") for name in parse_env(data))
    assert env_value(data, "request") == parse_env(data).get("agi_request", "")


@given(st.lists(LINES))
def test_later_lines_never_change_earlier_ones(pairs: list[tuple[str, str]]) -> None:
    block = "".join(f"{name}: {value}\n" for name, value in pairs).encode()
    found = parse_env(block)
    for name, value in reversed(pairs):
        first = next(v for n, v in pairs if n == name)
        assert name == "other" or found[name] == first or value == ""
    for short in ("a", "b", "ab"):
        assert env_value(block, short) == found.get(f"agi_{short}", "")


@given(st.integers(-1, 200), st.integers(0, 10**9))
def test_the_usual_answer_is_read_as_any_other(result: int, endpos: int) -> None:
    for text in (f"200 result={result}", f"200 result={result} endpos={endpos}", "200 result="):
        assert plain_result(text.encode() + b"\n") == parse_result(text)
        assert plain_result(text.encode()) is None  # not whole yet
    for other in (b"200 result=1 (x)\n", b"511 dead\n", b"HANGUP\n200 result=1\n"):
        assert plain_result(other) is None


@given(st.text(max_size=40))
def test_a_quoted_value_is_one_argument_of_one_line(value: str) -> None:
    try:
        quoted = quote(value)
    except BadAction:
        assert set(value) & set("\r\n\0")
        return
    assert "\n" not in quoted and quoted[0] == quoted[-1] == '"'
    read, index = "", 1
    while index < len(quoted) - 1:
        assert quoted[index] != '"', "the argument ended early"
        index += quoted[index] == "\\"
        read += quoted[index]
        index += 1
    assert (read, index) == (value, len(quoted) - 1)
