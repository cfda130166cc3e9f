"""The ladder of a call: legs, directions, causes, masked numbers; the buffer that keeps it."""

from datetime import UTC
from pathlib import Path

import pytest

from domain.errors import NotFound
from tests.unit.tracing.messages import answer, heard, request, sdp
from tracing.buffer import SLICE, Buffer, Captured
from tracing.ladder import LegOf, Measured, as_text, label, ladder
from tracing.sip import parse

CALL = "01CALL"
MESSAGES = [
    heard(request("INVITE", body=sdp()), inward=True)[0],
    heard(answer(100, "INVITE"), inward=False)[0],
    heard(request("INVITE", "X-Call-Id: 01CALL", call_id="a1"), inward=False, call=CALL)[0],
    heard(answer(486, "INVITE", call_id="a1"), inward=True)[0],
    heard(request("BYE", "Reason: Q.850;cause=20"), inward=False)[0],
]


def words(cause: int, sip: int) -> tuple[str, str]:
    return f"因{cause}/{sip}", f"because {cause}/{sip}"


def test_a_ladder_names_legs_directions_and_causes() -> None:
    rungs = ladder(MESSAGES, {"c1": LegOf("caller", "trunk-x")}, words)
    shown = [(rung.side, rung.inward, rung.label.split(" [")[0], rung.en) for rung in rungs]
    assert shown == [
        ("caller", True, "INVITE 4001000001", ""),
        ("caller", False, "100 Said (INVITE)", ""),
        ("agent", False, "INVITE 4001000001", ""),
        ("agent", True, "486 Said (INVITE)", "because 0/486"),
        ("caller", False, "BYE Q.850 20", "because 20/0"),
    ]
    assert rungs[0].far == "trunk-x 198.51.100.1:5060"


def test_the_drawing_masks_numbers_unless_wanted() -> None:
    rungs = ladder(MESSAGES, {}, words)
    media = [Measured("caller", 0, 120, 0, 0.0), Measured("agent", 118, 120, 2, 1.25)]
    text = "\n".join(as_text(rungs, media, UTC))
    assert "4001000001" not in text and "400****0001" in text
    assert "received 0, 发 sent 120" in text and "no audio came" in text
    assert "4001000001" in "\n".join(as_text(rungs, media, UTC, numbers=True))
    assert as_text([], [], UTC) == []


def test_a_label_says_codecs_and_address() -> None:
    message = parse(request("INVITE", body=sdp()))
    assert message is not None
    assert label(message) == "INVITE 4001000001 [PCMA, PCMU 198.51.100.1:4000]"


@pytest.mark.parametrize("text", ["", "HELLO", "SIP/2.0 abc", "GET / HTTP/1.1\n\n", "\r\n\r\n"])
def test_what_is_no_sip_is_nothing(text: str) -> None:
    assert parse(text) is None


def test_folded_and_compact_headers_are_read() -> None:
    message = parse("BYE sip:a@b SIP/2.0\ni: x1\nf: <sip:1@2>\n ;tag=3\nCSeq: 7 BYE\n\n")
    assert message is not None
    assert (message.call_id, message.cseq, message.get("from")) == ("x1", 7, "<sip:1@2> ;tag=3")


def test_the_buffer_gives_both_legs_in_the_order_of_capture(tmp_path: Path) -> None:
    buffer = Buffer.open(tmp_path / "trace.db")
    other = heard(request("INVITE", call_id="other"), inward=True)[0]
    buffer.add([*MESSAGES, other])
    assert buffer.of_call(CALL, ["c1"]) == MESSAGES
    reading = Buffer.read(tmp_path / "trace.db")
    assert len(reading.since(0)) == 6
    assert reading.of_call("nobody's", []) == []
    reading.close()
    buffer.close()
    with pytest.raises(NotFound):
        Buffer.read(tmp_path / "no.db")


def test_the_buffer_cuts_what_is_old_and_what_is_too_much(tmp_path: Path) -> None:
    buffer = Buffer.open(tmp_path / "trace.db")
    old = [Captured(n, f"o{n}", "", "a:1", "b:2", 17, True, "x") for n in range(SLICE + 1)]
    buffer.add([*old, Captured(10**9, "new", "", "a:1", "b:2", 17, True, "x")])
    assert (buffer.cut(10**8), buffer.cut(10**8), buffer.cut(10**8)) == (SLICE, 1, 0)
    assert [message.call_id for message in buffer.since(0)] == ["new"]
    assert buffer.cut(0, max_bytes=1) == 1
    buffer.close()
