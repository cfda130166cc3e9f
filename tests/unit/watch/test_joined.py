"""What the doctor says of an Asterisk that we joined."""

import os
from dataclasses import dataclass
from pathlib import Path

import pytest

from pbx.belonging import Joined, own_folder, write_joined
from pbx.taking_in import apply
from watch.parts import asterisk_there, generated
from watch.running import asterisk_runs


@dataclass
class House:
    """As much of an installation as is looked at."""

    data: Path


@pytest.fixture
def house(tmp_path: Path) -> House:
    """Give an installation that joined an Asterisk whose files are in `them`."""
    them, data = tmp_path / "them", tmp_path / "var"
    for folder in (them, own_folder(data) / "etc"):
        folder.mkdir(parents=True)
    (them / "asterisk.conf").write_text(f"[directories]\nastrundir => {them}\n")
    program = tmp_path / "asterisk"
    program.write_text("#!/bin/sh\necho Asterisk 22.10.1\n")
    program.chmod(0o755)
    joined = Joined(str(them), "n", "/usr/share", str(program), True, own_folder(data))
    write_joined(data, joined)
    apply(them, own_folder(data) / "etc", tmp_path / "backup")
    return House(data)


async def test_whether_it_runs_is_told(house: House) -> None:
    assert (await asterisk_runs(house)).level == "fail"  # type: ignore[arg-type]
    (house.data.parent / "them/asterisk.pid").write_text(f"{os.getpid()}\n")
    found = await asterisk_runs(house)  # type: ignore[arg-type]
    assert (found.level, str(os.getpid()) in found.en) == ("ok", True)


async def test_a_line_of_ours_that_is_gone_is_told_with_its_mend(house: House) -> None:
    (house.data.parent / "them/pjsip.conf").write_text("")
    found = await asterisk_runs(house)  # type: ignore[arg-type]
    assert found.level == "fail" and "pjsip.conf" in found.en and "--apply" in found.mend


async def test_its_version_and_our_files_are_looked_at(house: House) -> None:
    assert (await asterisk_there(house)).en == "Asterisk 22.10.1"  # type: ignore[arg-type]
    (own_folder(house.data) / "etc/pjsip.conf").write_text("; edited\n[x]\n")
    assert "pjsip.conf" in (await generated(house)).en  # type: ignore[arg-type]
