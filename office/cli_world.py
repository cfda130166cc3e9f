"""What the office's commands are given, and what they give back."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from domain.clock import Clock
from office.keys import ApiKeys
from office.model import Config
from office.people import People
from office.publisher import Publisher


async def nobody(_version: int) -> bool:
    """Tell no engine of a new version."""
    return False


@dataclass(frozen=True, slots=True)
class OfficeWorld:
    """An open office. `announce` tells a running engine of a version; True = it took it.

    `advice` says what is sound but should be looked at, in both languages.
    """

    publisher: Publisher
    people: People
    clock: Clock
    announce: Callable[[int], Awaitable[bool]] = nobody
    by: str = "cli"
    advice: Callable[[Config, int], tuple[str, ...]] = lambda config, now_ms: ()

    @property
    def keys(self) -> ApiKeys:
        """Give the keys of machines."""
        return ApiKeys(self.people.db, self.clock)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a command did: `data` for programs, `lines` for people."""

    data: Mapping[str, Any]
    lines: tuple[str, ...]
