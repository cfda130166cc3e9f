"""Callers whom the firm treats apart, by the key of their number: served earlier, or not let in."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from office.model import Config


@dataclass(frozen=True, slots=True)
class Callers:
    """`vip`: how much is taken off the group's priority number. `blocked`: reject or message."""

    vip: Mapping[str, int] = field(default_factory=dict)
    blocked: Mapping[str, str] = field(default_factory=dict)
    lists: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def lists_of(self, number: str) -> tuple[str, ...]:
        """Name the firm's lists that this number stands on."""
        return tuple(name for name, numbers in self.lists.items() if number in numbers)


def callers_of(config: Config) -> Callers:
    """Index both lists by number."""
    return Callers(
        {each.number: each.level for each in config.vip},
        {each.number: each.do for each in config.blacklist},
        {each.id: frozenset(each.numbers) for each in config.lists},
    )
