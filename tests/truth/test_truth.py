"""Queueing theory, row by row: every figure with a tolerance that a million calls can show.

One run answers all rows of a case; the cases run side by side, one process for each core, the
longest first. The rows that take more stand in `python -m bench truth`.
"""

from collections.abc import Iterator
from concurrent.futures import Future

import pytest

from bench import truth_day
from bench.truth import off, pool, run
from bench.truth_cases import Case, Found, cases

CASES = cases(1_000_000)
DAY = truth_day.case(days=100)
Runs = dict[str, "Future[Found]"]


@pytest.fixture(scope="module")
def runs() -> Iterator[Runs]:
    with pool() as workers:
        begun = {case.name: workers.submit(run, case) for case in CASES}
        yield begun | {DAY.name: workers.submit(truth_day.run, DAY.params["days"])}


@pytest.mark.timeout(1800)
@pytest.mark.parametrize("case", [*CASES, DAY], ids=lambda case: case.name)
def test_the_engine_agrees_with_theory(case: Case, runs: Runs) -> None:
    assert not off(case, runs[case.name].result())
