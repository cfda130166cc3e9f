"""Carriers' lines as Asterisk is to load them: every setting says something there."""

import re
from pathlib import Path

import pytest

from domain.settings import Settings, parse_settings
from pbx.install import config_source, read_templates
from pbx.render_trunk import Tls, dtmf_info, transports, trunk_contexts, trunk_sections

ADDRESS = 'kind = "address"\nhost = "192.0.2.1"\nmatch = ["192.0.2.1"]\n'
IMS = (
    'kind = "registration"\nhost = "ims.example"\nusername = "+8628600001"\nsecret_env = "S"\n'
    'auth_user = "028600001@ims.example"\noutbound_proxy = "sip:192.0.2.7:5090"\n'
)
TLS = Tls(Path("/x/c.pem"), Path("/x/k.pem"), Path("/x/ca.pem"))


def settings(*lines: str, head: str = "") -> Settings:
    trunks = "".join(f'[[trunk]]\nname = "t{n}"\n{line}' for n, line in enumerate(lines))
    return parse_settings(head + trunks, {"S": "x"})


def parts(line: str, head: str = "") -> list[dict[str, str]]:
    """Give the sections of one trunk: endpoint, aor, identify, account, registration."""
    known = settings(line, head=head)
    text = trunk_sections(known.trunks[0], known, "pa;ss" if "secret" in line else "")
    return [
        dict(re.findall(r"^(\S+) = (.*)$", part, re.M))
        for part in re.split(r"^\[trunk-t0\].*$", text, flags=re.M)[1:]
    ]


def test_registration_with_two_identities_over_a_proxy() -> None:
    endpoint, aor, identify, account, registration = parts(IMS)
    assert account == {"username": "028600001@ims.example", "password": r"pa\;ss"}
    assert registration["client_uri"] == "sip:+8628600001@ims.example"
    assert registration["line"] == "yes" and registration["endpoint"] == "trunk-t0"
    assert registration["auth_rejection_permanent"] == "yes"
    assert int(registration["forbidden_retry_interval"]) >= 300
    for part in (endpoint, aor, registration):
        assert part["outbound_proxy"] == r"sip:192.0.2.7:5090\;lr"
    assert identify["match"] == "192.0.2.7", "calls come from the proxy"
    assert (endpoint["from_domain"], endpoint["contact_user"]) == ("ims.example", "+8628600001")
    assert "from_user" not in endpoint and endpoint["outbound_auth"] == "trunk-t0"


def test_a_proxy_is_reached_by_the_trunks_transport_and_stays_as_written() -> None:
    assert parts(IMS + 'transport = "tcp"\n')[0]["outbound_proxy"] == (
        r"sip:192.0.2.7:5090\;transport=tcp\;lr"
    )
    loose = IMS.replace('5090"', '5090;transport=udp;lr"')
    assert parts(loose)[0]["outbound_proxy"] == r"sip:192.0.2.7:5090\;transport=udp\;lr"


def test_a_line_by_address_needs_no_account() -> None:
    endpoint, aor, identify = parts(ADDRESS)
    assert aor["contact"] == "sip:192.0.2.1:5060" and "qualify_frequency" not in aor
    assert "outbound_auth" not in endpoint and "from_domain" not in endpoint
    assert identify["srv_lookups"] == "no"


@pytest.mark.parametrize(
    ("line", "key", "value"),
    [
        ("", "timers", "yes"),
        ('session_timer = "off"', "timers", "no"),
        ('session_timer = "always"', "timers", "always"),
        ("", "100rel", "peer_supported"),
        ('prack = "off"', "100rel", "no"),
        ('prack = "required"', "100rel", "required"),
        ("", "dtmf_mode", "auto"),
        ('dtmf = "info"', "dtmf_mode", "info"),
        ('srtp = "required"', "media_encryption", "sdes"),
        ('codecs = ["alaw", "g722"]', "allow", "alaw,g722"),
        ("channels = 30", "device_state_busy_at", "30"),
        ('username = "8001"', "contact_user", "8001"),
        ('transport = "tcp"', "transport", "tcp"),
    ],
)
def test_each_setting_stands_at_the_endpoint(line: str, key: str, value: str) -> None:
    assert parts(f"{ADDRESS}{line}\n")[0][key] == value


def test_where_our_number_goes() -> None:
    account = ADDRESS + 'username = "8001"\npresent = '
    asserted = parts(account + '"pai"\n')[0]
    assert asserted["from_user"] == "8001" and asserted["send_pai"] == "yes"
    assert asserted["trust_id_outbound"] == "yes"
    assert "send_pai" not in parts(account + '"ppi"\n')[0]
    text = trunk_contexts(settings(account + '"ppi"\n').trunks)
    assert "P-Preferred-Identity)=<sip:${FILTER(0-9+,${CONNECTEDLINE(num)})}@192.0.2.1>" in text


def test_options_are_sent_only_when_asked_for() -> None:
    assert parts(ADDRESS + "qualify_s = 60\n")[1]["qualify_frequency"] == "60"


def test_a_second_network_card_has_one_transport_for_all_its_lines() -> None:
    own = ADDRESS + 'local_address = "10.9.0.2"\nlocal_port = 5070\n'
    known = settings(own, own, ADDRESS)
    text = transports(known, None)
    assert re.findall(r"^\[(.+)\]$", text, re.M) == ["udp", "tcp", "udp-10-9-0-2-5070"]
    assert "bind = 10.9.0.2:5070" in text
    endpoint = parts(own)[0]
    assert endpoint["transport"] == "udp-10-9-0-2-5070"
    assert endpoint["media_address"] == "10.9.0.2"
    assert endpoint["bind_rtp_to_media_address"] == "yes"
    same = ADDRESS + 'local_address = "127.0.0.1"\n'
    assert parts(same)[0]["transport"] == "udp", "our own place needs no other transport"


def test_an_address_of_version_6_makes_a_plain_name() -> None:
    text = transports(settings(ADDRESS + 'local_address = "fd00::2"\n'), None)
    assert "[udp-fd00--2-5160]" in text and "bind = [fd00::2]:5160" in text


def test_every_transport_tells_the_public_address() -> None:
    head = '[media]\npublic_address = "203.0.113.5"\nlocal_nets = ["10.0.0.0/8"]\n'
    text = transports(settings(ADDRESS + "local_port = 5070\n", head=head), None)
    assert text.count("external_media_address = 203.0.113.5") == 3
    assert text.count("external_signaling_address = 203.0.113.5") == 3
    assert text.count("local_net = 10.0.0.0/8") == 3
    assert "external" not in transports(settings(ADDRESS), None)


def test_tls_verifies_the_carrier() -> None:
    secure = ADDRESS + 'transport = "tls"\nport = 5061\n'
    known = settings(secure, head="[sip]\ntls_port = 5161\n")
    text = transports(known, TLS).split("[tls]")[1]
    for line in ("cert_file = /x/c.pem", "priv_key_file = /x/k.pem", "verify_server = yes"):
        assert line in text
    contact = parts(secure, "[sip]\ntls_port = 5161\n")[1]["contact"]
    assert contact == r"sip:192.0.2.1:5061\;transport=tls"


@pytest.mark.parametrize(
    ("way", "cause"), [("busy", 17), ("congestion", 34), ("unavailable", 20), ("rejected", 21)]
)
def test_a_call_above_the_channels_bought_is_told_and_refused(way: str, cause: int) -> None:
    line = ADDRESS + f'channels = 2\nover_limit = "{way}"\n'
    text = trunk_contexts(settings(line).trunks).split("[trunk-t0]")[1]
    assert "GROUP_COUNT(trunk-t0@trunk)} <= 2]?in" in text
    assert f"UserEvent(CCRefused,Trunk: trunk-t0,Cause: {cause})" in text
    assert f"Hangup({cause})" in text
    assert "exten => room,1,Return($[${GROUP_COUNT(trunk-t0@trunk)} < 2])" in text


def test_without_a_limit_nothing_is_refused() -> None:
    text = trunk_contexts(settings(ADDRESS).trunks)
    assert "CCRefused" not in text and "exten => room,1,Return(1)" in text
    assert "[trunk-test]" in text


def test_keys_in_sip_info_are_read_only_where_a_line_may_send_them() -> None:
    assert dtmf_info(settings(ADDRESS).trunks)
    assert not dtmf_info(settings(ADDRESS + 'dtmf = "rfc4733"\n').trunks)
    assert not dtmf_info(())


def test_nobody_who_is_dialled_may_send_the_call_elsewhere() -> None:
    templates = read_templates(config_source())
    text = "".join(text for name, text in templates.items() if name.startswith(("dial", "ext")))
    options = re.findall(r"(?:Dial|Queue)\(.*,([a-zA-Z()]*?)b\(", text)
    assert len(options) >= 4
    for each in options:
        assert "i" in re.sub(r"\(.*?\)", "", each)
