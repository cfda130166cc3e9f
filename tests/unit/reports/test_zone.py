"""Times are UTC inside; a day of a report begins when it begins in the firm's zone."""

import os
import subprocess
import sys
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from reports import days

SHANGHAI = ZoneInfo("Asia/Shanghai")
DAYS = (date(2026, 1, 1), date(2026, 2, 28), date(2026, 7, 1), date(2026, 12, 31))


@pytest.mark.parametrize("day", DAYS)
def test_a_day_begins_at_midnight_of_the_firms_zone(day: date) -> None:
    begins = datetime.fromtimestamp(days.midnight(day) / 1000, UTC)
    assert begins.astimezone(SHANGHAI).isoformat() == f"{day.isoformat()}T00:00:00+08:00"
    assert days.day_of(days.midnight(day)) == day
    assert days.day_of(days.midnight(day) - 1) < day


@pytest.mark.parametrize("zone", ["UTC", "America/New_York"])
def test_neither_the_machines_zone_nor_its_zone_files_matter(zone: str) -> None:
    """A slim container has no /usr/share/zoneinfo: the package tzdata stands in."""
    code = (
        "import zoneinfo; from datetime import date; from reports import days;"
        "from recording.names import _SHANGHAI; assert not zoneinfo.TZPATH;"
        "print(_SHANGHAI.key, days.midnight(date(2026, 11, 22)))"
    )
    said = subprocess.run(
        [sys.executable, "-c", code],
        env=os.environ | {"PYTHONTZPATH": "", "TZ": zone},
        capture_output=True,
        text=True,
        check=False,
    )
    assert said.stdout.split() == ["Asia/Shanghai", "1795276800000"], said.stderr
