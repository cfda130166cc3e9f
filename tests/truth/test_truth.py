"""Queueing theory, row by row: every figure with a tolerance that 300,000 calls can show.

One run answers all rows of a case; the cases run side by side, one process for each core. The
rows that take more stand in `python -m bench truth`.
"""

from collections.abc import Iterator
from concurrent.futures import Future

import pytest

from bench.truth import Case, cases, pool, run

WANTED = cases(300_000)
Runs = dict[str, "Future[dict[str, float]]"]


@pytest.fixture(scope="module")
def runs() -> Iterator[Runs]:
    with pool() as workers:
        yield {case.name: workers.submit(run, case) for case in WANTED}


@pytest.mark.timeout(900)
@pytest.mark.parametrize("case", WANTED, ids=lambda case: case.name)
def test_the_engine_agrees_with_theory(case: Case, runs: Runs) -> None:
    found = runs[case.name].result()
    off = {
        row.metric: (found[row.metric], row.expected, row.tolerance)
        for row in case.rows
        if abs(found[row.metric] - row.expected) > row.tolerance
    }
    assert not off
