"""Secrets that people gave us stand in no output: help, checks, exports, faults, logs."""

import asyncio
import io
import json
import logging
import stat
import tarfile
from pathlib import Path

import pytest

import server
from domain import events as ev
from domain.ids import AgentId, CallId
from store.journal import JournalFile

CANARIES = {
    name: f"canary-{name.lower()}-Zk3vQ9" for name in ("LINE_PASSWORD", "RELAY_SECRET", "VOICE_KEY")
}
SETTINGS = """\
[web]
port = 18080
[turn]
urls = ["turn:turn.invalid:3478"]
secret_env = "RELAY_SECRET"
[speech]
engine = "http"
url = "https://voice.invalid/say?text={text}"
headers = ["Authorization: Bearer {secret}"]
secret_env = "VOICE_KEY"
[demo]
crm_port = 0
[paths]
data = "data"
[[trunk]]
name = "carrier"
kind = "registration"
host = "sip.carrier.invalid"
username = "4000000000"
secret_env = "LINE_PASSWORD"
"""
COMMANDS = (
    "--help",
    "run --help",
    "config --help",
    "user list",
    "user add lin.mei --role manager --json",
    "audit verify",
    "check demo/config",
    "config export exported",
    "doctor",
    "doctor --json",
    "cert status",
    "report hotline --from today --to today --format json",
    "db check --json",
    "user disable nobody-there",
    "config rollback 99",
    "support --json",
)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give an installation whose every given secret is a canary."""
    (tmp_path / "yingda.toml").write_text(SETTINGS)
    (tmp_path / "demo").symlink_to(Path(__file__).parents[2] / "demo")
    monkeypatch.chdir(tmp_path)
    for name, secret in CANARIES.items():
        monkeypatch.setenv(name, secret)
    monkeypatch.setenv("YINGDA_LOG", "DEBUG")
    return tmp_path


def test_no_command_tells_a_secret(
    folder: Path, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    for command in COMMANDS:
        try:
            server.main(command.split())
        except SystemExit as left:
            assert not left.code, command
        out = capsys.readouterr()
        told = out.out + out.err + caplog.text
        assert told, command
        assert not [name for name, secret in CANARIES.items() if secret in told], command
        caplog.clear()
    kept = [file for file in folder.rglob("*") if file.is_file() and "demo" not in file.parts]
    holding = [f.name for f in kept for s in CANARIES.values() if s.encode() in f.read_bytes()]
    assert holding == []


@pytest.mark.parametrize(
    "wrong",
    [
        SETTINGS.replace("4000000000", "a b"),
        SETTINGS.replace("port = 18080", 'port = "x"'),
        SETTINGS + "unknown = 1\n",
        SETTINGS.replace("[[trunk]]", "[trunk"),
        SETTINGS.replace("LINE_PASSWORD", "NOT_SET"),
    ],
)
def test_faults_of_the_settings_tell_none(
    folder: Path, capsys: pytest.CaptureFixture[str], wrong: str
) -> None:
    (folder / "yingda.toml").write_text(wrong)
    assert server.main(["user", "list"]) == 2
    out = capsys.readouterr()
    assert out.err
    assert not [name for name, secret in CANARIES.items() if secret in out.out + out.err]


def test_settings_shown_whole_tell_none(folder: Path) -> None:
    settings = server.load_settings(Path("yingda.toml"), CANARIES)
    assert settings.trunks[0].secret == CANARIES["LINE_PASSWORD"], "they are there"
    shown = repr(settings) + json.dumps([str(trunk) for trunk in settings.trunks])
    assert not [name for name, secret in CANARIES.items() if secret in shown]


def test_a_support_bundle_holds_no_secret_and_no_caller(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    caller, called = "13800138765", "4008000001"
    assert server.main(["db", "upgrade"]) == 0
    own = "0wnS3cretOfOurs" * 2
    data = folder / "data"
    (data / "secrets.json").write_text(json.dumps({"ami-engine": own}))
    _past(data, caller, called, own)
    (folder / "own").mkdir()
    (folder / "own" / "engine.log").write_text(f"WARNING {caller} {own}\n")
    monkeypatch.setenv("YINGDA_LOG_DIR", "own")
    assert server.main(["support", "-o", "kept.tar.gz"]) == 0
    file = folder / "kept.tar.gz"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    with tarfile.open(file) as packed:
        texts = {
            name: (packed.extractfile(name) or io.BytesIO()).read().decode()
            for name in packed.getnames()
        }
    whole = "\n".join(texts.values())
    assert {"doctor.json", "database.json", "asterisk/manager.conf", "logs/engine.log"} <= {*texts}
    assert "[2026-11-23 09:58:33] call from 138****8765" in texts["logs/messages.log"]
    assert "CallArrived" in texts["journal.jsonl"] and "read = call" in whole
    hidden = [*CANARIES.values(), own, caller, "secret-of-a-line", "call him back"]
    assert [each for each in hidden if each in whole] == []


def _past(data: Path, caller: str, called: str, own: str) -> None:
    etc, log = data / "run" / "asterisk" / "etc", data / "run" / "asterisk" / "log"
    etc.mkdir(parents=True)
    log.mkdir(parents=True)
    (etc / "manager.conf").write_text(f"secret = secret-of-a-line\nread = call\nx={own}\n")
    (log / "messages.log").write_text(f"[2026-11-23 09:58:33] call from {caller} to {called}\n")

    async def told() -> None:
        journal = JournalFile.open(data / "journal" / "journal.db", ballast_bytes=0)
        call = CallId("01ARYZ6S410000000000000000")
        facts = (
            ev.CallArrived(call, called, called, caller, f"+86{caller}", f"x {caller}"),
            ev.SummarySaved(call, AgentId("8001"), "order", "done", f"call him back {caller}"),
        )
        await journal.append([(0.0, 1, fact) for fact in facts])
        journal.close()

    asyncio.run(told())
