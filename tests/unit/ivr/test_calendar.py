"""Opening hours on Chinese days: weekday, holiday, make-up day, single days, midnight."""

from datetime import date, timedelta

import pytest
from hypothesis import given, strategies as st

from ivr.calendar import calendar_from, is_open, local_ms, plain_day
from ivr.holidays_cn import day_kind_cn

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
