"""The last word: what all the calls of this run have left behind holds together.

Every real call of every test before it counts: killed engines, hostile names, transfers, switches.
"""

import json

import pytest

from domain import events as ev
from reports.days import day_of
from tests.house.checker import broken, gathered
from tests.house.system import System, until

pytestmark = [pytest.mark.pbx, pytest.mark.timeout(300)]
SETTLED_S = 90.0
"""Webhooks are tried again, recordings finished and rows written behind the calls."""


def test_journal_rows_recordings_webhooks_and_logs_agree(system: System) -> None:
    open_ = "SELECT call FROM call WHERE outcome IS NULL"
    until(lambda: not system.rows(open_), SETTLED_S, lambda: f"open: {system.rows(open_)}")
    found: dict[str, list[str]] = {}

    def holds() -> bool:
        found.clear()
        found.update(broken(gathered(system)))
        return not found

    until(holds, SETTLED_S, lambda: json.dumps(found, indent=1, ensure_ascii=False)[:6000])
    calls = sum(isinstance(each.event, ev.CallArrived) for each in system.journal())
    print(f"{calls} calls arrived")


def test_every_identity_of_the_day_holds(system: System) -> None:
    for day in {day_of(record.utc_ms).isoformat() for record in system.journal()}:
        done = system.yingda("reconcile", "--day", day)
        assert done.returncode == 0, done.stdout + done.stderr


def test_rows_made_anew_are_the_rows_that_are_there(system: System) -> None:
    names = ("call", "segment", "flow_step", "survey_answer", "recording")
    before = {name: system.rows(f"SELECT * FROM {name} ORDER BY 1, 2, 3") for name in names}
    done = system.yingda("rebuild", within_s=180)
    assert done.returncode == 0, done.stderr
    for name in names:
        after = system.rows(f"SELECT * FROM {name} ORDER BY 1, 2, 3")
        assert after == before[name], name
