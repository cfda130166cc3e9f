"""What one setting may hold: `Key` and the rules that tables of settings are made of. Pure."""

import ipaddress
import re
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import entry_points

Value = str | int | tuple[str, ...]
Check = Callable[[Value], str]
"""A rule says what is wrong with a value; "" means nothing is."""


def anything(_: Value) -> str:
    """Accept every value."""
    return ""


def port(value: Value) -> str:
    """Accept a port of TCP or UDP."""
    return "" if isinstance(value, int) and 1 <= value <= 65535 else "must be a port, 1 to 65535"


def port_or_none(value: Value) -> str:
    """Accept a port, or 0 for none."""
    return "" if value == 0 else port(value)


def count(value: Value) -> str:
    """Accept 0 and more."""
    return "" if isinstance(value, int) and value >= 0 else "must be 0 or more"


def between(least: int, most: int) -> Check:
    """Accept whole numbers, both ends included."""

    def check(value: Value) -> str:
        fits = isinstance(value, int) and least <= value <= most
        return "" if fits else f"must be {least} to {most}"

    return check


def one_of(*allowed: str) -> Check:
    """Accept one of these words."""

    def check(value: Value) -> str:
        return "" if value in allowed else f"must be one of {', '.join(allowed)}"

    return check


def each_of(*allowed: str) -> Check:
    """Accept a list of these words."""

    def check(value: Value) -> str:
        wrong = [item for item in value if item not in allowed] if isinstance(value, tuple) else []
        return f"{wrong[0]!r} is none of {', '.join(allowed)}" if wrong else ""

    return check


def matching(pattern: str, text: str) -> Check:
    """Accept what the pattern describes whole; of a list, every item."""

    def check(value: Value) -> str:
        items = value if isinstance(value, tuple) else (str(value),)
        wrong = [item for item in items if not re.fullmatch(pattern, item, re.ASCII)]
        return (f"{wrong[0]!r} {text}" if isinstance(value, tuple) else text) if wrong else ""

    return check


def address(value: Value) -> str:
    """Accept one IP address."""
    try:
        ipaddress.ip_address(str(value))
    except ValueError:
        return "must be an IP address"
    return ""


def address_or_empty(value: Value) -> str:
    """Accept one IP address, or "" for none."""
    return address(value) if value else ""


def networks(value: Value) -> str:
    """Accept a list of IP addresses and networks."""
    for item in value if isinstance(value, tuple) else ():
        try:
            ipaddress.ip_network(item)
        except ValueError:
            return f"{item!r} is not an IP address or network"
    return ""


def places(value: Value) -> str:
    """Accept a list of host:port."""
    return _first_wrong(value, "is not host:port")


def place_or_empty(value: Value) -> str:
    """Accept one host:port, or "" for none."""
    return _first_wrong((str(value),), "is not host:port") if value else ""


def _first_wrong(value: Value, text: str) -> str:
    for item in value if isinstance(value, tuple) else ():
        name, _, number = item.rpartition(":")
        if not name or not number.isdigit() or port(int(number)):
            return f"{item!r} {text}"
    return ""


def port_range(value: Value) -> str:
    """Accept "FIRST-LAST" of at least four ports: a call takes an even one and the next."""
    found = re.fullmatch(r"(\d{1,5})-(\d{1,5})", str(value), re.ASCII)
    if not found:
        return "must look like 16000-16999"
    first, last = int(found[1]), int(found[2])
    if port(first) or port(last) or last - first < 3:
        return "must be at least four ports, 1 to 65535, the lower one first"
    return ""


def installed(group: str, *, none: bool = False, ours: tuple[str, ...] = ()) -> Check:
    """Accept the name of something installed in an entry-point group, "" where none will do.

    `ours` are names beside it that need no entry.
    """

    def check(value: Value) -> str:
        known = sorted({*entry_points(group=group).names, *ours})
        if value in known or (none and value == ""):
            return ""
        return f"is not installed; there is {', '.join(known) or 'none'}"

    return check


host = matching(r"[A-Za-z0-9.:-]+", "must be a host name or an IP address")
host_or_empty = matching(r"[A-Za-z0-9.:-]*", "must be a host name or an IP address")
variable = matching(r"([A-Za-z_][A-Za-z0-9_]*)?", "must be the name of a variable")


@dataclass(frozen=True, slots=True)
class Key:
    """One setting: its default fixes its type, `rule` says what is wrong with a value ("" = ok)."""

    name: str
    default: Value
    rule: Check = anything
    needed: bool = False

    def check(self, given: object) -> tuple[Value, str]:
        """The value as we keep it, and what is wrong with it."""
        value = tuple(given) if isinstance(given, list) else given
        kind = _KINDS[type(self.default)]
        if not isinstance(value, type(self.default)) or isinstance(value, bool):
            return self.default, f"must be {kind}"
        if isinstance(value, tuple) and not all(isinstance(item, str) for item in value):
            return self.default, f"must be {kind}"
        return value, self.rule(value)

    def from_text(self, text: str) -> tuple[Value, str]:
        """The same for a value from the environment; lists are separated by commas."""
        if isinstance(self.default, int):
            return self.check(int(text) if re.fullmatch(r"-?\d+", text) else text)
        if isinstance(self.default, tuple):
            return self.check([item.strip() for item in text.split(",") if item.strip()])
        return self.check(text)


_KINDS = {str: "a text in quotes", int: "a whole number", tuple: "a list of texts"}


def keys(*given: Key) -> dict[str, Key]:
    """Index settings by name."""
    return {key.name: key for key in given}
