"""Who guesses SIP passwords is shut out for a while: counts failures by address. Pure.

The source of UDP can be forged, so an address that has just shown that it knows a password, the
carriers' and those that the firm names are never shut out: otherwise anybody could shut them out.

>>> guard = Guard(Rules(most=2))
>>> [guard.failed("192.0.2.9", at) for at in (0, 1)][-1] is not None
True
>>> guard.known("192.0.2.8", 0); [guard.failed("192.0.2.8", at) for at in (1, 2, 3)]
[None, None, None]
"""

import ipaddress
import json
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

Network = ipaddress.IPv4Network | ipaddress.IPv6Network

FAILURES = frozenset(("InvalidAccountID", "InvalidPassword", "ChallengeResponseFailed"))
"""Asterisk's security events that are a guess."""
PROOFS = frozenset(("SuccessfulAuth",))
"""And the one that says that a password was known."""
HOUR_MS = 3_600_000
KNOWN_MS = 24 * HOUR_MS
MOST_ADDRESSES = 10_000
MOST_BANS = 1_000
ALWAYS = ("127.0.0.1/32", "127.0.0.2/32", "::1/128")
"""Browsers' signalling comes from our own proxy, test calls from the second."""


@dataclass(frozen=True, slots=True)
class Rules:
    """`most` failures within `window_ms` shut an address out for `ban_ms`; `never` are networks."""

    most: int = 20
    window_ms: int = HOUR_MS // 6
    ban_ms: int = HOUR_MS
    never: tuple[Network, ...] = ()

    def spares(self, address: str) -> bool:
        """Tell whether an address may never be shut out."""
        at = ipaddress.ip_address(address)
        return any(at in network for network in self.never)


@dataclass(frozen=True, slots=True)
class Ban:
    """An address that is shut out until `until`; UTC ms."""

    address: str
    since: int
    until: int
    tries: int


class Guard:
    """Remembers who failed and who is known; tells whom to shut out."""

    def __init__(self, rules: Rules, bans: Iterable[Ban] = ()) -> None:
        self.rules = rules
        self.bans = {ban.address: ban for ban in bans}
        self._failed: OrderedDict[str, list[int]] = OrderedDict()
        self._known: OrderedDict[str, int] = OrderedDict()

    def known(self, address: str, now: int) -> None:
        """Note that an address knew a password."""
        self._failed.pop(address, None)
        self._known.pop(address, None)
        self._known[address] = now
        _shorten(self._known)

    def failed(self, address: str, now: int) -> Ban | None:
        """Note a failure; gives the ban when it was one too many."""
        if address in self.bans or self._is_spared(address, now):
            return None
        tries = [at for at in self._failed.pop(address, []) if now - at < self.rules.window_ms]
        tries.append(now)
        if len(tries) < self.rules.most or len(self.bans) >= MOST_BANS:
            self._failed[address] = tries[-self.rules.most :]
            _shorten(self._failed)
            return None
        ban = Ban(address, now, now + self.rules.ban_ms, len(tries))
        self.bans[address] = ban
        return ban

    def _is_spared(self, address: str, now: int) -> bool:
        known = self._known.get(address)
        return (known is not None and now - known < KNOWN_MS) or self.rules.spares(address)

    def over(self, now: int) -> list[str]:
        """Let go of those whose time is over; gives their addresses."""
        gone = [each.address for each in self.bans.values() if each.until <= now]
        for address in gone:
            del self.bans[address]
        return gone


def _shorten(kept: "OrderedDict[str, Any]") -> None:
    while len(kept) > MOST_ADDRESSES:
        kept.popitem(last=False)


def networks(texts: Iterable[str]) -> tuple[Network, ...]:
    """Read addresses and networks; names of hosts are left out."""
    return tuple(_networks(texts))


def _networks(texts: Iterable[str]) -> Iterator[Network]:
    for text in texts:
        try:
            yield ipaddress.ip_network(text, strict=False)
        except ValueError:
            continue


def address_of(remote: str) -> str:
    """Take the address out of `IPV4/UDP/192.0.2.9/5060`; "" when there is none.

    >>> address_of("IPV4/UDP/192.0.2.9/5060"), address_of("nonsense")
    ('192.0.2.9', '')
    """
    parts = remote.split("/")
    try:
        return str(ipaddress.ip_address(parts[2])) if len(parts) == 4 else ""
    except ValueError:
        return ""


def written(bans: Mapping[str, Ban]) -> str:
    """Write the bans as they are kept."""
    return json.dumps([asdict(ban) for ban in bans.values()], indent=1)


def read(text: str) -> tuple[Ban, ...]:
    """Read what `written` wrote; nothing of what is not that."""
    try:
        return tuple(Ban(**row) for row in json.loads(text) if address_of(f"//{row['address']}/"))
    except (ValueError, TypeError, KeyError):
        return ()


def section(addresses: Iterable[str]) -> str:
    """Write pjsip.conf's access list: Asterisk answers 403 to these, and nothing else."""
    denied = [f"deny = {ipaddress.ip_network(address)}" for address in sorted(addresses)]
    return "\n".join(("[banned]", "type = acl", *denied)) if denied else ""
