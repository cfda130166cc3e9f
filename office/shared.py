"""Further numbers that several hotlines share: can a carrier's headers tell the calls apart? Pure.

One landline may be bound to two 400 numbers. Then only Diversion, History-Info or
P-Called-Party-ID says which of them was dialled, and the trunk must be told to read it.
"""

from collections.abc import Iterator, Mapping

from domain.numbers import parse
from office.model import Hotline
from office.reading import Path
from office.texts import both

Lines = Mapping[str, tuple[str, ...]]
"""Trunk → its `called_sources`, from the installation's settings."""
_TELLING = frozenset(("diversion", "history", "pcpid"))
_Place = tuple[Path, str, str]


def split_number(entry: str) -> tuple[str, str]:
    """Take an entry of `also_called` apart: the number, and the trunk it counts on ("" = all).

    >>> split_number("02860000001@north"), split_number("02860000001")
    (('02860000001', 'north'), ('02860000001', ''))
    """
    number, _, trunk = entry.partition("@")
    return number, trunk


def undivided(hotlines: Mapping[int, Hotline], lines: Lines) -> Iterator[tuple[Path, str]]:
    """Find further numbers whose calls nobody can tell apart, and trunks that are not there."""
    seen: dict[str, list[_Place]] = {}
    for path, number, trunk in _entries(hotlines):
        if trunk and trunk not in lines:
            yield path, _no_trunk(trunk, lines)
            continue
        before = seen.setdefault(parse(number), [])
        for other, _, elsewhere in before:
            deaf = _deaf(trunk, elsewhere, lines) if other[0] != path[0] else None
            if deaf is not None:
                yield path, _cannot_tell(number, deaf)
                break
        before.append((path, number, trunk))


def _entries(hotlines: Mapping[int, Hotline]) -> Iterator[_Place]:
    for place, hotline in hotlines.items():
        for n, entry in enumerate(hotline.also_called):
            yield ((place, "also_called", n), *split_number(entry))


def _deaf(one: str, other: str, lines: Lines) -> list[str] | None:
    """Name the trunks on which both entries count and that read no telling header; None = well."""
    if one and other and one != other:
        return None
    common = [one or other] if one or other else sorted(lines)
    deaf = [trunk for trunk in common if not _TELLING & set(lines[trunk])]
    return deaf if deaf or not common else None


def _cannot_tell(number: str, deaf: list[str]) -> str:
    listed = ", ".join(deaf) or "[[trunk]]"
    sources = "diversion, history, pcpid"
    return both(
        f"{number} 另一条热线也有，分不清：中继 {listed} 的 called_sources 里没有 {sources}",
        f"another hotline has {number} too and calls cannot be told apart:"
        f" called_sources of trunk {listed} names none of {sources}",
    )


def _no_trunk(trunk: str, lines: Lines) -> str:
    there = ", ".join(sorted(lines)) or "-"
    return both(
        f"没有这条中继：{trunk}（现有 {there}）", f"unknown trunk {trunk}; there is {there}"
    )
