"""The page of faults names tests that exist, and the chaos has the parts that the page lists."""

import importlib.util
import re
from functools import cache
from pathlib import Path

import pytest

from tests.chaos.__main__ import PARTS
from tests.chaos.tally import Tally, together

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/reliability.md").read_text("utf-8")
NAMED = sorted(set(re.findall(r"`(tests/[\w/.]+\.py)(?:::(\w+))?`", PAGE)))


@cache
def text_of(file: str) -> str:
    """Read a test file once; "" where there is none."""
    path = ROOT / file
    return path.read_text("utf-8") if path.exists() else ""


@pytest.mark.parametrize(("file", "test"), NAMED, ids=lambda name: name)
def test_every_test_that_is_named_exists(file: str, test: str) -> None:
    assert re.search(rf"^(async )?def {test}\b" if test else "", text_of(file), re.M)
    assert text_of(file)


def test_every_fault_has_its_row() -> None:
    rows = re.findall(r"^\| F(\d+) \|", PAGE, re.M)
    assert [int(row) for row in rows] == list(range(1, 35))


def cells(row: str) -> int:
    """Count a table row's cells."""
    return len(re.findall(r"(?<!\\)\|", row)) - 1


def test_every_row_has_as_many_cells_as_its_head() -> None:
    for table in re.findall(r"^(?:\|.*\n)+", PAGE, re.M):
        head, *rows = table.splitlines()
        assert [row for row in rows if cells(row) != cells(head)] == []


@pytest.mark.parametrize("part", PARTS)
def test_every_part_has_its_module(part: str) -> None:
    assert importlib.util.find_spec(f"tests.chaos.{part.replace('-', '_')}")
    assert f"tests.chaos {part}" in PAGE


def test_what_broke_is_in_the_sum() -> None:
    good, bad = Tally(1, cycles=2, recovered_s=[0.5]), Tally(1, cycles=1)
    assert bad.must(1 == 1, "it holds")
    assert bad.ok
    assert not bad.must(1 == 2, "it does not")
    told = together([good.told("good"), bad.told("bad")])
    assert (told["cycles"], told["ok"], told["recovered_s_max"]) == (3, False, 0.5)
    assert told["parts"]["bad"]["broken"] == ["it does not"]
    assert not Tally(1, lost=1).ok
