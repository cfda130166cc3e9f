"""The installation that all tests with real calls use."""

from contextlib import suppress
from pathlib import Path

import pytest
import yaml

from tests.house.system import System, until

pytestmark = pytest.mark.pbx


def test_it_runs_with_the_tests_configuration(system: System) -> None:
    assert system.is_ready()
    configured = {row["number"] for row in yaml.safe_load(system.texts["agents.yaml"])}
    assert {row["number"] for row in system.board()["agents"]} == configured
    assert {"admin", "manager", "supervisor", "8001"} <= set(system.logins)
    assert system.pid_of("engine") and system.pid_of("web") and system.pid_of("sample-crm")


def test_systemd_is_told_that_it_is_ready(system: System) -> None:
    heard: list[bytes] = []

    def is_told() -> bool:
        with suppress(BlockingIOError):
            while True:
                heard.append(system.systemd.recv(200))
        return any(word.startswith(b"READY=1") for word in heard)

    until(is_told, 30, lambda: f"{heard}")


def test_a_second_engine_is_refused(system: System) -> None:
    second = system.yingda("engine")
    assert second.returncode != 0
    assert system.is_ready()


def test_a_backup_of_the_running_system_becomes_another_one(system: System, tmp_path: Path) -> None:
    file, settings = tmp_path / "kept.tgz", tmp_path / "new" / "yingda.toml"
    made = system.yingda("backup", str(file))
    assert made.returncode == 0, made.stderr
    settings.parent.mkdir()
    settings.write_text(system.file.read_text())
    for words in (("restore", str(file)), ("rebuild",), ("db", "check")):
        done = system.yingda("--settings", str(settings), *words)
        assert done.returncode == 0, (words, done.stdout, done.stderr)
    assert (settings.parent / "var" / "secrets.json").read_text() == (
        system.data / "secrets.json"
    ).read_text()
    again = system.yingda("--settings", str(settings), "restore", str(file))
    assert again.returncode == 1 and "move the installation" in again.stderr
