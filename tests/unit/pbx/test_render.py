"""What Asterisk is to load: every rule of the safety net that can be read off the text."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from domain.errors import Refused
from domain.settings import parse_settings
from pbx.install import config_source, read_templates, write_config
from pbx.render import AgentPhones, Node, Plan, Secrets, is_untouched, render

SECRET = "s" * 24
TEMPLATES = read_templates(config_source())


def plan(settings: str = "", **changes: object) -> Plan:
    node = Node(
        name="node1",
        token="t0ken",
        run=Path("/srv/cc/run"),
        modules=Path("/srv/cc/modules"),
        share=Path("/srv/cc/share"),
        prompts=Path("/srv/cc/prompts/zh"),
    )
    secrets = Secrets("e" * 24, "w" * 24, "p" * 24, "t" * 24, {"carrier": "a;b"}, (SECRET,) * 4)
    whole = Plan(
        settings=parse_settings(settings, {"CARRIER": "a;b"}),
        secrets=secrets,
        node=node,
        agents=(AgentPhones("1001", SECRET, SECRET),),
        hotlines=("4001000001",),
        groups=("sales",),
    )
    return replace(whole, **changes)  # type: ignore[arg-type]


def sections(text: str) -> dict[str, list[dict[str, str]]]:
    found: dict[str, list[dict[str, str]]] = {}
    for line in text.splitlines():
        if head := re.match(r"\[([^]]+)\]", line):
            found.setdefault(head[1], []).append({})
            here = found[head[1]][-1]
        elif "=" in line and not line.startswith(";"):
            key, _, value = line.partition("=")
            here[key.strip()] = value.strip()
    return found


def test_nothing_is_left_to_fill_in() -> None:
    for name, text in render(TEMPLATES, plan()).items():
        assert not re.search(r"@[A-Z_]+@", text), name


def test_a_browser_that_dies_in_a_talk_is_noticed_by_its_silence() -> None:
    (browser,) = sections(render(TEMPLATES, plan())["pjsip.conf"])["browser"]
    assert 10 <= int(browser["rtp_timeout"]) <= 60


def test_a_desk_phone_may_be_silent_and_is_asked_by_its_session_timer() -> None:
    (phone,) = sections(render(TEMPLATES, plan())["pjsip.conf"])["phone"]
    assert "rtp_timeout" not in phone and phone["timers"] == "yes"
    assert phone["timers_sess_expires"] == phone["timers_min_se"] == "90"


def test_every_file_proves_that_nobody_edited_it() -> None:
    for text in render(TEMPLATES, plan()).values():
        assert text.startswith("; Generated")
        assert is_untouched(text)
        assert not is_untouched(text + "\n; by hand")


def test_the_same_plan_gives_the_same_text() -> None:
    assert render(TEMPLATES, plan()) == render(TEMPLATES, plan())


def test_no_pattern_is_open_and_nothing_runs_a_shell() -> None:
    text = render(TEMPLATES, plan())["dialplan-in.conf"]
    for extension in re.findall(r"^exten => ([^,]+),", text, re.M):
        assert not extension.startswith("_") or re.fullmatch(r"_(\[[^]\[]+\])\1{0,39}", extension)
        assert len(extension) < 255, "Asterisk would cut it"
    assert not re.search(r"System\(|SHELL\(|CURL\(|FILE\(|EVAL\(|Originate\(", text, re.I)
    assert "CALLERID(" not in text


def test_whatever_a_carrier_calls_comes_in_up_to_40_signs() -> None:
    text = render(TEMPLATES, plan())["dialplan-in.conf"]
    trunk = text.split("[from-trunk]")[1].split("[from-agents]")[0]
    patterns = re.findall(r"exten => _((?:\[[^]]+\])+),1,", trunk)
    assert [len(re.findall(r"\[", each)) for each in patterns] == list(range(1, 41))
    for pattern in patterns:
        one = re.match(r"\[[^]]+\]", pattern)
        assert one and all(re.fullmatch(one[0], sign) for sign in "09azAZ+_.*#")
        assert not any(re.fullmatch(one[0], sign) for sign in "\"'$(){}%& |~\r\n\t\0")


def test_agents_and_test_callers_reach_the_hotlines_and_nothing_else() -> None:
    text = render(TEMPLATES, plan())["dialplan-in.conf"]
    for context, more in (("from-agents", ["echo", "T"]), ("from-test-caller", [])):
        body = text.split(f"[{context}]")[1].split("\n[")[0]
        assert re.findall(r"exten => ([^,]+),", body) == ["4001000001", *more]


def test_a_phones_own_transfer_reaches_agents_and_nobody_else() -> None:
    files = render(TEMPLATES, plan())
    body = files["extensions.conf"].split("[transfer]")[1].split("\n[")[0]
    assert re.findall(r"exten => ([^,]+),", body) == ["1001"]
    pjsip = sections(files["pjsip.conf"])
    assert pjsip["phone"][0]["set_var"] == "TRANSFER_CONTEXT=nowhere"
    assert "nowhere" not in re.findall(r"^\[([\w-]+)\]", "".join(files.values()), re.M)
    assert pjsip["browser"][0]["allow_transfer"] == pjsip["trunk"][0]["allow_transfer"] == "no"


DIALPLAN = ("extensions.conf", "dialplan-in.conf", "dialplan-out.conf")


def test_every_jump_of_the_dialplan_has_a_target() -> None:
    files = render(TEMPLATES, plan())
    text = "".join(files[name] for name in DIALPLAN)
    contexts = set(re.findall(r"^\[([a-z-]+)\]", text, re.M))
    labels = set(re.findall(r"(?:n|\d)\(([a-z]+)\),", text))
    targets = re.findall(r"(?:Goto|Gosub|\?|leg\^)\(?([a-z-]+),s,(1|[a-z]+)", text)
    assert targets
    for context, place in targets:
        assert context in contexts
        assert place == "1" or place in labels


def test_an_agent_has_two_accounts_and_each_one_place() -> None:
    pjsip = sections(render(TEMPLATES, plan())["pjsip.conf"])
    for name in ("a1001", "w1001"):
        endpoint, auth, aor = pjsip[name]
        assert endpoint["auth"] == endpoint["aors"] == auth["username"] == name
        assert auth["password"] == SECRET
        assert "qualify_frequency" in aor
    assert pjsip["w1001"][2]["qualify_frequency"] == "15"
    assert [name for name in pjsip if name.startswith("caller")] == [
        "caller1",
        "caller2",
        "caller3",
        "caller4",
    ]
    assert pjsip["caller1"][0]["context"] == "from-test-caller"


def test_after_a_start_every_phone_is_asked_within_two_seconds() -> None:
    pjsip = sections(render(TEMPLATES, plan())["pjsip.conf"])
    assert pjsip["global"][0]["max_initial_qualify_time"] == "2"


def test_a_registering_trunk() -> None:
    text = """
[[trunk]]
name = "carrier"
kind = "registration"
host = "sip.carrier.example"
username = "4000000000"
secret_env = "CARRIER"
codecs = ["alaw", "g722"]
channels = 30
"""
    parts = sections(render(TEMPLATES, plan(text))["pjsip.conf"])["trunk-carrier"]
    assert parts[0]["allow"] == "alaw,g722"
    assert parts[0]["device_state_busy_at"] == "30"
    assert [part.get("type") for part in parts[1:]] == ["aor", "identify", None, "registration"]
    assert parts[2]["match"] == "sip.carrier.example"
    assert parts[3]["password"] == r"a\;b"
    assert parts[4]["server_uri"] == "sip:sip.carrier.example:5060"
    assert parts[4]["client_uri"] == "sip:4000000000@sip.carrier.example"


def test_a_trunk_by_address() -> None:
    text = '[[trunk]]\nname = "b"\nkind = "address"\nhost = "192.0.2.1"\nmatch = ["192.0.2.0/30"]\n'
    parts = sections(render(TEMPLATES, plan(text))["pjsip.conf"])["trunk-b"]
    assert parts[2]["match"] == "192.0.2.0/30"
    assert len(parts) == 3


def test_the_three_ami_users_have_narrow_rights() -> None:
    users = sections(render(TEMPLATES, plan())["manager.conf"])
    assert users["engine"][0]["write"] == "call,originate,agent,reporting"
    assert users["watch"][0]["write"] == "system", "for PJSIPNotify; it may not originate"
    assert users["publish"][0]["write"] == "config,reporting"
    for name in ("engine", "watch", "publish"):
        assert "dtmf" not in users[name][0]["read"]
        assert "all" not in users[name][0]["read"].split(",")


def test_dangerous_modules_are_not_loaded() -> None:
    loaded = re.findall(r"^load = (\S+)", render(TEMPLATES, plan())["modules.conf"], re.M)
    forbidden = "messaging ari_ app_system func_shell func_curl pbx_spool anonymous"
    assert not [m for m in loaded if any(word in m for word in forbidden.split())]
    assert len(loaded) < 80


@pytest.mark.parametrize(
    "wrong",
    [
        {"agents": (AgentPhones("1001", "short", SECRET),)},
        {"agents": (AgentPhones("10\n01", SECRET, SECRET),)},
        {"agents": (AgentPhones("1001", SECRET, SECRET),) * 2},
        {"hotlines": ("_X.",)},
        {"hotlines": ("4001\n[evil]",)},
        {"groups": ("a](b",)},
    ],
)
def test_a_value_that_would_break_out_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(Refused):
        render(TEMPLATES, plan(**wrong))


def test_all_faults_come_at_once() -> None:
    with pytest.raises(Refused) as caught:
        render(TEMPLATES, plan(hotlines=("x", "y"), groups=("a b",)))
    assert len(caught.value.faults) == 3


def test_only_changed_files_are_written_and_old_ones_go(tmp_path: Path) -> None:
    files = render(TEMPLATES, plan())
    assert set(write_config(files, tmp_path)) == set(files)
    assert write_config(files, tmp_path) == ()
    (tmp_path / "etc/stray.conf").write_text("")
    more = render(TEMPLATES, plan(hotlines=("4001000001", "4001000002")))
    assert write_config(more, tmp_path) == ("dialplan-in.conf", "stray.conf")
    assert (tmp_path / "etc/manager.conf").stat().st_mode & 0o077 == 0


def test_music_that_is_samples_spares_the_first_talk_its_16_khz() -> None:
    plain = plan()
    ready = replace(plain, node=replace(plain.node, music=Path("/srv/cc/samples")))
    for each, folder, told in ((plain, "/srv/cc/share/moh", ""), (ready, "/srv/cc/samples", "1")):
        files = render(TEMPLATES, each)
        (music,) = sections(files["musiconhold.conf"])["hold"]
        assert music["directory"] == folder
        assert f"\nSAMPLES={told}\n" in files["extensions.conf"]
