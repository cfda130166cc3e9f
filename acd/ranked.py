"""A sorted list in pieces, so that adding and taking away cost the same at any length.

A plain list moves half a megabyte for each change once a hundred thousand callers wait.
"""

from bisect import bisect_left, insort
from collections.abc import Iterator
from typing import Any

Key = tuple[Any, ...]
PIECE = 512
"""A piece that grew to twice this is cut in two."""


class Ranked:
    """Tuples in order, each there once."""

    __slots__ = ("_ends", "_most", "_pieces")

    def __init__(self, piece: int = PIECE) -> None:
        self._most = 2 * piece
        self._pieces: list[list[Key]] = [[]]
        self._ends: list[Key] = []
        """The last key of each piece but the last one."""

    def __iter__(self) -> Iterator[Key]:
        for piece in self._pieces:
            yield from piece

    def __len__(self) -> int:
        return sum(map(len, self._pieces))

    def __bool__(self) -> bool:
        return bool(self._pieces[0])

    def __contains__(self, key: Key) -> bool:
        piece = self._pieces[bisect_left(self._ends, key)]
        at = bisect_left(piece, key)
        return at < len(piece) and piece[at] == key

    @property
    def first(self) -> Key:
        """Give the lowest key; there must be one."""
        return self._pieces[0][0]

    def add(self, key: Key) -> None:
        """Put a key in its place."""
        ends = self._ends
        at = bisect_left(ends, key) if ends else 0
        piece = self._pieces[at]
        insort(piece, key)
        if len(piece) >= self._most:
            half = self._most // 2
            self._pieces[at : at + 1] = [piece[:half], piece[half:]]
            ends.insert(at, piece[half - 1])

    def remove(self, key: Key) -> None:
        """Take a key away, if it is there."""
        ends = self._ends
        at = bisect_left(ends, key) if ends else 0
        piece = self._pieces[at]
        within = bisect_left(piece, key)
        if within < len(piece) and piece[within] == key:
            del piece[within]
            if not piece and ends:
                del self._pieces[at]
                del ends[min(at, len(ends) - 1)]

    def before(self, key: Key) -> int:
        """Count the keys that come before this one."""
        at = bisect_left(self._ends, key)
        return sum(map(len, self._pieces[:at])) + bisect_left(self._pieces[at], key)
