"""Before callers are let in: the version of Asterisk, and who reaches its inner ports."""

import sys
from pathlib import Path

import pytest

from domain.settings import parse_settings
from pbx.install import too_old
from switchboard.run import open_doors


@pytest.mark.parametrize(
    ("said", "fine"),
    [
        ("Asterisk 22.10.1~dfsg", True),
        ("Asterisk 23.0.0", True),
        ("Asterisk 22.9.9", False),
        ("Asterisk 18.26.2", False),
        ("what?", False),
    ],
)
def test_an_old_asterisk_is_not_started(tmp_path: Path, said: str, fine: bool) -> None:
    binary = tmp_path / "asterisk"
    binary.write_text(f"#!/bin/sh\necho '{said}'\n")
    binary.chmod(0o755)
    assert (too_old(binary) == "") is fine
    assert too_old(tmp_path / "none")


@pytest.mark.skipif(sys.byteorder != "little", reason="the samples are little-endian")
def test_an_ami_that_others_reach_is_named(tmp_path: Path) -> None:
    settings = parse_settings("[ports]\nami = 5138\nasterisk_http = 8188\n", {})
    head, rest = "sl local rem st\n", "00000000:0000 0A 0\n"
    (tmp_path / "tcp").write_text(f"{head} 0: 0100007F:1412 {rest} 1: 00000000:1FFC {rest}")
    assert open_doors(settings, tmp_path) == ["Asterisk http 0.0.0.0:8188"]
    (tmp_path / "tcp").write_text(f"{head} 0: 0100007F:1412 {rest}")
    assert open_doors(settings, tmp_path) == []
    assert open_doors(settings, tmp_path / "not-linux") == []
