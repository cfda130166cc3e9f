"""What Asterisk loads must let nobody in: rules over the rendered files, each one a line. Pure.

A rule that is broken keeps the files from being written; the dialplan's own rules stand in
`pbx.hardening_dialplan`. Why each is there: docs/howto/security.md.
"""

import ipaddress
import re
from collections.abc import Callable, Iterator, Mapping
from itertools import chain

from domain.errors import Fault
from pbx.conf import Line, lines
from pbx.hardening_dialplan import DIALPLAN, dialplan_faults

Rows = Mapping[str, list[Line]]
Broken = tuple[Line, str]

RIGHTS: Mapping[str, tuple[frozenset[str], frozenset[str]]] = {
    "engine": (
        frozenset(("call", "agent", "user")),
        frozenset(("call", "originate", "agent", "reporting")),
    ),
    "watch": (frozenset(("system",)), frozenset(("system",))),
    "publish": (frozenset(), frozenset(("config", "reporting"))),
    "guard": (frozenset(("security", "system")), frozenset()),
}
"""The AMI users, what each may read and write at most; `system` and `originate` run programs."""
MODULES = re.compile(
    r"messaging|ari_|res_ari|app_system|func_shell|func_curl|res_curl|pbx_spool|anonymous|app_disa"
    r"|app_externalivr|app_originate|app_minivm|app_voicemail|app_festival|func_env|func_odbc"
    r"|res_phoneprov|res_pjsip_config_wizard|pbx_dundi|pbx_lua|pbx_ael|chan_iax2|chan_sip"
    r"|res_xmpp|cdr_manager|manager_system"
)
"""Modules that would open a door that we do not need."""
OURS = re.compile(r"dialplan-[a-z]+\.conf")
WIDEST = {4: 8, 6: 16}
"""The shortest network prefix that may be a carrier's."""
MUST: tuple[tuple[str, str, str, str], ...] = (
    ("asterisk.conf", "options", "live_dangerously", "no"),
    ("manager.conf", "general", "bindaddr", "127.0.0.1"),
    ("manager.conf", "general", "webenabled", "no"),
    ("http.conf", "general", "bindaddr", "127.0.0.1"),
    ("http.conf", "general", "enable_static", "no"),
    ("http.conf", "general", "enable_status", "no"),
    ("modules.conf", "modules", "autoload", "no"),
    ("rtp.conf", "general", "strictrtp", "yes"),
    ("pjsip.conf", "global", "endpoint_identifier_order", "ip,username"),
    ("pjsip.conf", "global", "user_agent", "SIP"),
    ("pjsip.conf", "trunk", "callerid", "unknown <0>"),
    ("pjsip.conf", "trunk", "trust_id_inbound", "no"),
    ("pjsip.conf", "trunk", "allow_transfer", "no"),
    ("pjsip.conf", "trunk", "allow_subscribe", "no"),
    ("pjsip.conf", "trunk", "context", "from-trunk"),
    ("pjsip.conf", "phone", "trust_id_inbound", "no"),
    ("pjsip.conf", "phone", "allow_subscribe", "no"),
    ("pjsip.conf", "phone", "context", "from-agents"),
    ("pjsip.conf", "browser", "trust_id_inbound", "no"),
    ("pjsip.conf", "browser", "allow_transfer", "no"),
    ("features.conf", "featuremap", "blindxfer", ""),
    ("features.conf", "featuremap", "atxfer", ""),
)
"""File, section, key and the one value that it must have, wherever else it is named too."""


def faults(files: Mapping[str, str]) -> list[Fault]:
    """List every rule that the rendered files break, by file and line; empty = nothing is open."""
    rows = {name: list(_read(name, text)) for name, text in files.items()}
    told = [
        Fault(row.file, row.number, f"{row.section}.{row.key}", text)
        for rule in _RULES
        for row, text in rule(rows)
    ]
    return [*told, *_lacking(rows), *dialplan_faults(files)]


def _read(name: str, text: str) -> Iterator[Line]:
    """Of the dialplan only what it takes in; its steps have rules of their own."""
    return (row for row in lines(name, text) if name not in DIALPLAN or row.key.startswith("#"))


def _lacking(rows: Rows) -> Iterator[Fault]:
    for file, section, key, value in MUST:
        said = [row.value for row in _of(rows, file, section) if row.key == key]
        if file in rows and said != [value]:
            yield Fault(file, 0, f"{section}.{key}", f"must be {value!r} once, is {said}")


def _of(rows: Rows, file: str, section: str = "") -> list[Line]:
    return [row for row in rows.get(file, ()) if section in ("", row.section)]


def _nothing_from_elsewhere(rows: Rows) -> Iterator[Broken]:
    for row in chain.from_iterable(rows.values()):
        if row.key.startswith("#") and not (row.key == "#include" and OURS.fullmatch(row.value)):
            yield row, "takes in what we did not write"


def _no_dangerous_module(rows: Rows) -> Iterator[Broken]:
    for row in _of(rows, "modules.conf"):
        if row.key in ("load", "require", "preload") and MODULES.search(row.value):
            yield row, "this module opens a door that nothing needs"


def _ami_rights(rows: Rows) -> Iterator[Broken]:
    for row in _of(rows, "manager.conf"):
        if row.section not in ("general", "user", *RIGHTS):
            yield row, "an AMI user that we do not know"
        elif row.section in RIGHTS and row.key in ("read", "write"):
            most = RIGHTS[row.section][row.key == "write"]
            over = {word.strip() for word in row.value.split(",") if word.strip()} - most
            if over:
                yield row, f"more than this AMI user needs: {', '.join(sorted(over))}"


def _ami_only_from_here(rows: Rows) -> Iterator[Broken]:
    for row in _of(rows, "manager.conf"):
        if row.section in RIGHTS and row.key == "secret":
            if row.parents != "user":
                yield row, "does not stand on [user], which shuts out every other machine"
            if len(row.value) < 24:
                yield row, "the secret is shorter than 24"
        if row.key == "permit" and row.value != "127.0.0.1/255.255.255.255":
            yield row, "the AMI is for this machine only"


def _known_callers(rows: Rows) -> Iterator[Broken]:
    for row in _of(rows, "pjsip.conf"):
        if row.section.startswith("anonymous") or "anonymous" in row.value:
            yield row, "calls of strangers would be taken"
        elif row.key == "match" and _is_wide(row.value):
            yield row, "takes calls from half the world: name the carrier's own networks"
        elif row.key in ("trust_id_inbound", "allow_subscribe") and row.value != "no":
            yield row, "who calls would say who they are"
        elif row.key == "context" and row.value not in ("from-trunk", *_INSIDE):
            yield row, "is no way in"


def _is_wide(text: str) -> bool:
    try:
        network = ipaddress.ip_network(text, strict=False)
    except ValueError:
        return False
    return network.prefixlen < WIDEST[network.version]


_INSIDE = ("from-agents", "from-test-caller")


def _strong_accounts(rows: Rows) -> Iterator[Broken]:
    for row in _of(rows, "pjsip.conf"):
        ours = not row.section.startswith("trunk-")
        if ours and row.key == "password" and len(row.value) < 24:
            yield row, "the password is shorter than 24"


def _every_phone_signs_in(rows: Rows) -> Iterator[Broken]:
    phones = {row.section: row for row in _of(rows, "pjsip.conf") if row.parents in _PHONES}
    for row in _of(rows, "pjsip.conf"):
        if row.key == "auth" and row.value == row.section:
            phones.pop(row.section, None)
    for row in phones.values():
        yield row, "this phone would need no password"


_PHONES = ("phone", "browser")


def _logs_keep_no_keys(rows: Rows) -> Iterator[Broken]:
    for row in _of(rows, "logger.conf", "logfiles"):
        words = {word.strip() for word in row.value.split(",")}
        if words & {"dtmf", "debug", "*"}:
            yield row, "what callers type and SIP in full would stand in a log"


def _copies_stay_here(rows: Rows) -> Iterator[Broken]:
    for row in _of(rows, "hep.conf"):
        if row.key == "capture_address" and not row.value.startswith("127.0.0.1:"):
            yield row, "SIP with everything in it would leave this machine"


_RULES: tuple[Callable[[Rows], Iterator[Broken]], ...] = (
    _nothing_from_elsewhere,
    _no_dangerous_module,
    _ami_rights,
    _ami_only_from_here,
    _known_callers,
    _strong_accounts,
    _every_phone_signs_in,
    _logs_keep_no_keys,
    _copies_stay_here,
)
