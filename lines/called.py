"""Who calls and which hotline is meant, read from the headers that a trunk's carrier sends. Pure.

`headers` maps a source's name to the header's text, not encoded any more: from, to, uri (the
R-URI), pai, ppi, rpid, pcpid, diversion, history, privacy. Which of them tells the truth differs
from carrier to carrier: `caller_sources` and `called_sources` of the trunk say it, in order.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from domain.headers import asks_privacy, from_header, numbers_of
from domain.numbers import CallerNumber, parse

Headers = Mapping[str, str]
TELLING = ("diversion", "history", "pcpid")
"""Sources that may name the 400 number when several of them lead to one landline."""
_TAIL = range(4, 9)
_LOCAL = range(7, 9)
_Fits = Callable[[str, str], bool]


@dataclass(frozen=True, slots=True)
class Owned:
    """A number of a hotline, as it is called; `trunk` "" = on every trunk."""

    hotline: str
    number: str
    trunk: str = ""


@dataclass(frozen=True, slots=True)
class Match:
    """Which hotline a call is for, and the number that said so."""

    hotline: str
    number: str


def caller(headers: Headers, sources: Sequence[str], area: str = "") -> CallerNumber:
    """Give who calls: the first source with a number, and whether nobody may see it."""
    numbers = [from_header(headers.get(source, ""), area) for source in sources]
    known = [number for number in numbers if number.key] or [n for n in numbers if n.raw]
    found = known[0] if known else CallerNumber("", "")
    sender = headers.get("from", "")
    name = found.name or from_header(sender).name
    privacy, party = headers.get("privacy", ""), headers.get("rpid", "")
    return replace(found, name=name, withheld=asks_privacy(privacy, party, sender))


def called(headers: Headers, sources: Sequence[str], area: str = "") -> tuple[str, ...]:
    """Give the keys of the numbers that may have been called, the likeliest first."""
    keys = [key for source in sources for key in numbers_of(headers.get(source, ""), area)]
    return tuple(dict.fromkeys(keys))


def match(candidates: Iterable[str], owned: Sequence[Owned], area: str = "") -> Match | None:
    """Find the hotline: a number of its own, else one that ends alike; None when nobody owns it.

    Of a number that several hotlines share, the candidates after it decide, else the first one.
    """
    keys = tuple(candidates)
    shared: Match | None = None
    for fits in (_same, _ends_alike):
        for key in keys:
            owners = _owners(key, owned, area, fits)
            if len(owners) == 1:
                return Match(owners[0], key)
            if owners and fits is _same and shared is None:
                shared = Match(owners[0], key)
    return shared


def on_trunk(owned: Iterable[Owned], trunk: str) -> tuple[Owned, ...]:
    """Give the numbers that count on this trunk."""
    return tuple(each for each in owned if each.trunk in ("", trunk))


def _owners(key: str, owned: Sequence[Owned], area: str, fits: _Fits) -> list[str]:
    return list(dict.fromkeys(o.hotline for o in owned if fits(key, _known(o.number, area))))


def _same(key: str, known: str) -> bool:
    return key == known


def _ends_alike(key: str, known: str) -> bool:
    """Carriers send the last 4 to 8 digits; a firm may have written a landline without area."""
    short = len(key) in _TAIL and known.endswith(key)
    return short or (len(known) in _LOCAL and key.endswith(known))


@lru_cache(4096)
def _known(number: str, area: str) -> str:
    return parse(number, area)
