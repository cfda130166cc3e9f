"""Each fault of a carrier's line is known by its messages; a good line has none."""

import pytest

from tests.unit.tracing.messages import CARRIER, STRANGER, answer, heard, request, sdp
from tracing.buffer import Captured
from tracing.faults import FAULTS, said
from tracing.judge import RULES, Line, judge, messages_of, strangers
from tracing.sip import Sip

LINE = Line("carrier", frozenset({"198.51.100.1"}))
AUTH = 'Authorization: Digest username="imp", realm="r" ***'
Pair = tuple[Captured, Sip]


def out(text: str) -> Pair:
    return heard(text, inward=False)


def back(text: str) -> Pair:
    return heard(text, inward=True)


GOOD = [
    out(request("REGISTER", call_id="r")),
    back(answer(401, "REGISTER", call_id="r")),
    out(request("REGISTER", AUTH, call_id="r", seq=2)),
    back(answer(200, "REGISTER", call_id="r", seq=2)),
    out(request("OPTIONS", call_id="o")),
    out(request("OPTIONS", call_id="o")),
    out(request("OPTIONS", call_id="o")),
    back(request("INVITE", call_id="i", body=sdp())),
    out(answer(200, "INVITE", call_id="i")),
    out(request("INVITE", call_id="d", body=sdp("198.51.100.77"))),
    back(answer(407, "INVITE", call_id="d")),
    out(request("INVITE", AUTH, call_id="d", seq=2)),
    back(answer(422, "INVITE", "Min-SE: 1800", call_id="d", seq=2)),
    out(request("INVITE", AUTH, call_id="d", seq=3)),
    back(answer(200, "INVITE", call_id="d", seq=3)),
]
BROKEN: dict[str, tuple[str, list[Pair]]] = {
    "no answer to a registration": ("trunk_silent", [out(request("REGISTER"))] * 3),
    "no answer to a call": ("trunk_silent", [out(request("INVITE"))] * 7),
    "a wrong password": (
        "trunk_unregistered",
        [
            out(request("REGISTER")),
            back(answer(401, "REGISTER")),
            out(request("REGISTER", AUTH, seq=2)),
            back(answer(401, "REGISTER", seq=2)),
        ],
    ),
    "a wrong name to authenticate with": (
        "trunk_unregistered",
        [
            out(request("REGISTER")),
            back(answer(401, "REGISTER")),
            out(request("REGISTER", AUTH, seq=2)),
            back(answer(403, "REGISTER", seq=2)),
        ],
    ),
    "wrong credentials of a call": (
        "trunk_unregistered",
        [out(request("INVITE", AUTH, seq=2)), back(answer(407, "INVITE", seq=2))],
    ),
    "an account that is not live": (
        "trunk_rejected",
        [out(request("REGISTER")), back(answer(403, "REGISTER"))],
    ),
    "a caller id that is not ours": (
        "caller_id_refused",
        [out(request("INVITE")), back(answer(403, "INVITE"))],
    ),
    "a number that the carrier wants otherwise": (
        "dialled_unknown",
        [
            pair
            for call in "abc"
            for pair in (
                out(request("INVITE", call_id=call)),
                back(answer(404, "INVITE", call_id=call)),
            )
        ],
    ),
    "the carrier is broken": (
        "trunk_failing",
        [out(request("INVITE")), back(answer(503, "INVITE"))],
    ),
    "G.729 only": (
        "no_common_codec",
        [back(request("INVITE", body=sdp(codecs="18 101"))), out(answer(488, "INVITE"))],
    ),
    "our codecs refused": (
        "no_common_codec",
        [out(request("INVITE", body=sdp("198.51.100.77"))), back(answer(488, "INVITE"))],
    ),
    "a called number in the wrong place": (
        "called_strange",
        [back(request("INVITE", body=sdp())), out(answer(404, "INVITE"))],
    ),
    "a session timer too small": (
        "session_timer",
        [out(request("INVITE")), back(answer(422, "INVITE", "Min-SE: 1800"))],
    ),
    "100rel that is not supported": (
        "prack",
        [out(request("INVITE")), back(answer(420, "INVITE", "Unsupported: 100rel"))],
    ),
    "100rel that is wanted": (
        "prack",
        [out(request("INVITE")), back(answer(421, "INVITE", "Require: 100rel"))],
    ),
    "a private address told outside": (
        "private_address",
        [out(request("INVITE", body=sdp("10.1.2.3"))), back(answer(200, "INVITE"))],
    ),
}


def faults(pairs: list[Pair]) -> set[str]:
    return {finding.kind for finding in judge(list(messages_of(pairs)), LINE)}


def test_a_good_line_has_no_fault() -> None:
    assert faults(GOOD) == set()


@pytest.mark.parametrize("name", BROKEN)
def test_a_fault_has_its_name(name: str) -> None:
    kind, pairs = BROKEN[name]
    assert faults(pairs) == {kind}


def test_a_fault_that_was_mended_is_none() -> None:
    mended = [*BROKEN["a wrong password"][1], out(request("REGISTER", AUTH, seq=3))]
    assert faults([*mended, back(answer(200, "REGISTER", seq=3))]) == set()


def test_the_codecs_are_named() -> None:
    messages = list(messages_of(BROKEN["G.729 only"][1]))
    assert judge(messages, LINE)[0].detail == "G729 → PCMA"


def test_a_stranger_who_was_refused_is_named() -> None:
    pairs = [
        heard(request("INVITE"), inward=True, far=STRANGER),
        heard(answer(401, "INVITE"), inward=False, far=STRANGER),
    ]
    messages = list(messages_of(pairs))
    assert [f.about for f in strangers(messages, [LINE], 10_000_000)] == ["203.0.113.66"]
    assert strangers(messages, [LINE], 1_000_000) == [], "a phone may still send credentials"


def test_a_phone_that_proves_itself_is_no_stranger() -> None:
    pairs = [
        heard(request("INVITE"), inward=True, far=STRANGER),
        heard(answer(401, "INVITE"), inward=False, far=STRANGER),
        heard(request("INVITE", AUTH, seq=2), inward=True, far=STRANGER),
    ]
    assert strangers(list(messages_of(pairs)), [LINE], 10_000_000) == []


def test_a_trunk_is_no_stranger_by_its_network() -> None:
    line = Line("carrier", frozenset(), networks=("198.51.100.0/24",))
    pairs = [back(request("INVITE")), out(answer(401, "INVITE"))]
    assert strangers(list(messages_of(pairs)), [line], 10_000_000) == []
    assert CARRIER.startswith("198.51.100.")


@pytest.mark.parametrize("kind", [*RULES, *FAULTS])
def test_every_fault_has_its_sentences_and_mend(kind: str) -> None:
    words = said(kind, "carrier", "what was seen", "16000-16999")
    for text in (words.zh, words.en, words.mend_zh, words.mend_en):
        assert text
        assert "{" not in text
    assert "carrier" in words.zh
    assert said(kind, "carrier").en.count("(") == said(kind, "carrier").en.count(")")


def test_a_name_is_data_and_no_template() -> None:
    assert said("no_such_kind", "a{0}b", "c").en == "no_such_kind a{0}b c"


def test_two_wrong_numbers_are_no_fault_of_the_line() -> None:
    pairs = BROKEN["a number that the carrier wants otherwise"][1]
    reached = [out(request("INVITE", call_id="d")), back(answer(486, "INVITE", call_id="d"))]
    assert not judge(list(messages_of(pairs[:4])), LINE)
    assert not judge(list(messages_of([*pairs, *reached])), LINE)
