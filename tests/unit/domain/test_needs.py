"""Requirements: what is read, who meets them, where a fault stands."""

import pytest
from hypothesis import given, strategies as st

from domain.needs import Needs, NeedsWrong, parse

SKILLS = st.sampled_from(["a", "b", "refund", "en-us"])
ONE = st.builds(lambda skill, level: Needs("skill", skill, level), SKILLS, st.integers(1, 9))


def _deeper(inner: st.SearchStrategy[Needs]) -> st.SearchStrategy[Needs]:
    some = st.lists(inner, min_size=2, max_size=3).map(tuple)
    return st.builds(
        lambda kind, parts: Needs(kind, parts=parts), st.sampled_from(["and", "or"]), some
    )


TREES = st.recursive(ONE, _deeper, max_leaves=8)


@given(TREES, st.dictionaries(SKILLS, st.integers(1, 9)))
def test_what_is_written_is_read_with_the_same_meaning(tree: Needs, levels: dict[str, int]) -> None:
    again = parse(str(tree))
    assert again.met(levels) == tree.met(levels)
    assert again.skills() == tree.skills()


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        parse(text)
    except NeedsWrong as wrong:
        assert 0 <= wrong.at <= len(text)


@pytest.mark.parametrize(
    ("text", "levels", "met"),
    [
        ("refund", {"refund": 1}, True),
        ("refund>=3", {"refund": 2}, False),
        ("a or b and c", {"a": 1}, True),
        ("(a or b) and c", {"a": 1}, False),
        ("A>=1 AND b", {"A": 1}, None),
        ("a AND b OR c", {"c": 9}, True),
        ("", {"a": 9}, False),
    ],
)
def test_who_meets_it(text: str, levels: dict[str, int], met: bool | None) -> None:
    if met is None:
        with pytest.raises(NeedsWrong):
            parse(text)
    else:
        assert parse(text).met(levels) is met


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("a and", 5),
        ("a b", 2),
        ("a>=0", 3),
        ("a>=10", 3),
        ("(a", 2),
        ("a ! b", 2),
        ("or", 0),
        ("a>", 1),
    ],
)
def test_a_fault_has_its_place(text: str, at: int) -> None:
    with pytest.raises(NeedsWrong) as wrong:
        parse(text)
    assert wrong.value.at == at and wrong.value.zh and wrong.value.en


def test_depth_and_length_have_an_end() -> None:
    for text in ("(" * 200 + "a" + ")" * 200, "a or " * 200 + "a"):
        with pytest.raises(NeedsWrong):
            parse(text)
