"""A carrier's line in the settings: its keys, what they may hold, what must fit together. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from domain.settings_rules import (
    Key,
    Value,
    address_or_empty,
    between,
    count,
    each_of,
    host,
    host_or_empty,
    keys,
    matching,
    networks,
    one_of,
    port,
    port_or_none,
    variable,
)

_CODECS = ("alaw", "ulaw", "g722", "opus", "gsm")


def _codecs(value: Value) -> str:
    if isinstance(value, tuple) and {"g729", "g723"} & set(value):
        return "Asterisk 22.10.1 ships no G.729 codec: ask the carrier for G.711 A-law (alaw)"
    return each_of(*_CODECS)(value) if value else "name at least one codec: alaw"


def _dialled(name: str, default: str, marks: str) -> Key:
    text = f"must be digits around one of {' '.join('{' + mark + '}' for mark in marks)}"
    return Key(name, default, matching(rf"(\+?\d{{0,12}}\{{[{marks}]\}})?", text))


TRUNK = keys(
    Key(
        "name",
        "",
        matching(r"[a-z0-9][a-z0-9-]{0,31}", "must be small letters, digits and -"),
        needed=True,
    ),
    Key("kind", "address", one_of("address", "registration"), needed=True),
    Key("host", "", host, needed=True),
    Key("port", 5060, port),
    Key("transport", "udp", one_of("udp", "tcp", "tls")),
    Key("username", "", matching(r"[A-Za-z0-9._+-]*", "must be letters, digits and . _ + -")),
    Key("auth_user", "", matching(r"[A-Za-z0-9._+@-]*", "must be letters, digits and . _ + @ -")),
    Key("secret_env", "", variable),
    Key("secret_file", ""),
    Key("from_domain", "", host_or_empty),
    Key(
        "outbound_proxy",
        "",
        matching(r"(sips?:[A-Za-z0-9.:;=-]+)?", "must look like sip:proxy.example:5060"),
    ),
    Key("match", (), networks),
    Key("local_address", "", address_or_empty),
    Key("local_port", 0, port_or_none),
    Key("srtp", "off", one_of("off", "required")),
    Key("codecs", ("alaw",), _codecs),
    Key("dtmf", "auto", one_of("auto", "rfc4733", "inband", "info")),
    Key("qualify_s", 0, between(0, 3600)),
    Key("session_timer", "accept", one_of("accept", "off", "always")),
    Key("prack", "peer", one_of("peer", "off", "required")),
    Key("caller_sources", ("pai", "from"), each_of("from", "pai", "ppi", "rpid")),
    Key(
        "called_sources",
        ("uri", "to"),
        each_of("uri", "to", "pcpid", "diversion", "history"),
    ),
    Key("area_code", "", matching(r"(0\d{2,3})?", "must be an area code with its 0, as in 010")),
    Key("channels", 0, count),
    Key("over_limit", "busy", one_of("busy", "congestion", "unavailable", "rejected")),
    Key("numbers", (), matching(r"\+?\d{3,20}", "must be 3 to 20 digits, + allowed in front")),
    Key("present", "from", one_of("from", "pai", "ppi")),
    _dialled("dial_mobile", "{e}", "ne"),
    _dialled("dial_local", "{n}", "nel"),
    _dialled("dial_long", "{n}", "ne"),
    _dialled("dial_service", "{e}", "ne"),
    _dialled("dial_abroad", "", "ne"),
)
"""The keys of a `[[trunk]]`."""


@dataclass(frozen=True, slots=True)
class Trunk:
    """A line of a carrier; docs/settings.md explains each key.

    `username` is the public identity's user part (IMPU), `auth_user` the private one (IMPI) where
    it differs. The password is only referred to: by variable name or by file; `secret` is what
    `load_settings` found there and is never shown.
    """

    name: str
    kind: str
    host: str
    port: int
    transport: str
    username: str
    auth_user: str
    secret_env: str
    secret_file: str
    from_domain: str
    outbound_proxy: str
    match: tuple[str, ...]
    local_address: str
    local_port: int
    srtp: str
    codecs: tuple[str, ...]
    dtmf: str
    qualify_s: int
    session_timer: str
    prack: str
    caller_sources: tuple[str, ...]
    called_sources: tuple[str, ...]
    area_code: str
    channels: int
    over_limit: str
    numbers: tuple[str, ...]
    present: str
    dial_mobile: str
    dial_local: str
    dial_long: str
    dial_service: str
    dial_abroad: str
    secret: str = field(default="", repr=False)


def trunk_faults(
    trunk: Mapping[str, Any], sip: Mapping[str, Any], env: Mapping[str, str]
) -> Iterator[tuple[str, str]]:
    """What does not fit together in one trunk: (key, what is wrong)."""
    yield from _account_faults(trunk, env)
    yield from _way_faults(trunk, sip)
    for key in ("caller_sources", "called_sources"):
        if not trunk[key]:
            yield key, "name at least one header"
    if trunk["area_code"] == "" and "{l}" in trunk["dial_local"]:
        yield "area_code", "dial_local with {l} needs the area code of this line"


def _account_faults(trunk: Mapping[str, Any], env: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    registers = trunk["kind"] == "registration"
    if registers and not trunk["username"]:
        yield "username", "a trunk that registers needs a username"
    if registers and not (trunk["secret_env"] or trunk["secret_file"]):
        yield "secret_env", "give secret_env or secret_file"
    if not registers and not trunk["match"]:
        yield "match", "list the addresses that the carrier calls from"
    if trunk["auth_user"] and not (trunk["secret_env"] or trunk["secret_file"]):
        yield "auth_user", "an account needs its password: give secret_env or secret_file"
    if trunk["present"] != "from" and not trunk["username"]:
        yield "present", "with pai or ppi the From names the line: give its username"
    variable = trunk["secret_env"]
    if variable and not env.get(variable):
        yield "secret_env", f"the variable {variable} is not set"


def _way_faults(trunk: Mapping[str, Any], sip: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    if trunk["transport"] == "tls" and not sip["tls_port"]:
        yield "transport", "TLS needs sip.tls_port"
    if trunk["local_port"] and trunk["local_port"] in (sip["port"], sip["tls_port"]):
        yield "local_port", "is taken by [sip]: give another one"
    everywhere = sip["host"] in ("0.0.0.0", "::")  # noqa: S104
    if trunk["local_address"] and not trunk["local_port"] and everywhere:
        yield "local_port", f"is needed: [sip] listens on every address with port {sip['port']}"
