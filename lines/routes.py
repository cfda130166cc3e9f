"""Over which trunks a call out goes and under which number, in the order of trying. Pure.

A number may be shown only on a trunk where it is registered (MIIT 2020: numbers are used as
registered), so each route has its own caller id, written as that trunk's settings write it.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from domain.numbers import parse
from lines.dial_table import Line, dialled

MOST = 3
"""Trunks tried for one call at most."""


@dataclass(frozen=True, slots=True)
class Route:
    """One way out: the trunk, what is dialled on it, and the number that the far side sees."""

    trunk: str
    number: str
    caller_id: str

    def __str__(self) -> str:
        """Write it as events and commands carry it: `trunk:number as dialled`."""
        return f"{self.trunk}:{self.number}"


def routes(
    key: str,
    caller_ids: Sequence[str],
    lines: Sequence[Line],
    down: Collection[str] = (),
) -> tuple[Route, ...]:
    """Find the ways to a number, as the settings order them; trunks in `down` are tried last."""
    found = []
    for line in sorted(lines, key=lambda line: line.name in down):
        number, shown = dialled(key, line), shown_on(line, caller_ids)
        if number and shown:
            found.append(Route(line.name, number, shown))
    return tuple(found[:MOST])


def shown_on(line: Line, caller_ids: Sequence[str]) -> str:
    """Give the first of these caller ids that the trunk has registered, as it is written there."""
    registered = {parse(number, line.area_code): number for number in line.numbers}
    registered.pop("", None)
    keys = (parse(number, line.area_code) for number in caller_ids)
    return next((registered[key] for key in keys if key in registered), "")
