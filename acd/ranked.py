"""Sorted lists in pieces, so that adding and taking away cost the same at any length.

A plain list moves half a megabyte for each change once a hundred thousand callers wait. Most keys
come last and most leave from the front: these two ways cost nothing but a look.
"""

from bisect import bisect_left, insort
from collections.abc import Iterator
from typing import Any

Key = tuple[Any, ...]
PIECE = 128
"""A piece that grew to twice this is cut in two. Short ones: at the front a piece is moved up."""


class Ranked:
    """Tuples in order, each there once."""

    __slots__ = ("_ends", "_last", "_most", "_pieces")

    def __init__(self, piece: int = PIECE) -> None:
        self._most = 2 * piece
        self._last = list[Key]()
        self._pieces = [self._last]
        self._ends = list[Key]()
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
        """Give the lowest key, () when there is none."""
        piece = self._pieces[0]
        return piece[0] if piece else ()

    def add(self, key: Key) -> None:
        """Put a key in its place."""
        last = self._last
        if not last or key > last[-1]:
            if len(last) < self._most:
                last.append(key)
            else:
                self._ends.append(last[-1])
                self._last = [key]
                self._pieces.append(self._last)
        else:
            self._insert(key)

    def _insert(self, key: Key) -> None:
        at = bisect_left(self._ends, key)
        piece = self._pieces[at]
        insort(piece, key)
        if len(piece) > self._most:
            half = len(piece) // 2
            self._pieces[at : at + 1] = [piece[:half], piece[half:]]
            self._ends.insert(at, piece[half - 1])
            self._last = self._pieces[-1]

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
        if not piece and self._ends:
            del self._pieces[at]
            del self._ends[min(at, len(self._ends) - 1)]
            self._last = self._pieces[-1]

    def before(self, key: Key) -> int:
        """Count the keys that come before this one."""
        at = bisect_left(self._ends, key)
        return sum(map(len, self._pieces[:at])) + bisect_left(self._pieces[at], key)


class Lanes:
    """Places in order, in a lane for each level (their first part), so that most come last in one.

    `first` is the lowest place, () when there is none.
    """

    __slots__ = ("_lanes", "_levels", "first")

    def __init__(self) -> None:
        self.first: Key = ()
        self._levels = list[int]()
        self._lanes = dict[int, Ranked]()

    def __iter__(self) -> Iterator[Key]:
        for level in self._levels:
            yield from self._lanes[level]

    def __len__(self) -> int:
        return sum(map(len, self._lanes.values()))

    def __bool__(self) -> bool:
        return bool(self.first)

    def __contains__(self, place: Key) -> bool:
        return bool(place) and place[0] in self._lanes and place in self._lanes[place[0]]

    def add(self, place: Key) -> None:
        """Put a place in its lane."""
        lane = self._lanes.get(place[0])
        if lane is None:
            lane = self._lanes[place[0]] = Ranked()
            insort(self._levels, place[0])
        lane.add(place)
        if not self.first or place < self.first:
            self.first = place

    def remove(self, place: Key) -> None:
        """Take a place away, if it is there."""
        lane = self._lanes.get(place[0])
        if lane is not None:
            lane.remove(place)
            if place == self.first:
                self.first = lane.first or self._lowest()

    def _lowest(self) -> Key:
        for level in self._levels:
            if first := self._lanes[level].first:
                return first
        return ()

    def before(self, place: Key) -> int:
        """Count the places that come before this one."""
        if place == self.first:
            return 0
        level = place[0]
        mine = self._lanes.get(level)
        lower = sum(len(self._lanes[each]) for each in self._levels if each < level)
        return lower + (mine.before(place) if mine is not None else 0)
