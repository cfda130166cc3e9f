"""Erlang's formulas, held to the published and the independently worked out tables."""

import csv
from collections.abc import Iterator
from pathlib import Path

import pytest

from acd.staffing import Load, erlang_b, erlang_c, needed, outlook

DATA = Path(__file__).parents[2] / "truth" / "data"


def rows(name: str) -> Iterator[dict[str, float]]:
    with (DATA / name).open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            yield {k: float(value) for k, value in row.items() if value and k != "published_source"}


def near(expected: float) -> object:
    return pytest.approx(expected, rel=1e-8, abs=1e-10)


def test_erlang_b_is_that_of_the_tables() -> None:
    for row in rows("erlang_b.csv"):
        assert erlang_b(int(row["lines"]), row["erlangs"]) == near(row["p_block"])
        if "published" in row:
            assert row["p_block"] == pytest.approx(row["published"], rel=0.01)


def test_erlang_c_is_that_of_the_tables() -> None:
    for row in rows("erlang_c.csv"):
        agents, load = int(row["agents"]), Load(row["erlangs"] * 3600 / row["aht_s"], row["aht_s"])
        assert erlang_c(agents, row["erlangs"]) == near(row["p_wait"])
        for target in (10, 15, 20, 30, 60):
            found = outlook(agents, load, target)
            assert found.service_level == near(row[f"sl_{target}s"])
            assert found.mean_wait_s == near(row["asa_s"])


def test_erlang_a_is_that_of_the_tables() -> None:
    for row in rows("erlang_a.csv"):
        load = Load(row["erlangs"] * 3600 / row["aht_s"], row["aht_s"], row["mean_patience_s"])
        found = outlook(int(row["agents"]), load, 20)
        assert found.p_wait == near(row["p_wait"])
        assert found.p_abandon == near(row["p_abandon"])
        assert found.mean_wait_s == near(row["mean_wait_all_s"])
        assert found.mean_wait_answered_s == near(row["asa_answered_s"])
        assert found.service_level == near(row["answered_in_20s/offered"])
        assert found.abandoned_within == near(row["abandoned_in_20s/offered"])
        assert found.occupancy == near(row["occupancy"])


@pytest.mark.parametrize("patience", [None, 120.0])
@pytest.mark.parametrize("per_hour", [0, 3, 432, 5000])
def test_needed_is_the_fewest_that_suffice(per_hour: float, patience: float | None) -> None:
    load = Load(per_hour, 300, patience)
    found = needed(load, 20, 0.8)
    assert found.service_level >= 0.8
    assert found.agents <= 1 or outlook(found.agents - 1, load, 20).service_level < 0.8


def test_the_seeds_busy_hour_takes_42_agents() -> None:
    assert needed(Load(432, 300), 20, 0.8).agents == 42
