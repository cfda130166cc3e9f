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
    """Tuples in order, each there once.

    Most come last and most leave from the front: these two ways cost nothing but a look.
    """

    __slots__ = ("_ends", "_most", "_pieces", "_size")

    def __init__(self, piece: int = PIECE) -> None:
        self._most, self._size = 2 * piece, 0
        self._pieces: list[list[Key]] = [[]]
        self._ends: list[Key] = []
        """The last key of each piece but the last one."""

    def __iter__(self) -> Iterator[Key]:
        for piece in self._pieces:
            yield from piece

    def __len__(self) -> int:
        return self._size

    def __contains__(self, key: Key) -> bool:
        piece = self._pieces[bisect_left(self._ends, key)]
        at = bisect_left(piece, key)
        return at < len(piece) and piece[at] == key

    @property
    def first(self) -> Key:
        """Give the lowest key, () when there is none."""
        piece = self._pieces[0]
        return piece[0] if piece else ()

    def add(self, key: Key) -> None:
        """Put a key in its place."""
        piece = self._pieces[-1]
        self._size += 1
        if piece and key > piece[-1]:
            at = len(self._ends)
            piece.append(key)
        else:
            at = bisect_left(self._ends, key)
            piece = self._pieces[at]
            insort(piece, key)
        if len(piece) >= self._most:
            self._cut(at, piece)

    def _cut(self, at: int, piece: list[Key]) -> None:
        half = len(piece) // 2
        self._pieces[at : at + 1] = [piece[:half], piece[half:]]
        self._ends.insert(at, piece[half - 1])

    def remove(self, key: Key) -> None:
        """Take a key away, if it is there."""
        at, within, piece = 0, 0, self._pieces[0]
        if not piece or piece[0] is not key:
            at = bisect_left(self._ends, key)
            piece = self._pieces[at]
            within = bisect_left(piece, key)
            if within >= len(piece) or piece[within] != key:
                return
        del piece[within]
        self._size -= 1
        if not piece and self._ends:
            del self._pieces[at]
            del self._ends[min(at, len(self._ends) - 1)]

    def before(self, key: Key) -> int:
        """Count the keys that come before this one."""
        if key <= self.first:
            return 0
        at = bisect_left(self._ends, key)
        return sum(map(len, self._pieces[:at])) + bisect_left(self._pieces[at], key)
