"""The dialplan's notes: read as they were meant, and nothing else, whatever stands in them."""

from hypothesis import given, strategies as st

from pbx.absent import FAMILY, absences

KEY = "node1-t0ken-1700000000.4"
WHOLE = {
    "fell": "1000:2000::fb-refund:4008000001:trunk-demo",
    "heard": "&pai=x&from=x%22%E6%9D%8E%22%20%3Csip%3A138%40h%3E&id=xa%26b%3Dc&odd=x1&privacy=xid",
    "took": "3000:PJSIP/a8001-0000002a",
    "over": "9000",
    "left": "9500:01CALL",
}


def rows(notes: dict[str, str], key: str = KEY) -> list[tuple[str, str]]:
    return [(f"/{FAMILY}/{key}/{name}", value) for name, value in notes.items()]


def test_a_whole_note_is_read() -> None:
    (one,) = absences(rows(WHOLE))
    assert (one.key, one.call, one.group, one.phone) == (KEY, "01CALL", "refund", "a8001")
    assert (one.came_ms, one.fell_ms, one.took_ms) == (1000, 2000, 3000)
    assert (one.over_ms, one.left_ms) == (9000, 9500)
    assert one.seen == {
        "PJSIP_HEADER(read,From,1)": '"李" <sip:138@h>',
        "PJSIP_HEADER(read,Privacy,1)": "id",
        "CHANNEL(pjsip,call-id)": "a&b=c",
        "CC_CALLED": "4008000001",
        "CHANNEL(endpoint)": "trunk-demo",
    }


def test_who_still_waits_has_no_end_and_no_group() -> None:
    (one,) = absences(rows({"fell": "1000:2000:01CALL:fb-any:4008000001:trunk-demo"}))
    assert (one.call, one.group, one.phone, one.took_ms, one.left_ms) == ("01CALL", "", "", 0, 0)


def test_who_fell_back_once_more_talks_no_longer_with_whom_the_first_time_found() -> None:
    again = WHOLE | {"fell": "1000:9200:01CALL:fb-refund:4008000001:trunk-demo"}
    (one,) = absences(rows(again))
    assert (one.fell_ms, one.took_ms, one.over_ms, one.leg, one.left_ms) == (9200, 0, 0, "", 9500)


def test_other_peoples_keys_are_passed_over() -> None:
    others = [("/registrar/contact/x", "1"), ("/yd-absent", "1"), ("", ""), ("/a", "")]
    assert absences(others) == []


NAMES = st.sampled_from([*WHOLE, "other", ""])


@given(st.lists(st.tuples(NAMES, st.text(max_size=80))), st.text(max_size=20))
def test_whatever_stands_there_is_read_without_a_fault(
    notes: list[tuple[str, str]], key: str
) -> None:
    for one in absences(rows(dict(notes), key)):
        assert one.fell_ms >= one.came_ms >= 0
