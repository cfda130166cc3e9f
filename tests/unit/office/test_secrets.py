"""Secrets: made once, for the owner's eyes only, never lost by a second process."""

import re
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import pytest

from domain.errors import NotFound, Refused
from office.secrets import endpoint_names, resolve, secrets_for


def test_made_once_and_private(tmp_path: Path) -> None:
    path = tmp_path / "var" / "secrets.json"
    first = secrets_for(path, ["a8001", "w8001", "webhook-crm"])
    assert path.stat().st_mode & 0o777 == 0o600
    assert secrets_for(path, ["w8001", "new"])["w8001"] == first["w8001"]
    assert len(set(first.values())) == 3
    assert re.fullmatch(r"[0-9a-f]{36}", first["a8001"])
    assert re.fullmatch(r"whsec_[A-Za-z0-9+/]{43}=", first["webhook-crm"])


def test_a_file_that_others_can_read_is_closed(tmp_path: Path) -> None:
    path = tmp_path / "secrets.json"
    path.write_text('{"a": "kept"}', encoding="utf-8")
    path.chmod(0o644)
    assert secrets_for(path, ["a"]) == {"a": "kept"}
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_damaged_file_is_not_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "secrets.json"
    for damaged in ("{", "[1]"):
        path.write_text(damaged, encoding="utf-8")
        with pytest.raises(Refused):
            secrets_for(path, ["a"])
        assert path.read_text(encoding="utf-8") == damaged


def ask(path: Path, number: int) -> dict[str, str]:
    """Ask for secrets from a process of its own."""
    return secrets_for(path, [f"n{number}", "shared"])


def test_two_processes_agree(tmp_path: Path) -> None:
    path = tmp_path / "secrets.json"
    with ProcessPoolExecutor(2, mp_context=get_context("fork")) as pool:
        answers = list(pool.map(ask, [path] * 6, range(6)))
    assert len({answer["shared"] for answer in answers}) == 1
    known = secrets_for(path, [f"n{number}" for number in range(6)])
    assert all(known[f"n{n}"] == answer[f"n{n}"] for n, answer in enumerate(answers))


def test_references(tmp_path: Path) -> None:
    path = tmp_path / "secrets.json"
    assert resolve("env:HOOK", path, {"HOOK": "abc"}) == "abc"
    assert resolve("file:webhook-a", path, {}) == resolve("file:webhook-a", path, {})
    for missing in ("env:HOOK", "plain", ""):
        with pytest.raises(NotFound):
            resolve(missing, path, {})
    assert endpoint_names(["8001"]) == ["a8001", "w8001", *(f"caller{n}" for n in range(1, 5))]
