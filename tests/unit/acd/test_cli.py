"""`yingda sim`, `replay` and `staffing` as they are typed."""

import argparse
import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from acd.cli import Tools, add_commands
from acd.recorded import Day, Rules
from domain.errors import Refused
from reports.metrics import service_level

DATA = Path(__file__).parents[2] / "truth" / "data"
NOTHING = Day((), {}, Rules((), ()))
NOON_MS = 1_763_956_800_000
AGENTS, CALLS = str(DATA / "G2_nmodel.agents.csv"), str(DATA / "G2_nmodel.calls.csv")


def typed(*words: str) -> int:
    parser = argparse.ArgumentParser()
    clock: Any = SimpleNamespace(utc_ms=lambda: NOON_MS)
    tools = Tools(service_level, lambda *place: NOTHING, dict, clock)
    add_commands(parser.add_subparsers(), tools)
    args = parser.parse_args(words)
    return int(args.run(args))


def test_two_files_give_the_third(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "O.csv"
    typed("sim", "--agents", AGENTS, "--calls", CALLS, "--out", str(out), "--json")
    assert out.read_bytes() == (DATA / "G2_nmodel.expected.csv").read_bytes()
    told = json.loads(capsys.readouterr().out)
    assert told["total"]["answered"] == told["total"]["offered"] == 3000
    assert told["groups"]["x"]["sl3"] <= 100


def test_bad_files_write_nothing(tmp_path: Path) -> None:
    out, bad = tmp_path / "O.csv", tmp_path / "A.csv"
    bad.write_text("agent_id,skills\nA1,x\nA1,y\n", encoding="utf-8")
    with pytest.raises(Refused, match=r"A\.csv:3"):
        typed("sim", "--agents", str(bad), "--calls", CALLS, "--out", str(out))
    assert not out.exists()


@pytest.mark.parametrize(
    "words",
    [
        ("sim",),
        ("sim", "--agents", AGENTS),
        ("sim", "s.yaml", "--agents", AGENTS, "--calls", CALLS),
        ("sim", "/nowhere.yaml"),
        ("staffing", "--from", "someday"),
        ("staffing", "--target", "120/20"),
        ("staffing", "--target", "eighty"),
        ("staffing", "--from", "today", "--to", "yesterday"),
        ("waits", "--from", "today", "--to", "yesterday"),
    ],
)
def test_what_makes_no_sense_is_refused(words: tuple[str, ...]) -> None:
    with pytest.raises(Refused):
        typed(*words)


def test_nothing_recorded_is_replayed_alike(capsys: pytest.CaptureFixture[str]) -> None:
    assert typed("replay", "--json") == 0
    assert json.loads(capsys.readouterr().out)["identical"]
    for words in (("staffing", "--json"), ("waits", "--json", "--from", "yesterday")):
        assert typed(*words) == 0
        assert json.loads(capsys.readouterr().out) == []
    assert typed("waits") == 0
    assert "均方根误差" in capsys.readouterr().out
