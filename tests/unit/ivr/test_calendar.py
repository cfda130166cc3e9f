"""Opening hours on Chinese days: weekday, holiday, make-up day, single days, midnight."""

from datetime import date, timedelta

import pytest
from hypothesis import given, strategies as st

from ivr.calendar import (
    calendar_from,
    day_plan,
    forced,
    is_open,
    local_ms,
    overridden,
    overridden_years,
    plain_day,
    seen_at,
    year_missing,
)
from ivr.holidays_cn import day_kind_cn, year_known_cn

WORKDAYS = calendar_from(
    {
        "id": "workdays",
        "timezone": "Asia/Shanghai",
        "periods": [{"days": "mon-fri", "from": "09:00", "to": "18:00"}],
        "holidays": "CN",
        "closed": ["2026-12-31"],
        "open": [{"date": "2026-11-28", "from": "10:00", "to": "16:00"}],
    }
)


@pytest.mark.parametrize(
    ("moment", "served"),
    [
        ("2026-11-20T08:59", False),
        ("2026-11-20T09:00", True),
        ("2026-11-20T17:59", True),
        ("2026-11-20T18:00", False),
        ("2026-11-21T10:00", False),  # Saturday
        ("2026-01-04T10:00", True),  # make-up Sunday
        ("2026-02-14T10:00", True),  # make-up Saturday
        ("2026-02-28T10:00", True),
        ("2026-09-20T10:00", True),
        ("2026-02-16T10:00", False),  # New Year's Eve
        ("2026-02-23T10:00", False),
        ("2026-02-24T10:00", True),
        ("2026-10-07T10:00", False),
        ("2026-10-08T10:00", True),
        ("2026-12-31T10:00", False),  # closed by the firm
        ("2026-11-28T09:30", False),  # opened by the firm, its own hours
        ("2026-11-28T10:30", True),
    ],
)
def test_a_workday_calendar_follows_the_published_year(moment: str, served: bool) -> None:
    assert is_open(WORKDAYS, local_ms(WORKDAYS, moment), day_kind_cn) is served


def test_the_weekend_inside_or_beside_a_holiday_belongs_to_it() -> None:
    spring = [date(2026, 2, 15) + timedelta(days=n) for n in range(9)]
    assert [day_kind_cn(day) for day in spring] == [None] * 9
    assert day_kind_cn(date(2026, 1, 3)) is None
    assert day_kind_cn(date(2026, 11, 21)) == 5


def test_a_make_up_day_goes_by_the_weekday_it_stands_in_for() -> None:
    assert day_kind_cn(date(2026, 2, 14)) == date(2026, 2, 20).weekday()
    assert day_kind_cn(date(2026, 10, 10)) == date(2026, 10, 7).weekday()


def test_without_holidays_every_day_counts_as_its_weekday() -> None:
    always = calendar_from(
        {"id": "always", "periods": [{"days": "mon-sun", "from": "00:00", "to": "24:00"}]}
    )
    for moment in ("2026-02-17T00:00", "2026-02-17T23:59", "2026-10-01T12:00"):
        assert is_open(always, local_ms(always, moment), day_kind_cn)


def test_hours_over_midnight_belong_to_the_day_they_start_on() -> None:
    night = calendar_from(
        {"id": "night", "periods": [{"days": "fri", "from": "22:00", "to": "02:00"}]}
    )
    opened = {
        moment: is_open(night, local_ms(night, moment))
        for moment in ("2026-11-20T21:59", "2026-11-20T22:00", "2026-11-21T01:59")
    }
    assert list(opened.values()) == [False, True, True]
    assert not is_open(night, local_ms(night, "2026-11-21T02:00"))
    assert not is_open(night, local_ms(night, "2026-11-20T01:00"))


def test_another_zone_keeps_its_own_clock() -> None:
    berlin = calendar_from(
        {
            "id": "berlin",
            "timezone": "Europe/Berlin",
            "periods": [{"days": "mon-fri", "from": "09:00", "to": "10:00"}],
        }
    )
    assert is_open(berlin, local_ms(WORKDAYS, "2026-07-01T15:30"))
    assert is_open(berlin, local_ms(WORKDAYS, "2026-12-01T16:30"))


@given(st.integers(1_600_000_000_000, 1_900_000_000_000))
def test_every_instant_has_an_answer(utc_ms: int) -> None:
    assert is_open(WORKDAYS, utc_ms, day_kind_cn) in (True, False)
    assert is_open(WORKDAYS, utc_ms, plain_day) in (True, False)


@pytest.mark.parametrize("text", ["25:00", "24:01", "noon"])
def test_an_impossible_time_of_day_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        calendar_from({"id": "x", "periods": [{"days": "mon", "from": "00:00", "to": text}]})


OVERRIDES = {"off": ["2027-02-08"], "work": [{"date": "2027-02-14", "as": "fri"}]}


@pytest.mark.parametrize(
    ("day", "why", "weekday"),
    [
        (date(2026, 11, 28), "open_day", None),
        (date(2026, 12, 31), "closed_day", None),
        (date(2026, 10, 1), "holiday", None),
        (date(2026, 10, 10), "make_up", 2),
        (date(2026, 11, 23), "weekday", 0),
        (date(2027, 2, 8), "holiday", None),
        (date(2027, 2, 14), "make_up", 4),
    ],
)
def test_every_day_says_by_which_rule_it_goes(day: date, why: str, weekday: int | None) -> None:
    plan = day_plan(WORKDAYS, day, overridden(day_kind_cn, OVERRIDES))
    assert (plan.why, plan.weekday) == (why, weekday)


def test_what_the_firm_overrides_goes_before_what_is_published() -> None:
    kinds = overridden(day_kind_cn, {"off": ["2026-10-10"], "work": []})
    assert kinds(date(2026, 10, 10)) is None and day_kind_cn(date(2026, 10, 10)) == 2
    assert overridden(day_kind_cn, {}) is day_kind_cn
    assert overridden_years(OVERRIDES) == {2027}


def test_hours_over_midnight_are_those_of_the_day_before() -> None:
    night = calendar_from(
        {"id": "night", "periods": [{"days": "fri", "from": "22:00", "to": "02:00"}]}
    )
    seen = seen_at(night, local_ms(night, "2026-11-28T01:30"))
    assert seen.open and seen.day.day == date(2026, 11, 27)
    assert not seen_at(night, local_ms(night, "2026-11-28T02:00")).open


@pytest.mark.parametrize("held", [True, False])
def test_a_calendar_held_by_hand_knows_no_hours(held: bool) -> None:
    by_hand = forced(WORKDAYS, held)
    for moment in ("2026-10-01T03:00", "2026-11-23T10:00", "2026-11-28T12:00", "2026-12-31T23:59"):
        assert is_open(by_hand, local_ms(by_hand, moment), day_kind_cn) is held


def test_a_year_whose_make_up_days_are_not_published_is_missing() -> None:
    assert year_known_cn(2026) and not year_known_cn(2035)
    assert year_missing(date(2034, 12, 1), lambda year: year == 2034) == 2035
    assert year_missing(date(2035, 1, 2), year_known_cn) == 2035
    assert year_missing(date(2026, 6, 1), year_known_cn) == 0
