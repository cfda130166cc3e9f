"""Lines that share agents: as theory where it knows, and never quicker for more callers."""

from dataclasses import replace

import pytest
from hypothesis import given, strategies as st

from acd.shared import Queue, turn_of

BOTH, MINE, THEIRS = frozenset("bcde"), frozenset("a"), frozenset("xyz")


def line(callers: float, agents: frozenset[str], mean_s: float = 180.0) -> Queue:
    return Queue(callers, mean_s, 1.0, 0.0, agents)


def test_one_line_alone_is_the_queue_length_estimator() -> None:
    found = turn_of([line(7, MINE | BOTH)])
    assert found.wait_s == pytest.approx(7 * 180 / 5)
    assert found.endings == pytest.approx(7)


def test_two_lines_with_the_same_agents_are_one() -> None:
    found = turn_of([line(3, BOTH), line(4, BOTH)])
    assert found.wait_s == pytest.approx(7 * 180 / 4)


def test_agents_of_one_s_own_answer_before_those_who_have_much_else_to_do() -> None:
    found = turn_of([line(1, MINE | BOTH), line(40, BOTH)])
    assert 0.85 * 180 < found.wait_s < 180


def test_a_line_with_many_agents_of_its_own_frees_the_shared_ones() -> None:
    held = turn_of([line(1, BOTH), line(20, BOTH)]).wait_s
    freed = turn_of([line(1, BOTH), line(20, BOTH | THEIRS)]).wait_s
    assert freed < 0.65 * held


def test_work_of_another_kind_keeps_the_shared_agents_longer() -> None:
    quick = turn_of([line(2, BOTH), line(2, BOTH)]).wait_s
    assert turn_of([line(2, BOTH), line(2, BOTH, 360.0)]).wait_s == pytest.approx(1.5 * quick)


def test_callers_who_give_up_make_the_line_shorter() -> None:
    stays = [line(5, BOTH), line(5, BOTH)]
    leaves = [replace(each, leave_rate=1 / 120) for each in stays]
    assert turn_of(leaves).wait_s < turn_of(stays).wait_s


sets = st.frozensets(st.sampled_from("abcdef"), min_size=1)


@given(st.lists(st.tuples(st.integers(1, 40), sets), min_size=2, max_size=4), st.integers(1, 30))
def test_more_callers_elsewhere_never_make_it_quicker(
    lines: list[tuple[int, frozenset[str]]], more: int
) -> None:
    queues = [line(*each) for each in lines]
    fewer = turn_of(queues).wait_s
    queues[1] = replace(queues[1], callers=queues[1].callers + more)
    assert turn_of(queues).wait_s >= 0.95 * fewer
    agents = len(queues[0].agents)
    assert fewer >= 0.999 * queues[0].callers * 180 / agents
