"""The core in both of its forms: the same days, told to each, are decided the same to the byte."""

import json
import os
import pickle
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import given, strategies as st

from acd.cli import streams
from bench.acd_arms import Core
from bench.acd_mix import Mix, skills_of
from bench.builds import ROOT, compiled_core, plain_core
from domain import events as ev
from domain.compiled import ASKED, found, key, sources, use
from tests.house.histories import STRATEGIES, History
from watch.compiler import LEFT, compiled_files, lacking

TURNS = 1_500


@pytest.fixture(scope="module")
def forms() -> tuple[ModuleType, ModuleType]:
    """Give the sources and the compiled core."""
    compiled = compiled_core()
    if compiled is None:
        if os.environ.get("CI") == "true" and not lacking():
            pytest.fail("the core is not compiled: make dev; var/stamps/core.log tells why")
        pytest.skip("the core is not compiled here: yingda compile")
    return plain_core(), compiled


def test_the_compiled_form_is_another_one(forms: tuple[ModuleType, ModuleType]) -> None:
    plain, compiled = forms
    assert plain.decide is not compiled.decide
    assert type(plain.decide) is not type(compiled.decide)


@given(seed=st.integers(0, 1 << 32))
def test_both_forms_decide_the_same(forms: tuple[ModuleType, ModuleType], seed: int) -> None:
    plain, compiled = (History(form, seed).lines(200) for form in forms)
    for turn, (mine, theirs) in enumerate(zip(plain, compiled, strict=True)):
        assert mine == theirs, f"turn {turn}"


@pytest.mark.parametrize("seed", range(len(STRATEGIES)))
def test_both_forms_decide_long_days_the_same(
    forms: tuple[ModuleType, ModuleType], seed: int
) -> None:
    plain, compiled = (list(History(form, seed).lines(TURNS)) for form in forms)
    assert plain == compiled


def test_both_forms_write_the_same_bytes(forms: tuple[ModuleType, ModuleType]) -> None:
    mix = Mix(30, busy=True)
    told = [*mix.opening(), *mix.chunk(3_000)]
    plain, compiled = (b"".join(_written(form, told)) for form in forms)
    assert plain == compiled
    assert len(plain) > 100_000


def _written(form: ModuleType, told: list[tuple[ev.Event, float]]) -> list[bytes]:
    """Give each fact as the journal writes it, and each command and timer whole."""
    floor = Core(skills_of(30), form).floor
    found = []
    for event, now in told:
        out = form.decide(floor, event, now)
        facts = [[type(fact).__name__, ev.to_data(fact)] for fact in out.facts]
        found.append(json.dumps(facts).encode() + pickle.dumps((out.commands, out.timers)))
    return found


def test_both_forms_simulate_the_same_day(forms: tuple[ModuleType, ModuleType]) -> None:
    plain, compiled = (_fates(form) for form in forms)
    assert plain == compiled
    assert {"answered", "abandoned"} <= {fate.split(",")[0] for fate in plain}


def _fates(form: ModuleType) -> list[str]:
    made = form.scenario
    day = made.Scenario(
        calls=4_000,
        groups={
            "a": made.Class(
                per_hour=200, service=made.Spread(mean_s=180), patience=made.Spread(mean_s=60)
            )
        },
        agents=(made.Seat(number="A", groups=("a",), count=9),),
    )
    run = form.simulate.Simulation(day.cast())
    fates = run.fates(day.stream(streams(1)))
    return [f"{fate.outcome},{fate.call},{fate.wait},{fate.agent},{fate.busy}" for fate in fates]


def test_an_edited_source_has_another_name(tmp_path: Path) -> None:
    for file in sources(ROOT):
        copy = tmp_path / file.relative_to(ROOT)
        copy.parent.mkdir(exist_ok=True)
        copy.write_bytes(file.read_bytes())
    assert key(tmp_path) == key(ROOT)
    with (tmp_path / "acd/moves.py").open("a") as edited:
        edited.write("# a word more\n")
    assert key(tmp_path) != key(ROOT)


def test_what_cannot_be_loaded_is_passed_over(tmp_path: Path) -> None:
    assert found(tmp_path) is None
    (tmp_path / "modules.txt").write_text("yingda__mypyc acd.decide")
    (tmp_path / "core.so").write_bytes(b"no library")
    assert found(tmp_path) is None


def test_it_is_too_late_once_a_part_was_imported() -> None:
    assert not use(ROOT, {})
    assert not use(ROOT, {ASKED: "python"})


def test_all_that_decides_is_compiled() -> None:
    files = compiled_files(ROOT)
    assert {"acd/decide.py", "acd/moves.py", "acd/floor.py", "acd/simulate.py"} <= set(files)
    for name in LEFT:
        assert (ROOT / "acd" / f"{name}.py").is_file()
