"""The alarms' core: told once, quiet while open, escalated, over; flapping is one incident."""

from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given, strategies as st

from domain.errors import NotFound
from office.alarms import SHIPPED, Alarm, Metric
from watch.alarm import (
    ESCALATED,
    HOUR_MS,
    OPENED,
    OVER,
    Alarms,
    Incident,
    Keep,
    Reading,
    Rules,
    Sample,
    Say,
    acknowledge,
    recall,
    step,
)
from watch.measures import LABELS, MEASURES
from watch.resting import rests_until

START = 1_795_354_200_000
"""2026-11-22 21:30 in China."""


def alarm(**more: object) -> Alarm:
    """Give an alarm on the longest wait."""
    usual = {"id": "wait", "name": "等待", "metric": "longest_wait", "limit": 60}
    times = {"for_s": 30, "calm_s": 60, "escalate_min": 5}
    return Alarm.model_validate(usual | times | more)


def rules(*alarms: Alarm, receivers: Sequence[str] = ("desk", "duty", "boss")) -> Rules:
    """Give the rules in force."""
    return Rules(alarms or (alarm(receivers=["desk"], escalate=["boss"]),), receivers)


def sample(value: float | None, about: str = "vip") -> Sample:
    """Give one look; None = it could not be looked at."""
    if value is None:
        return Sample(frozenset())
    return Sample(frozenset({"longest_wait"}), (Reading("longest_wait", about, value),))


class House:
    """A state with its rules and a clock that only this test moves."""

    def __init__(self, *alarms: Alarm, receivers: Sequence[str] = ("desk", "duty", "boss")) -> None:
        self.rules = rules(*alarms, receivers=receivers)
        self.state = Alarms()
        self.now = START
        self.said: list[Say] = []
        self.kept: list[Incident] = []

    def look(self, value: float | None, seconds: float = 10) -> None:
        """See a value, and let time pass."""
        done = step(self.state, self.rules, sample(value), self.now)
        self.said += [each for each in done if isinstance(each, Say)]
        self.kept += [each.incident for each in done if isinstance(each, Keep)]
        self.now += round(seconds * 1000)

    def kinds(self) -> list[str]:
        """Tell what was said, in order."""
        return [say.kind for say in self.said]


def test_it_opens_after_its_time_is_told_once_and_ends() -> None:
    house = House()
    for _ in range(3):
        house.look(90)
    assert house.said == []
    for _ in range(20):
        house.look(120)
    assert house.kinds() == [OPENED] and house.said[0].receivers == ("desk",)
    for _ in range(6):
        house.look(10)
    assert house.kinds() == [OPENED]
    house.look(10)
    assert house.kinds() == [OPENED, OVER]
    assert house.said[-1].incident.worst == 120 and not house.state.open
    assert house.kept[-1].over == house.now - 10_000


def test_nobody_who_looks_after_it_brings_the_second_receivers_once() -> None:
    house = House()
    for _ in range(60):
        house.look(90)
    assert house.kinds() == [OPENED, ESCALATED] and house.said[-1].receivers == ("boss",)
    for _ in range(10):
        house.look(0)
    assert house.said[-1].kind == OVER and house.said[-1].receivers == ("desk", "boss")


def test_who_acknowledges_stops_the_escalation() -> None:
    house = House()
    for _ in range(5):
        house.look(90)
    (one,) = house.state.open.values()
    (kept,) = acknowledge(house.state, one.id, "lin", house.now)
    assert isinstance(kept, Keep) and (kept.incident.by, kept.incident.acknowledged) == (
        "lin",
        house.now,
    )
    assert acknowledge(house.state, one.id, "wang", house.now) == []
    for _ in range(60):
        house.look(90)
    assert house.kinds() == [OPENED]
    with pytest.raises(NotFound):
        acknowledge(house.state, "nothing", "lin", house.now)


def test_what_cannot_be_looked_at_changes_nothing() -> None:
    house = House()
    for _ in range(5):
        house.look(90)
    for _ in range(200):
        house.look(None)
    assert house.kinds() == [OPENED, ESCALATED] and house.state.open


def test_a_jump_of_the_clock_backwards_opens_and_ends_nothing() -> None:
    house = House()
    house.look(90)
    house.now -= HOUR_MS
    house.look(90)
    assert not house.state.open
    for _ in range(4):
        house.look(90)
    house.now -= HOUR_MS
    for _ in range(7):
        house.look(0)
    assert len(house.kinds()) <= 2


@pytest.mark.parametrize(("field", "value"), [("enabled", False), ("id", "other")])
def test_an_alarm_that_is_switched_off_ends_what_it_opened_in_silence(
    field: str, value: object
) -> None:
    house = House()
    for _ in range(5):
        house.look(90)
    house.rules = rules(alarm(**{field: value}))
    house.look(90)
    assert house.kinds() == [OPENED] and house.kept[-1].over
    assert ("wait", "vip") not in house.state.open


def test_each_thing_has_an_incident_of_its_own_and_about_narrows() -> None:
    house = House(alarm(for_s=0, about="vip"), alarm(id="any", for_s=0))
    readings = tuple(Reading("longest_wait", name, 90) for name in ("vip", "presale"))
    told = step(house.state, house.rules, Sample(frozenset({"longest_wait"}), readings), START)
    keys = sorted(house.state.open)
    assert keys == [("any", "presale"), ("any", "vip"), ("wait", "vip")]
    ids = {each.incident.id for each in told}
    assert len(ids) == 3 and all(one.isascii() and "/" not in one for one in ids)


def test_without_receivers_everybody_is_told_but_the_second_ones_later() -> None:
    house = House(alarm(for_s=0, escalate=["boss"]))
    house.look(90)
    assert house.said[0].receivers == ("desk", "duty")
    nobody = House(alarm(for_s=0), receivers=())
    nobody.look(90)
    assert nobody.said == [] and nobody.state.open


def test_quiet_hours_hold_back_and_tell_afterwards() -> None:
    night = alarm(for_s=0, quiet=[{"from": "21:00", "to": "07:00"}])
    house = House(night)
    house.look(90)
    assert house.said == [] and house.state.open
    end = rests_until(night, START)
    assert end == START + (9 * 60 + 30) * 60_000
    house.now = end
    house.look(90)
    assert house.kinds() == [OPENED]


def test_what_is_over_in_quiet_hours_is_told_when_they_end() -> None:
    late = alarm(for_s=0, quiet=[{"from": "21:31", "to": "07:00"}])
    house = House(late)
    house.look(90, 60)
    assert house.kinds() == [OPENED]
    for _ in range(8):
        house.look(0)
    assert house.kinds() == [OPENED, OVER]
    assert house.said[-1].due == rests_until(late, house.now)


@pytest.mark.parametrize(
    ("clock", "rests"), [(0, True), (30, True), (90, False), (-31, False), (-30, True)]
)
def test_quiet_hours_go_over_midnight_and_are_the_firm_s_own(clock: int, rests: bool) -> None:
    half = alarm(quiet=[{"from": "21:00", "to": "22:30"}])
    assert bool(rests_until(half, START + clock * 60_000)) is rests
    assert rests_until(alarm(), START) == 0


def test_a_restart_knows_what_is_open_and_what_flapped() -> None:
    house = House()
    for _ in range(5):
        house.look(90)
    (open_one,) = house.state.open.values()
    old = replace(open_one, id="old", over=START + 1)
    again = House()
    recall(again.state, [open_one, old], house.now)
    again.now = house.now
    for _ in range(10):
        again.look(90)
    assert again.said == [] and len(again.state.openings[("wait", "vip")]) == 2


def test_low_is_bad_where_the_measure_says_so() -> None:
    house = House(alarm(metric="disk_free", limit=5, for_s=0))
    low = Sample(frozenset({"disk_free"}), (Reading("disk_free", "var", 4.9),))
    step(house.state, house.rules, low, START)
    lower = Sample(frozenset({"disk_free"}), (Reading("disk_free", "var", 2.0),))
    step(house.state, house.rules, lower, START + 1)
    (one,) = house.state.open.values()
    assert (one.value, one.worst) == (2.0, 2.0)
    fine = Sample(frozenset({"disk_free"}), (Reading("disk_free", "var", 5.0),))
    for second in (2, 70):
        step(house.state, house.rules, fine, START + second * 1000)
    assert not house.state.open


@given(st.lists(st.sampled_from([0.0, 90.0, 90.0, None]), max_size=400), st.integers(1, 60))
def test_whatever_comes_each_incident_is_told_in_order_and_little(
    values: list[float | None], pace_s: int
) -> None:
    house = House(alarm(for_s=0, calm_s=10, receivers=["desk"], escalate=["boss"]))
    for value in values:
        house.look(value, pace_s)
    by_incident: dict[str, list[str]] = {}
    for say in house.said:
        by_incident.setdefault(say.incident.id, []).append(say.kind)
    for kinds in by_incident.values():
        assert kinds in ([OPENED], [OPENED, ESCALATED], [OPENED, OVER], [OPENED, ESCALATED, OVER])
    opened = [say.incident.opened for say in house.said if say.kind == OPENED]
    assert opened == sorted(opened)
    assert all(sum(0 <= at - one < HOUR_MS for at in opened) <= 12 for one in opened)
    assert len(house.state.open) <= 1 and len(house.state.suspects) <= 1


def test_every_metric_has_words_and_ships_in_range() -> None:
    assert set(MEASURES) == set(LABELS) == set(Metric.__args__)  # type: ignore[attr-defined]
    for each in SHIPPED:
        assert each.metric in MEASURES
    for measure in MEASURES.values():
        for text in (measure.zh, measure.en, measure.mend_zh, measure.mend_en):
            assert text.format(about="x", value="1")
