"""Which installation settings exist, their defaults and what each may hold. A table, no logic."""

from domain.settings_rules import (
    Key,
    address,
    between,
    count,
    host,
    host_or_empty,
    installed,
    keys,
    matching,
    networks,
    one_of,
    place_or_empty,
    places,
    port,
    port_or_none,
    port_range,
    variable,
)
from domain.settings_trunk import TRUNK

SECTIONS = {
    "web": keys(
        Key("host", "127.0.0.1", host),
        Key("port", 8080, port),
        Key("tls", "off", one_of("off", "local-ca", "files")),
        Key("cert", ""),
        Key("key", ""),
        Key("names", (), matching(r"[A-Za-z0-9.:-]+", "must be a host name or an IP address")),
        Key("phones_port", 0, port_or_none),
        Key("proxies", (), networks),
    ),
    "sip": keys(
        Key("host", "127.0.0.1", address),
        Key("port", 5160, port),
        Key("tls_port", 0, port_or_none),
        Key("tls_ca", ""),
        Key("phone_qualify_s", 60, count),
        Key("ban_after", 20, count),
        Key("ban_min", 60, count),
        Key("never_ban", (), networks),
    ),
    "media": keys(
        Key("public_address", "", host_or_empty),
        Key(
            "local_nets",
            ("127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"),
            networks,
        ),
        Key("rtp_ports", "16000-16999", port_range),
    ),
    "turn": keys(
        Key(
            "urls",
            (),
            matching(
                r"turns?:[A-Za-z0-9.-]+(:\d{1,5})?(\?transport=(udp|tcp))?",
                "must look like turn:turn.example:3478?transport=udp",
            ),
        ),
        Key("secret_env", "", variable),
        Key("secret_file", ""),
        Key("ttl_s", 3600, between(60, 86400)),
    ),
    "ports": keys(
        Key("ami", 5138, port),
        Key("agi", 4573, port),
        Key("asterisk_http", 8188, port),
        Key("hep", 9060, port_or_none),
    ),
    "trace": keys(
        Key("keep_h", 24, between(0, 168)),
        Key("hep_to", "", place_or_empty),
    ),
    "paths": keys(Key("data", "var", matching(r"[^\s]+", "must be a folder without blanks"))),
    "database": keys(Key("url", "")),
    "language": keys(Key("default", "zh-CN", one_of("zh-CN", "en"))),
    "outside": keys(Key("on_site", ("127.0.0.1:8190",), places)),
    "extensions": keys(
        Key("storage", "folder", installed("yingda.storage")),
        Key("notifier", "", installed("yingda.notifier", none=True)),
    ),
    "recordings": keys(
        Key("encrypt", "on", one_of("on", "off")),
        Key("key_file", ""),
    ),
    "keep": keys(
        Key("recordings_d", 0, count),
        Key("messages_d", 0, count),
        Key("callers_d", 0, count),
    ),
    "speech": keys(
        Key("engine", "espeak", installed("yingda.speech", ours=("http",))),
        Key("voice_zh", ""),
        Key("voice_en", ""),
        Key("url", "", matching(r"(https?://\S+)?", "must be an http(s) address")),
        Key("headers", (), matching(r"[A-Za-z0-9-]+:.*", "must look like Name: value")),
        Key("body", ""),
        Key("answer", "", matching(r"(\$[A-Za-z0-9_.\[\]-]*)?", "must look like $.data.audio")),
        Key("secret_env", "", variable),
        Key("secret_file", ""),
    ),
    "mail": keys(
        Key("host", "", host_or_empty),
        Key("port", 465, port),
        Key("tls", "tls", one_of("tls", "starttls", "off")),
        Key("user", ""),
        Key("sender", "", matching(r"([^\s@<>,;]+@[^\s@<>,;]+)?", "must be a mail address")),
        Key("secret_env", "", variable),
        Key("secret_file", ""),
    ),
    "demo": keys(Key("crm_port", 8190, port_or_none)),
}
"""Section → its keys."""

LISTS = {"trunk": TRUNK}
"""Sections that may stand several times, written with two brackets."""

RENAMED = {
    ("media", "external_address"): "was renamed to public_address",
    ("media", "rtp_start"): 'was renamed to rtp_ports = "first-last"',
    ("media", "rtp_end"): 'was renamed to rtp_ports = "first-last"',
}
"""(section, old key) → what is said of it."""
