"""Secrets that people gave us stand in no output: help, checks, exports, faults, logs."""

import json
import logging
from pathlib import Path

import pytest

import server

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
