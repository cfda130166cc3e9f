"""The installation settings: defaults, the environment, and every fault with its line."""

import json
import re
from pathlib import Path

import pytest

from domain.settings import SettingsError, load_settings, parse_settings
from domain.settings_schema import LISTS, SECTIONS


def faults(text: str, env: dict[str, str] | None = None) -> list[tuple[int, str, str]]:
    with pytest.raises(SettingsError) as caught:
        parse_settings(text, env or {})
    return [(fault.line, fault.key, fault.text) for fault in caught.value.faults]


def test_without_a_file_the_defaults_hold(tmp_path: Path) -> None:
    settings = load_settings(tmp_path / "yingda.toml", {})
    assert (settings.web.host, settings.web.port, settings.web.tls) == ("127.0.0.1", 8080, "off")
    assert (settings.sip.port, settings.ports.ami, settings.ports.agi) == (5160, 5138, 4573)
    assert settings.data == tmp_path / "var"
    assert settings.database_url == f"sqlite+aiosqlite:///{tmp_path}/var/yingda.db"
    assert settings.language == "zh-CN"
    assert settings.trunks == ()


def test_file_and_environment_the_environment_wins() -> None:
    text = "[web]\nport = 9000\n[sip]\nport = 5070\n"
    env = {"YINGDA_WEB_PORT": "9001", "YINGDA_DATABASE_URL": "postgresql+asyncpg:///cc"}
    settings = parse_settings(text, env)
    assert settings.web.port == 9001
    assert settings.sip.port == 5070
    assert settings.database_url == "postgresql+asyncpg:///cc"


def test_a_trunk_is_read_with_its_defaults() -> None:
    text = """
[[trunk]]
name = "carrier"
kind = "registration"
host = "sip.carrier.example"
username = "4000000000"
secret_env = "CARRIER_SECRET"
codecs = ["alaw", "ulaw"]
"""
    (trunk,) = parse_settings(text, {"CARRIER_SECRET": "x"}).trunks
    assert (trunk.port, trunk.transport, trunk.dtmf) == (5060, "udp", "auto")
    assert trunk.codecs == ("alaw", "ulaw")
    assert trunk.caller_sources == ("pai", "from")


def test_all_faults_come_at_once_each_with_its_line() -> None:
    text = """[web]
prot = 1
tls = "yes"
[sip]
port = "x"
[[trunk]]
name = "a"
kind = "address"
host = "h"
match = ["10.0.0.1"]
[[trunk]]
name = "a"
kind = "fax"
host = "h"
match = ["nowhere"]
[spi]
"""
    found = faults(text)
    assert [(line, key) for line, key, _ in found] == [
        (2, "web.prot"),
        (3, "web.tls"),
        (5, "sip.port"),
        (12, "trunk.name"),
        (13, "trunk.kind"),
        (15, "trunk.match"),
        (16, "spi"),
    ]
    assert "did you mean 'port'" in found[0][2]
    assert "one of off, local-ca, files" in found[1][2]
    assert "whole number" in found[2][2]
    assert "did you mean 'sip'" in found[6][2]


def test_a_missing_key_is_reported_at_its_section() -> None:
    assert (1, "trunk.host", "is missing") in faults('[[trunk]]\nname = "a"\nkind = "address"\n')


def test_broken_toml_names_the_line() -> None:
    ((line, key, text),) = faults("[web]\nport = \n")
    assert (line, key) == (2, "")
    assert "not valid TOML" in text


def test_a_bad_variable_is_named() -> None:
    ((line, key, text),) = faults("", {"YINGDA_SIP_PORT": "many"})
    assert (line, key, text) == (0, "YINGDA_SIP_PORT", "must be a whole number")


def test_a_secret_is_never_written_plainly() -> None:
    text = (
        '[[trunk]]\nname = "a"\nkind = "registration"\nhost = "h"\nusername = "u"\nsecret = "p"\n'
    )
    assert [key for _, key, _ in faults(text)] == ["trunk.secret_env", "trunk.secret"]


def test_a_secret_variable_must_be_set() -> None:
    text = '[[trunk]]\nname = "a"\nkind = "registration"\nhost = "h"\nusername = "u"\n'
    assert faults(text + 'secret_env = "NOT_SET"\n') == [
        (6, "trunk.secret_env", "the variable NOT_SET is not set")
    ]


def test_two_parts_cannot_have_one_port() -> None:
    assert faults("[sip]\nport = 8080\n") == [
        (2, "sip.port", "port 8080 is already given to web.port")
    ]


def test_tls_files_needs_both() -> None:
    assert faults('[web]\ntls = "files"\ncert = "c.pem"\n') == [
        (2, "web.tls", 'tls = "files" needs both cert and key')
    ]


def test_the_ports_to_check_before_a_start_are_named_by_setting() -> None:
    assert parse_settings("", {}).taken_ports["sip.port"] == ("127.0.0.1", 5160)


REGISTRATION = '[[trunk]]\nname = "a"\nkind = "registration"\nhost = "h"\nusername = "u"\n'


def test_a_trunks_secret_comes_from_its_place_and_is_never_shown(tmp_path: Path) -> None:
    file = tmp_path / "yingda.toml"
    file.write_text(REGISTRATION + 'secret_env = "PASS"\n', encoding="utf-8")
    (trunk,) = load_settings(file, {"PASS": "hush"}).trunks
    assert trunk.secret == "hush" and "hush" not in repr(trunk)
    file.write_text(REGISTRATION + 'secret_file = "keys/a"\n', encoding="utf-8")
    with pytest.raises(SettingsError, match=r"trunk.secret_file: a: the file cannot be read"):
        load_settings(file, {})
    (tmp_path / "keys").mkdir()
    (tmp_path / "keys" / "a").write_text("quiet\n", encoding="utf-8")
    (trunk,) = load_settings(file, {}).trunks
    assert trunk.secret == "quiet"


def test_own_systems_and_the_sample_crm() -> None:
    settings = parse_settings("", {})
    assert settings.outside.on_site == ("127.0.0.1:8190",)
    assert (settings.demo.crm_port, settings.sip.phone_qualify_s) == (8190, 60)
    assert settings.taken_ports["demo.crm_port"] == ("127.0.0.1", 8190)
    env = {"YINGDA_OUTSIDE_ON_SITE": "crm.office:443, [::1]:80", "YINGDA_DEMO_CRM_PORT": "0"}
    settings = parse_settings("", env | {"YINGDA_SIP_PHONE_QUALIFY_S": "0"})
    assert settings.outside.on_site == ("crm.office:443", "[::1]:80")
    assert "demo.crm_port" not in settings.taken_ports
    assert settings.sip.phone_qualify_s == 0
    assert faults('[outside]\non_site = ["crm.office"]\n') == [
        (2, "outside.on_site", "'crm.office' is not host:port")
    ]
    assert faults("[demo]\ncrm_port = 8080\n")[0][1] == "demo.crm_port"


TRUNK = '[[trunk]]\nname = "a"\nkind = "address"\nhost = "h"\nmatch = ["192.0.2.1"]\n'


@pytest.mark.parametrize("old", ["external_address", "rtp_start", "rtp_end"])
def test_an_old_name_tells_the_new_one(old: str) -> None:
    ((line, key, text),) = faults(f"[media]\n{old} = 1\n")
    assert (line, key) == (2, f"media.{old}") and text.startswith("was renamed to ")
    ((line, key, text),) = faults("", {f"YINGDA_MEDIA_{old.upper()}": "1"})
    assert (line, key) == (0, f"YINGDA_MEDIA_{old.upper()}") and "renamed" in text


def test_rtp_ports_are_a_range() -> None:
    media = parse_settings('[media]\nrtp_ports = "20000-20099"\n', {}).media
    assert (media.rtp_start, media.rtp_end) == (20000, 20099)
    for wrong in ("20000", "20099-20000", "20000-20001", "0-99", "1-99999"):
        assert faults(f'[media]\nrtp_ports = "{wrong}"\n')[0][:2] == (2, "media.rtp_ports")


@pytest.mark.parametrize(
    ("line", "key"),
    [
        ('codecs = ["g729"]', "codecs"),
        ("codecs = []", "codecs"),
        ('transport = "tls"', "transport"),
        ('auth_user = "x@ims"', "auth_user"),
        ('present = "pai"', "present"),
        ("local_port = 5160", "local_port"),
        ('dial_mobile = "9"', "dial_mobile"),
        ('dial_long = "{l}"', "dial_long"),
        ('dial_long = "{n}&PJSIP/x"', "dial_long"),
        ('area_code = "10"', "area_code"),
        ('numbers = ["a"]', "numbers"),
        ('called_sources = ["pai"]', "called_sources"),
        ("caller_sources = []", "caller_sources"),
        ('local_address = "eth1"', "local_address"),
        ('over_limit = "drop"', "over_limit"),
        ("qualify_s = -1", "qualify_s"),
    ],
)
def test_a_fault_of_a_trunk_is_found_on_its_line(line: str, key: str) -> None:
    assert [(at, name) for at, name, _ in faults(TRUNK + line + "\n")] == [(6, f"trunk.{key}")]


def test_what_a_second_network_card_needs() -> None:
    text = '[sip]\nhost = "0.0.0.0"\n' + TRUNK + 'local_address = "192.0.2.9"\n'
    assert faults(text)[0][1] == "trunk.local_port"
    (trunk,) = parse_settings(text + "local_port = 5070\n", {}).trunks
    assert (trunk.local_address, trunk.local_port) == ("192.0.2.9", 5070)


def test_a_local_number_needs_the_area() -> None:
    text = TRUNK + 'dial_local = "{l}"\n'
    assert faults(text)[0][1] == "trunk.area_code"
    assert parse_settings(text + 'area_code = "010"\n', {}).trunks[0].dial_local == "{l}"


def test_a_relay_needs_its_secret(tmp_path: Path) -> None:
    text = '[turn]\nurls = ["turn:turn.example:3478?transport=udp", "turns:turn.example"]\n'
    assert faults(text)[0][:2] == (2, "turn.urls")
    assert faults(text.replace("turn:turn", "stun:turn"))[0][1] == "turn.urls"
    file = tmp_path / "yingda.toml"
    file.write_text(text + 'secret_env = "RELAY"\n', encoding="utf-8")
    turn = load_settings(file, {"RELAY": "hush"}).turn
    assert (turn.secret, turn.ttl_s) == ("hush", 3600) and "hush" not in repr(turn)


def test_every_setting_is_documented_with_its_default() -> None:
    text = (Path(__file__).parents[3] / "docs" / "settings.md").read_text(encoding="utf-8")
    rows = dict(re.findall(r"^\| `([a-z_.]+)` \| (.+?) \|", text, re.MULTILINE))
    keys = {
        f"{section}.{name}": key
        for table in (SECTIONS, LISTS)
        for section, names in table.items()
        for name, key in names.items()
    }
    assert rows.keys() == keys.keys()
    for name, key in keys.items():
        default = list(key.default) if isinstance(key.default, tuple) else key.default
        said = json.dumps(default)
        assert rows[name] == ("必填 · needed" if key.needed else f"`{said}`"), name
