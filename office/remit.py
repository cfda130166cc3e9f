"""What part of the work somebody looks after: groups, hotlines and sites. Pure.

>>> read(written(Remit(frozenset(["presale"])))).groups
frozenset({'presale'})
>>> read("") is None, read(written(Remit())) == Remit()
(True, True)
"""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass

LIMITED = ("qa", "supervisor")
"""Roles that may be held to a part of the work."""


@dataclass(frozen=True, slots=True)
class Remit:
    """Ids of groups, numbers of hotlines, ids of sites; one that names nothing shows nothing."""

    groups: frozenset[str] = frozenset()
    hotlines: frozenset[str] = frozenset()
    sites: frozenset[str] = frozenset()


def remit(
    groups: Iterable[str] = (), hotlines: Iterable[str] = (), sites: Iterable[str] = ()
) -> Remit:
    """Make a remit of any lists."""
    return Remit(frozenset(groups), frozenset(hotlines), frozenset(sites))


def read(text: str) -> Remit | None:
    """Read what a row of `user` holds; None = the whole firm."""
    return remit(**json.loads(text)) if text else None


def written(given: Remit | None) -> str:
    """Write it the one way it is stored."""
    if given is None:
        return ""
    return json.dumps({name: sorted(ids) for name, ids in asdict(given).items()})
