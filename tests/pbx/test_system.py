"""The installation that all tests with real calls use."""

import pytest
import yaml

from tests.house.system import System

pytestmark = pytest.mark.pbx


def test_it_runs_with_the_tests_configuration(system: System) -> None:
    assert system.is_ready()
    configured = {row["number"] for row in yaml.safe_load(system.texts["agents.yaml"])}
    assert {row["number"] for row in system.board()["agents"]} == configured
    assert {"admin", "manager", "supervisor", "8001"} <= set(system.logins)
    assert system.pid_of("engine") and system.pid_of("web") and system.pid_of("sample-crm")


def test_a_second_engine_is_refused(system: System) -> None:
    second = system.yingda("engine")
    assert second.returncode != 0
    assert system.is_ready()
