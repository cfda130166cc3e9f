"""What part of the work somebody looks after: groups, hotlines and sites. Pure.

>>> read(written(Remit(frozenset(["presale"])))).groups
frozenset({'presale'})
>>> read("") is None, read(written(Remit())) == Remit()
(True, True)
"""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass

from domain.errors import Fault, Refused
from office.model import Config
from office.texts import both

LIMITED = ("qa", "auditor", "supervisor")
"""Roles that may be held to a part of the work; an auditor's trail and versions stay whole."""
API = "api"
"""The role of machines: a key may be held to a part of the work too."""


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


def check(given: Remit | None, config: Config) -> None:
    """Refuse a remit that names what the firm does not have."""
    there = {
        "groups": {each.id for each in config.groups},
        "hotlines": {each.number for each in config.hotlines},
        "sites": {each.id for each in config.firm.sites},
    }
    faults = [
        Fault("", 0, f"remit.{name}", both(f"没有：{listed}", f"there is no {listed}"))
        for name, ids in (asdict(given) if given is not None else {}).items()
        if (listed := ", ".join(sorted(ids - there[name])))
    ]
    if faults:
        raise Refused(*faults)


def read(text: str) -> Remit | None:
    """Read what a row of `user` holds; None = the whole firm."""
    return remit(**json.loads(text)) if text else None


def written(given: Remit | None) -> str:
    """Write it the one way it is stored."""
    if given is None:
        return ""
    return json.dumps({name: sorted(ids) for name, ids in asdict(given).items()})
