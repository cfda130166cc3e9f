"""The files of desk phones: every key, in its maker's form, and no name that breaks one."""

from xml.etree import ElementTree as xml

import pytest
from hypothesis import given, strategies as st

from domain.errors import Refused
from phones import VENDORS, Line, features_of, file_for, mac_in, mac_of
from phones.line import LABEL_MOST, plain

SECRET = "s" * 36


def line(name: str = "林晓", **more: object) -> Line:
    values = {"number": "8001", "name": name, "user": "a8001", "secret": SECRET}
    rest = {"server": "192.168.1.5", "port": 5160, "ntp": "ntp.aliyun.com"}
    return Line(**(values | rest | more))  # type: ignore[arg-type]


def yealink(text: str) -> dict[str, str]:
    head, *rest = text.splitlines()
    assert head == "#!version:1.0.0.1"
    pairs = [each.partition(" = ") for each in rest]
    assert len({key for key, _, _ in pairs}) == len(pairs), "no key twice"
    return {key: value for key, _, value in pairs}


def test_a_yealink_knows_where_to_register_and_swallows_no_caller() -> None:
    keys = yealink(VENDORS["yealink"].config(line()))
    wanted = {
        "account.1.enable": "1",
        "account.1.label": "8001 林晓",
        "account.1.user_name": "a8001",
        "account.1.auth_name": "a8001",
        "account.1.password": SECRET,
        "account.1.sip_server.1.address": "192.168.1.5",
        "account.1.sip_server.1.port": "5160",
        "account.1.sip_server.1.transport_type": "0",
        "account.1.codec.pcma.priority": "1",
        "account.1.codec.1.payload_type": "PCMA",
        "account.1.codec.g729.enable": "0",
        "account.1.dtmf.type": "1",
        "account.1.ptime": "20",
        "account.1.nat.udp_update_enable": "1",
        "account.1.session_timer.enable": "1",
        "call_waiting.enable": "0",
        "features.dnd.allow": "0",
        "features.fwd.allow": "0",
        "features.intercom.allow": "1",
        "voice_mail.number.1": "",
        "local_time.time_zone": "+8",
        "local_time.ntp_server1": "ntp.aliyun.com",
        "lang.gui": "Chinese_S",
    }
    assert {key: keys[key] for key in wanted} == wanted
    assert "static.trusted_certificates.url" not in keys
    secure = yealink(VENDORS["yealink"].config(line(ca_url="https://pbx.example/phones/x/ca.crt")))
    assert secure["static.trusted_certificates.url"].endswith("/ca.crt")


def test_a_fanvil_knows_where_to_register_and_swallows_no_caller() -> None:
    root = xml.fromstring(VENDORS["fanvil"].config(line()).encode())
    wanted = {
        "sip/line/PhoneNumber": "a8001",
        "sip/line/DisplayName": "8001 林晓",
        "sip/line/RegisterAddr": "192.168.1.5",
        "sip/line/RegisterPort": "5160",
        "sip/line/RegisterPswd": SECRET,
        "sip/line/EnableReg": "1",
        "sip/line/DTMFMode": "1",
        "sip/line/VoiceCodecMap": "PCMA,PCMU,G722",
        "sip/line/AlwaysFWD": "0",
        "sip/line/EnableDND": "0",
        "call/port/CallWaiting": "0",
        "call/port/EnableIntercom": "1",
        "phone/date/TimeZone": "32",
        "phone/display/DefaultLanguage": "cn",
    }
    assert root.tag == "sysConf"
    assert {path: root.findtext(path) or "" for path in wanted} == wanted
    assert root.find("sip/line").get("index") == "1"  # type: ignore[union-attr]


@given(st.text(max_size=200))
def test_no_name_breaks_a_file(name: str) -> None:
    calm = line("x")
    hostile = line(name)
    for vendor in VENDORS.values():
        one, other = vendor.config(calm), vendor.config(hostile)
        assert one.count("\n") == other.count("\n") == len(other.split("\n")) - 1
        assert len(other.splitlines()) == len(one.splitlines())
    keys = yealink(VENDORS["yealink"].config(hostile))
    assert keys["account.1.password"] == SECRET
    assert keys["account.1.label"] == hostile.label.strip()
    root = xml.fromstring(VENDORS["fanvil"].config(hostile).encode())
    assert root.findtext("sip/line/DisplayName") == hostile.label
    assert root.findtext("sip/line/RegisterPswd") == SECRET
    assert len(plain(name)) <= LABEL_MOST


@pytest.mark.parametrize(
    "wrong",
    [
        {"server": "x\nsip.trust_ctrl = 0"},
        {"server": ""},
        {"secret": "a b"},
        {"user": "a8001\n"},
        {"number": "80 01"},
        {"port": 0},
        {"ntp": "<x>"},
        {"ca_url": "ftp://x"},
        {"ca_url": "https://x/\ny"},
    ],
)
def test_what_could_not_stand_in_a_file_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(Refused):
        line(**wrong)  # type: ignore[arg-type]


def test_a_phone_asks_for_its_own_file_in_many_names() -> None:
    for name in ("805ec0112233.cfg", "805EC0112233.xml", "805ec0112233.txt"):
        assert (file_for(name).kind, file_for(name).mac) == ("config", "805ec0112233")
    assert (file_for("config.cfg").kind, file_for("config.cfg").mac) == ("config", "")
    assert file_for("ca.crt").kind == "certificate"
    for name in ("y000000000066.cfg", "805ec0112233.boot", "f0X5Uhw1.0.cfg", "", "..", "a.cfg"):
        assert file_for(name).kind == "nothing", name


@given(st.text(max_size=60))
def test_a_mac_address_is_one_or_nothing(text: str) -> None:
    for found in (mac_of(text), mac_in(text), file_for(text).mac):
        assert found == "" or (len(found) == 12 and set(found) <= set("0123456789abcdef"))


def test_the_mac_in_a_user_agent() -> None:
    assert mac_in("Fanvil X5U 2.12.1 0c:38:3e:11:22:33") == "0c383e112233"
    assert mac_in("Fanvil X3S 2.3.3 0c383e112233") == "0c383e112233"
    assert mac_in("curl/8.5.0") == mac_in("805ec01122334455") == ""


def test_a_phone_that_cannot_be_told_says_why() -> None:
    assert features_of("yealink").talk
    for vendor in ("fanvil", "", "nobody"):
        known = features_of(vendor)
        assert not known.talk and all(known.why)
        assert "answer-after=0" in known.auto_answer["Call-Info"]
