"""How long a caller will wait: the arithmetic, and what was measured of a group."""

from math import inf

import pytest
from hypothesis import example, given, strategies as st

from acd.estimate import EXACT, Handling, estimate, expected_s
from acd.pace import ENOUGH, PRIOR_S, Pace


@pytest.mark.parametrize(
    ("ahead", "agents", "mean_s", "leave_rate", "wait_s"),
    [
        (0, 1, 180, 0.0, 180.0),
        (3, 2, 180, 0.0, 360.0),
        (9, 50, 60, 0.0, 12.0),
        (0.5, 1, 60, 0.0, 90.0),
        # one ahead who gives up as fast as an agent serves: half of the first step
        (1, 1, 60, 1 / 60, 90.0),
        (2, 1, 60, 1 / 60, 110.0),
    ],
)
def test_the_mean_wait(
    ahead: float, agents: int, mean_s: float, leave_rate: float, wait_s: float
) -> None:
    assert expected_s(ahead, agents, Handling(mean_s), leave_rate) == pytest.approx(wait_s)


@given(st.integers(EXACT, 2000), st.integers(1, 500), st.floats(0, 0.1))
@example(ahead=2000, agents=1, leave_rate=1e-9)
@example(ahead=2000, agents=1, leave_rate=1e-15)
def test_a_long_line_is_summed_as_closely_as_a_short_one(
    ahead: int, agents: int, leave_rate: float
) -> None:
    rate = agents / 180
    exact = sum(1 / (rate + k * leave_rate) for k in range(ahead + 1))
    assert expected_s(ahead, agents, Handling(180), leave_rate) == pytest.approx(exact, rel=1e-4)


@given(
    st.floats(0, 500),
    st.integers(1, 500),
    st.floats(1, 3600),
    st.floats(0, 0.1),
    st.floats(0, 4),
    st.sampled_from([1.0, 20.0, 1000.0, inf]),
)
def test_the_range_holds_what_is_expected_and_one_place_less_is_never_more(
    ahead: float, agents: int, mean_s: float, leave_rate: float, cv2: float, samples: float
) -> None:
    handling = Handling(mean_s, samples, cv2)
    found = estimate(ahead + 1, agents, handling, leave_rate)
    assert 0 <= found.low_s <= found.about_s + 1
    assert found.about_s <= found.high_s + 1
    before = estimate(ahead, agents, handling, leave_rate)
    assert before.about_s <= found.about_s
    assert before.high_s <= found.high_s + 1


def test_a_mean_that_few_calls_tell_gives_a_wider_range() -> None:
    wide, narrow = estimate(9, 3, Handling(180, ENOUGH)), estimate(9, 3, Handling(180, 1000))
    assert wide.low_s < narrow.low_s
    assert wide.high_s > narrow.high_s


def test_until_enough_calls_were_handled_the_prior_fills_up() -> None:
    pace = Pace()
    assert (pace.handling().mean_s, pace.leave_rate()) == (PRIOR_S, 0.0)
    for _ in range(ENOUGH // 2):
        pace.worked(50)
        pace.wrapped(10)
    assert pace.handling().mean_s == pytest.approx((PRIOR_S + 60) / 2)
    for _ in range(ENOUGH):
        pace.worked(50)
        pace.wrapped(10)
    assert pace.handling().mean_s == pytest.approx(60)
    assert pace.handling().cv2 == pytest.approx(0, abs=1e-9)


def test_a_line_left_open_does_not_spoil_the_mean() -> None:
    pace = Pace()
    for _ in range(100):
        pace.worked(60)
    pace.worked(36_000)
    assert pace.handling().mean_s < 66


def test_rare_wrap_ups_and_rare_leavers_keep_their_weight() -> None:
    pace = Pace()
    for place in range(1000):
        pace.worked(60)
        pace.wrapped(300 if place % 50 == 0 else 0)
        pace.waited(20, gave_up=place % 50 == 0)
    assert pace.handling().mean_s == pytest.approx(66, rel=0.02)
    assert pace.leave_rate() == pytest.approx(0.02 / 20, rel=0.2)


def test_who_gives_up_shortens_the_wait_of_the_others() -> None:
    pace = Pace()
    for place in range(100):
        pace.waited(30, gave_up=place % 4 == 0)
    assert pace.leave_rate() == pytest.approx(0.25 / 30)
    patient = expected_s(20, 5, Handling(180))
    assert expected_s(20, 5, Handling(180), pace.leave_rate()) < patient
