"""Who may be called: each rule alone, caps to the very call, hours over midnight, hostile input."""

import re
from dataclasses import replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, strategies as st

from domain import events as ev
from domain.ids import AgentId, CallId, GroupId, OfferId
from lines import Allowed, Ask, DialCounts, may_ring_seat
from lines.permission import _RULES
from lines.refusals import REFUSALS
from tests.unit.lines.hostile import HOSTILE
from tests.unit.lines.trunks import HOTLINE, NOON, RULES, SHOWN, Wire, ask_for, why

MOBILE = "13800138000"
SHANGHAI = ZoneInfo("Asia/Shanghai")


def asked(to: str, at: int = NOON, agent: str = "8001") -> ev.Record:
    """Put a call out into the journal."""
    event = ev.DialAsked(CallId("01"), AgentId(agent), HOTLINE, to, SHOWN, (f"a:{to}",))
    return ev.Record(1, 0.0, at, event)


def clock(text: str) -> int:
    """Give the UTC ms of a time in China on 2 January 2026."""
    return (
        int(datetime.fromisoformat(f"2026-01-02T{text}").replace(tzinfo=SHANGHAI).timestamp())
        * 1000
    )


def test_an_allowed_call_knows_its_way_and_its_number() -> None:
    answer = ask_for("+86 138-0013-8000")
    assert isinstance(answer, Allowed)
    assert (answer.key, answer.routes, answer.caller_id) == (MOBILE, (f"a:{MOBILE}",), SHOWN)
    assert answer.shown == (SHOWN,)
    assert why(ask_for("6765-4321")) == "" and why(ask_for("０２８６７６５４３２１")) == ""


@pytest.mark.parametrize(
    ("to", "change", "word"),
    [
        (MOBILE, {"enabled": False}, "switched_off"),
        ("110", {"allow": ("service", "1", "0")}, "emergency"),
        ("028120", {}, "emergency"),
        ("8001", {}, "not_a_number"),
        ("1380013800", {}, "not_a_number"),
        ("400 800 0001", {"allow": ("service",)}, "own_number"),
        ("0014155550100", {}, "class_off"),
        ("+85221234567", {"allow": ("mobile", "+853")}, "class_off"),
        ("95588", {}, "not_allowed"),
        (MOBILE, {"allow": ("landline", "139")}, "not_allowed"),
        (MOBILE, {"do_not_call": frozenset({MOBILE})}, "do_not_call"),
        (MOBILE, {"needs_consent": True}, "no_consent"),
        (MOBILE, {"quiet": (("12:00", "12:01"),)}, "quiet_hours"),
        (MOBILE, {"agent_daily": 0}, "agent_cap"),
        (MOBILE, {"daily": 0}, "total_cap"),
        (MOBILE, {"caller_ids": {}}, "no_caller_id"),
        (MOBILE, {"lines": (Wire(numbers=("02100000000",)),)}, "caller_id_not_registered"),
        (MOBILE, {"lines": ()}, "no_route"),
        (MOBILE, {"lines": (Wire(dial_mobile=""),)}, "no_route"),
        ("+85221234567", {"allow": ("abroad",)}, "no_route"),
        (MOBILE, {"allow": ("138",)}, ""),
        ("95588", {"allow": ("95588",)}, ""),
        ("+85221234567", {"allow": ("+852",), "lines": (Wire(dial_abroad="{n}"),)}, ""),
    ],
)
def test_each_rule_has_its_word(to: str, change: dict[str, Any], word: str) -> None:
    assert why(ask_for(to, **change)) == word


def test_consent_is_more_than_blanks() -> None:
    for text, word in (("", "no_consent"), ("  ", "no_consent"), ("来电 01J", "")):
        assert why(ask_for(MOBILE, asked=("8001", HOTLINE, text), needs_consent=True)) == word


def test_the_words_have_sentences_in_the_same_order() -> None:
    assert [word for word, _ in _RULES if word in REFUSALS] == [word for word, _ in _RULES]
    assert {word for word, _ in _RULES} == set(REFUSALS)
    assert all(said.zh and said.en for said in REFUSALS.values())


@pytest.mark.parametrize(
    ("at", "quiet"),
    [
        ("20:59:59", False),
        ("21:00:00", True),
        ("23:59:59", True),
        ("00:00:00", True),
        ("07:59:59", True),
        ("08:00:00", False),
    ],
)
def test_quiet_hours_cross_midnight(at: str, quiet: bool) -> None:
    answer = ask_for(MOBILE, at=clock(at), quiet=(("21:00", "08:00"), ("12:00", "14:00")))
    assert (why(answer) == "quiet_hours") is quiet


def test_quiet_hours_follow_the_firms_zone() -> None:
    span = (("12:00", "12:30"),)
    assert why(ask_for(MOBILE, quiet=span)) == "quiet_hours"
    assert why(ask_for(MOBILE, quiet=span, zone="Asia/Urumqi")) == ""


@pytest.mark.parametrize(
    ("cap", "word"),
    [("per_number_daily", "too_often"), ("agent_daily", "agent_cap"), ("daily", "total_cap")],
)
def test_a_cap_trips_exactly_at_its_limit(cap: str, word: str) -> None:
    counts, rules = DialCounts(), {"per_number_daily": 99, "gap_min": 0, cap: 3}
    for n in range(3):
        assert why(ask_for(MOBILE, counts, NOON + n, **rules)) == "", n
        counts.note(asked(MOBILE, NOON + n))
    assert why(ask_for(MOBILE, counts, NOON + 9, **rules)) == word


def test_two_at_once_do_not_share_the_last_call() -> None:
    counts = DialCounts()
    counts.promise("8001", MOBILE, NOON)
    assert why(ask_for("13900139000", counts, NOON, daily=1)) == "total_cap"
    counts.note(asked(MOBILE, NOON + 5))
    assert (counts.total(NOON + 5), counts.to_number(MOBILE, NOON + 5)) == (1, 1)
    counts.promise("8002", "13900139000", NOON + 10)  # the floor said no
    assert counts.total(NOON + 10) == 2 and counts.total(NOON + 2010) == 1


def test_a_gap_between_calls_and_a_new_day() -> None:
    counts = DialCounts()
    late = clock("23:58:00")
    counts.note(asked(MOBILE, late))
    minute = 60_000
    assert counts.to_number(MOBILE, late + minute) == 1
    assert counts.to_number(MOBILE, late + 2 * minute) == 0
    assert why(ask_for(MOBILE, counts, late + 5 * minute - 1)) == "too_often"
    assert why(ask_for(MOBILE, counts, late + 5 * minute)) == ""
    counts.note(asked(MOBILE, late + 48 * 60 * minute))
    assert counts.last_to(MOBILE) == late + 48 * 60 * minute


def test_a_clock_that_is_set_back_brings_no_day_again() -> None:
    counts = DialCounts()
    counts.note(asked(MOBILE, clock("00:01:00")))
    assert counts.total(clock("00:01:00") - 3_600_000) == 1
    assert why(ask_for(MOBILE, counts, clock("00:01:00") - 3_600_000, quiet=())) == ""


def test_a_mobile_seat_is_rung_at_night_but_costs() -> None:
    counts, mobile = DialCounts(), AgentId("8006")
    sign_in = ev.AgentSignedIn(mobile, "mobile", "m8006")
    offer = ev.OfferMade(CallId("01"), mobile, OfferId(1), GroupId("vip"), 20.0, "", "")
    for event in (sign_in, offer):
        counts.note(ev.Record(1, 0.0, NOON, event))
    assert counts.total(NOON) == 1 and counts.by_agent("8006", NOON) == 0
    ask = Ask("8006", MOBILE, HOTLINE)
    assert why(may_ring_seat(ask, replace(RULES, daily=1), counts, NOON)) == "total_cap"
    strict = replace(RULES, needs_consent=True, quiet=(("21:00", "08:00"),))
    assert isinstance(may_ring_seat(ask, strict, counts, clock("03:00:00")), Allowed)
    assert why(may_ring_seat(Ask("8006", "", HOTLINE), RULES, counts, NOON)) == "not_a_number"


@pytest.mark.parametrize("to", HOSTILE)
def test_hostile_numbers_are_refused(to: str) -> None:
    assert why(ask_for(to, lines=(Wire(dial_abroad="{n}"),)))


def test_there_are_enough_of_them() -> None:
    assert len(set(HOSTILE)) >= 200


@given(st.text(max_size=40) | st.from_regex(r"[0-9+*#&@;,. ()-]{1,30}", fullmatch=True))
def test_whatever_is_typed_only_a_dialable_number_leaves(to: str) -> None:
    answer = ask_for(to, allow=("mobile", "landline", "service", "abroad"))
    if isinstance(answer, Allowed):
        for way in answer.ways:
            assert re.fullmatch(r"\+?[0-9]{3,32}", way.number, re.ASCII)
    else:
        assert answer.zh and answer.en
