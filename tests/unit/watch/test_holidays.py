"""The warning that a year's make-up days are missing."""

from pathlib import Path

from domain.errors import Fault
from office.folder import read
from office.holidays import HolidayOverrides
from office.model import Config
from watch.holidays import advice, known

DEMO = Path(__file__).parents[3] / "demo" / "config"
NOVEMBER, DECEMBER = 2_046_700_800_000, 2_048_515_200_000
"""In 2034, of which nothing is published yet."""


def demo() -> Config:
    def sound(name: str, text: str, names: object) -> list[Fault]:
        return []

    return read(DEMO, sound)


def with_own(config: Config, *days: str) -> Config:
    firm = config.firm.model_copy(update={"holiday_overrides": HolidayOverrides(off=days)})
    return config.model_copy(update={"firm": firm})


def test_a_year_that_is_not_published_is_told_with_its_mend() -> None:
    found = known(demo(), NOVEMBER)
    assert found.level == "warn" and "2034" in found.zh and "holiday_overrides" in found.mend
    assert advice(demo(), NOVEMBER) == (f"{found.zh} · {found.en}",)


def test_days_of_ones_own_make_a_year_known_until_december_asks_for_the_next() -> None:
    config = with_own(demo(), "2034-10-02")
    assert known(config, NOVEMBER).level == "ok" and advice(config, NOVEMBER) == ()
    assert "2035" in known(config, DECEMBER).zh
    assert known(with_own(demo(), "2034-10-02", "2035-10-01"), DECEMBER).level == "ok"


def test_without_a_calendar_that_keeps_holidays_nothing_is_missing() -> None:
    config = demo()
    calendars = tuple(each.model_copy(update={"holidays": ""}) for each in config.calendars)
    assert known(config.model_copy(update={"calendars": calendars}), NOVEMBER).level == "ok"
