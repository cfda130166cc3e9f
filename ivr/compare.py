"""Two texts of a flow side by side, line by line. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import zip_longest

_MARKS = {"equal": "same", "replace": "changed", "delete": "removed", "insert": "added"}


@dataclass(frozen=True, slots=True)
class Row:
    """One line of both texts; a side that has none there has number 0. `mark` says how they go."""

    mark: str
    left_no: int
    left: str
    right_no: int
    right: str


def compare(left: str, right: str) -> list[Row]:
    """Put two texts side by side.

    >>> [(row.mark, row.left, row.right) for row in compare("a\\nb\\n", "a\\nc\\nd\\n")]
    [('same', 'a', 'a'), ('changed', 'b', 'c'), ('added', '', 'd')]
    """
    olds, news = left.splitlines(), right.splitlines()
    matcher = SequenceMatcher(None, olds, news, autojunk=False)
    return [
        row
        for what, a, b, c, d in matcher.get_opcodes()
        for row in _rows(_MARKS[what], _numbered(olds, a, b), _numbered(news, c, d))
    ]


def _numbered(lines: Sequence[str], start: int, end: int) -> list[tuple[int, str]]:
    return [(number + 1, lines[number]) for number in range(start, end)]


def _rows(mark: str, olds: list[tuple[int, str]], news: list[tuple[int, str]]) -> Iterator[Row]:
    for old, new in zip_longest(olds, news):
        own = "removed" if new is None else "added" if old is None else mark
        yield Row(own, *(old or (0, "")), *(new or (0, "")))
