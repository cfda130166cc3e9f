"""The shipped AMI accounts on the running Asterisk: what each may not do, tried."""

import re
from pathlib import Path

import pytest

from tests.house.ami import Ami
from tests.house.system import System

pytestmark = pytest.mark.pbx

LOCAL = "Local/echo@from-agents"
Try = tuple[str, dict[str, str]]


def runs(app: str, data: str) -> Try:
    """Have an application run by a call of one's own."""
    return "Originate", {"Channel": LOCAL, "Application": app, "Data": data}


READS: tuple[Try, ...] = (
    ("GetConfig", {"Filename": "manager.conf"}),
    ("GetConfigJSON", {"Filename": "pjsip.conf"}),
    ("ListCategories", {"Filename": "manager.conf"}),
    ("PJSIPShowAuths", {}),
)
OUTWARD: tuple[Try, ...] = (
    ("GetConfig", {"Filename": "../../../etc/passwd"}),
    ("Getvar", {"Variable": "SHELL(id)"}),
)
RUNS: tuple[Try, ...] = (
    ("Command", {"Command": "core show version"}),
    ("Command", {"Command": "!id"}),
    ("Setvar", {"Variable": "SHELL(id)", "Value": "x"}),
    ("Setvar", {"Variable": "ENV(PATH)", "Value": "/tmp"}),
    ("Setvar", {"Variable": "FILE(/tmp/x)", "Value": "x"}),
    ("AGI", {"Channel": "PJSIP/x", "Command": "EXEC System id", "CommandID": "1"}),
    ("MessageSend", {"To": "pjsip:x", "Body": "m"}),
    ("VoicemailUsersList", {}),
    ("UserEvent", {"UserEvent": "CCHold"}),
    ("ConfbridgeList", {"Conference": "1"}),
    runs("System", "id"),
    runs("TrySystem", "id"),
    runs("AGI", "/bin/sh"),
    runs("EAGI", "/bin/sh"),
    runs("Exec", "System(id)"),
    runs("Set", "FILE(/tmp/x)=x"),
    runs("MixMonitor", "x.wav,,id"),
    runs("Playback", "${SHELL(id)}"),
)
CHANGES: tuple[Try, ...] = (
    ("UpdateConfig", {"SrcFilename": "manager.conf", "DstFilename": "manager.conf"}),
    ("CreateConfig", {"Filename": "evil.conf"}),
)
SYSTEM: tuple[Try, ...] = (
    ("ModuleLoad", {"LoadType": "load", "Module": "app_system.so"}),
    ("MixMonitor", {"Channel": "PJSIP/x", "File": "x.wav", "Command": "id"}),
    ("DBPut", {"Family": "a", "Key": "b", "Val": "c"}),
    ("DBDelTree", {"Family": "registrar"}),
    ("PJSIPNotify", {"Endpoint": "a8001", "Variable": "Event=check-sync"}),
    (
        "DialplanExtensionAdd",
        {"Context": "from-trunk", "Extension": "_X.", "Priority": "1", "Application": "Hangup"},
    ),
    ("DialplanExtensionRemove", {"Context": "hold", "Extension": "s"}),
)
STEERS: tuple[Try, ...] = (
    ("Setvar", {"Variable": "CC_BEAT", "Value": "1"}),
    ("Redirect", {"Channel": "PJSIP/x", "Context": "hold", "Exten": "s", "Priority": "1"}),
    ("QueueAdd", {"Queue": "fb-any", "Interface": "PJSIP/x"}),
    ("BlindTransfer", {"Channel": "PJSIP/x", "Exten": "1", "Context": "hold"}),
    ("SendText", {"Channel": "PJSIP/x", "Message": "m"}),
    ("Originate", {"Channel": LOCAL, "Application": "Hangup"}),
)
FORBIDDEN = {
    "engine": (*READS, *OUTWARD, *RUNS, *CHANGES, *SYSTEM),
    "watch": (*OUTWARD, *RUNS, *CHANGES, *STEERS),
    "publish": (*OUTWARD, *RUNS, *SYSTEM, *STEERS),
    "guard": (*READS, *OUTWARD, *RUNS, *CHANGES, *SYSTEM, *STEERS),
}
"""`watch` writes the class system (for PJSIPNotify), `publish` the class config (for Reload)."""


def test_every_account_that_ships_is_tried(system: System) -> None:
    text = (system.data / "run" / "asterisk" / "etc" / "manager.conf").read_text()
    assert set(re.findall(r"^\[(\w+)\]", text, re.M)) - {"general", "user"} == FORBIDDEN.keys()


@pytest.mark.parametrize("user", FORBIDDEN)
async def test_each_account_is_refused_what_is_not_its_work(system: System, user: str) -> None:
    assert len(FORBIDDEN[user]) >= 25
    secret = system.secrets[f"ami-{user}"]
    ami = await Ami.login(system.settings.ports.ami, user, secret, "off")
    done = []
    for action, fields in FORBIDDEN[user]:
        if "Response: Error" not in await ami.ask(action, **fields):
            done.append((action, fields))
    ami.close()
    assert done == []


async def test_no_variable_of_a_call_writes_a_file_or_reads_the_environment(
    system: System, tmp_path: Path
) -> None:
    engine = await Ami.login(
        system.settings.ports.ami, "engine", system.secrets["ami-engine"], "off"
    )
    wanted = tmp_path / "written"
    call = {"Channel": LOCAL, "Application": "Hangup", "Variable": f"FILE({wanted})=x"}
    await engine.ask("Originate", **call)
    for name in ("ENV(PATH)", "FILE(/etc/passwd)"):
        told = await engine.ask("Getvar", Variable=name)
        assert told.split("Value:")[-1].strip() == "", name
    engine.close()
    assert not wanted.exists()


async def test_a_wrong_secret_opens_nothing(system: System) -> None:
    for user, secret in (("engine", "amp111"), ("admin", "admin"), ("watch", "")):
        with pytest.raises(PermissionError):
            await Ami.login(system.settings.ports.ami, user, secret)
