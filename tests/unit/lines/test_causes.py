"""Causes in words: what carriers say, and when another trunk may do better."""

import pytest

from lines.causes import WORDS, fails_over, word_of


@pytest.mark.parametrize(
    ("cause", "sip", "reason", "word"),
    [
        (1, 404, "", "empty_number"),
        (22, 410, "", "number_changed"),
        (17, 486, "", "busy"),
        (17, 600, "", "busy"),
        (21, 603, "", "rejected"),
        (21, 403, "", "caller_id_refused"),
        (19, 480, "", "unavailable"),
        (20, 480, "", "powered_off"),
        (20, 480, "Q.850;cause=20", "powered_off"),
        (19, 480, 'Q.850 ;cause=18;text="no user responding"', "unavailable"),
        (19, 480, "Q.850;cause=19", "no_answer"),
        (19, 480, 'SIP;cause=480;text="用户关机"', "powered_off"),
        (31, 480, 'Q.850;cause=31;text="号码已停机"', "suspended"),
        (27, 502, "", "trunk_failed"),
        (27, 480, "", "out_of_order"),
        (28, 484, "", "incomplete"),
        (34, 503, "", "trunk_failed"),
        (17, 503, "Q.850;cause=17", "busy"),
        (1, 500, "", "empty_number"),
        (18, 408, "", "trunk_failed"),
        (18, 0, "", "trunk_failed"),
        (3, 0, "", "trunk_failed"),
        (21, 401, "", "trunk_failed"),
        (58, 488, "", "codec_refused"),
        (127, 487, "", "cancelled"),
        (127, 418, "", "not_reached"),
        (0, 0, "", "not_reached"),
    ],
)
def test_a_cause_in_a_word(cause: int, sip: int, reason: str, word: str) -> None:
    assert word_of(cause, sip, reason) == word


def test_after_ringing_a_time_out_means_that_nobody_answered() -> None:
    assert [word_of(*pair, rang=True) for pair in ((19, 480), (18, 408), (18, 0))] == [
        "no_answer"
    ] * 3
    assert word_of(21, 603, rang=True) == "rejected"
    assert word_of(34, 503, rang=True) == "trunk_failed"


@pytest.mark.parametrize("sip", [500, 502, 503, 504, 599, 408, 401, 407])
def test_a_broken_trunk_hands_over(sip: int) -> None:
    assert fails_over(0, sip) and not fails_over(0, sip, rang=True)


@pytest.mark.parametrize("sip", [403, 404, 410, 480, 484, 486, 487, 488, 600, 603, 604, 607])
def test_the_far_sides_answer_is_final(sip: int) -> None:
    assert not fails_over(0, sip)


def test_congestion_hands_over_and_the_far_sides_cause_never() -> None:
    assert all(fails_over(cause) for cause in (2, 3, 34, 38, 41, 42, 44, 47, 102))
    assert not any(fails_over(cause, 503, f"Q.850;cause={cause}") for cause in (1, 17, 19, 20, 21))


def test_any_pair_has_a_word_and_every_word_both_languages() -> None:
    for cause in range(-1, 200):
        for sip in (0, *range(300, 700, 7)):
            assert word_of(cause, sip) in WORDS
    assert all(said.zh and said.en and said.zh != said.en for said in WORDS.values())
