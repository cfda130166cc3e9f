"""Few of what a night has many of: wires that lie and what reads them. The seeds are fixed."""

import pytest

from tests.chaos.__main__ import run

EACH_RUN = {"ami-fuzz": 20_000, "agi-fuzz": 5_000, "mutate": 500, "days": 20, "sweep-io": 1}
"""Part → how much of it each run of all tests has."""


@pytest.mark.parametrize(("part", "cycles"), EACH_RUN.items())
def test_a_wire_that_lies(part: str, cycles: int) -> None:
    found = run(part, 7, cycles)
    assert found["ok"], found["broken"][:5]
    assert found["cycles"] >= cycles
