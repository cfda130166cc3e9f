"""Which installation settings exist, their defaults and what each may hold. A table, no logic."""

import ipaddress
import re
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import entry_points

Value = str | int | tuple[str, ...]
Check = Callable[[Value], str]

_NUMBER_SOURCES = ("from", "pai", "rpid", "ppi", "uri", "to", "diversion")
_CODECS = ("alaw", "ulaw", "g722", "opus", "gsm")


def _any(_: Value) -> str:
    return ""


def _port(value: Value) -> str:
    return "" if isinstance(value, int) and 1 <= value <= 65535 else "must be a port, 1 to 65535"


def _port_or_none(value: Value) -> str:
    return "" if value == 0 else _port(value)


def _count(value: Value) -> str:
    return "" if isinstance(value, int) and value >= 0 else "must be 0 or more"


def _one_of(*allowed: str) -> Check:
    def check(value: Value) -> str:
        return "" if value in allowed else f"must be one of {', '.join(allowed)}"

    return check


def _each_of(*allowed: str) -> Check:
    def check(value: Value) -> str:
        wrong = [item for item in value if item not in allowed] if isinstance(value, tuple) else []
        return f"{wrong[0]!r} is none of {', '.join(allowed)}" if wrong else ""

    return check


def _matching(pattern: str, text: str) -> Check:
    def check(value: Value) -> str:
        return "" if re.fullmatch(pattern, str(value)) else text

    return check


def _address(value: Value) -> str:
    try:
        ipaddress.ip_address(str(value))
    except ValueError:
        return "must be an IP address"
    return ""


def _networks(value: Value) -> str:
    for item in value if isinstance(value, tuple) else ():
        try:
            ipaddress.ip_network(item)
        except ValueError:
            return f"{item!r} is not an IP address or network"
    return ""


def _places(value: Value) -> str:
    for item in value if isinstance(value, tuple) else ():
        host, _, port = item.rpartition(":")
        if not host or not port.isdigit() or _port(int(port)):
            return f"{item!r} is not host:port"
    return ""


_host = _matching(r"[A-Za-z0-9.:-]+", "must be a host name or an IP address")
_host_or_empty = _matching(r"[A-Za-z0-9.:-]*", "must be a host name or an IP address")
_proxy = _matching(r"(sips?:[A-Za-z0-9.:;=-]+)?", "must look like sip:proxy.example:5060")
_word = _matching(r"[a-z0-9][a-z0-9-]{0,31}", "must be small letters, digits and -")
_user = _matching(r"[A-Za-z0-9._+@-]*", "must be letters, digits and . _ + @ -")
_digits = _matching(r"\d*", "must be digits")
_variable = _matching(r"([A-Za-z_][A-Za-z0-9_]*)?", "must be the name of a variable")


@dataclass(frozen=True, slots=True)
class Key:
    """One setting: its default fixes its type, `rule` says what is wrong with a value ("" = ok)."""

    name: str
    default: Value
    rule: Check = _any
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


def _entry(group: str, *, none: bool = False) -> Check:
    """Accept the name of something installed in an entry-point group, "" where none will do."""

    def check(value: Value) -> str:
        known = sorted(entry_points(group=group).names)
        if value in known or (none and value == ""):
            return ""
        return f"is not installed; there is {', '.join(known) or 'none'}"

    return check


def _keys(*keys: Key) -> dict[str, Key]:
    return {key.name: key for key in keys}


SECTIONS = {
    "web": _keys(
        Key("host", "127.0.0.1", _host),
        Key("port", 8080, _port),
        Key("tls", "off", _one_of("off", "local-ca", "files")),
        Key("cert", ""),
        Key("key", ""),
    ),
    "sip": _keys(
        Key("host", "127.0.0.1", _address),
        Key("port", 5160, _port),
        Key("phone_qualify_s", 60, _count),
    ),
    "media": _keys(
        Key("rtp_start", 16000, _port),
        Key("rtp_end", 16999, _port),
        Key("external_address", "", _host_or_empty),
    ),
    "ports": _keys(
        Key("ami", 5138, _port), Key("agi", 4573, _port), Key("asterisk_http", 8188, _port)
    ),
    "paths": _keys(Key("data", "var", _matching(r"[^\s]+", "must be a folder without blanks"))),
    "database": _keys(Key("url", "")),
    "language": _keys(Key("default", "zh-CN", _one_of("zh-CN", "en"))),
    "outside": _keys(Key("on_site", ("127.0.0.1:8190",), _places)),
    "extensions": _keys(
        Key("storage", "folder", _entry("yingda.storage")),
        Key("notifier", "", _entry("yingda.notifier", none=True)),
    ),
    "demo": _keys(Key("crm_port", 8190, _port_or_none)),
}
"""Section → its keys."""

LISTS = {
    "trunk": _keys(
        Key("name", "", _word, needed=True),
        Key("kind", "address", _one_of("address", "registration"), needed=True),
        Key("host", "", _host, needed=True),
        Key("port", 5060, _port),
        Key("transport", "udp", _one_of("udp", "tcp")),
        Key("username", "", _user),
        Key("secret_env", "", _variable),
        Key("secret_file", ""),
        Key("match", (), _networks),
        Key("from_domain", "", _host_or_empty),
        Key("outbound_proxy", "", _proxy),
        Key("codecs", ("alaw",), _each_of(*_CODECS)),
        Key("dtmf", "auto", _one_of("auto", "rfc4733", "inband", "info")),
        Key("caller_sources", ("pai", "from"), _each_of(*_NUMBER_SOURCES)),
        Key("called_sources", ("uri", "to"), _each_of(*_NUMBER_SOURCES)),
        Key("area_code", "", _digits),
        Key("channels", 0, _count),
    ),
}
"""Sections that may stand several times, written with two brackets."""
