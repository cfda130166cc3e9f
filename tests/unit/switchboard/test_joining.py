"""Joining and leaving an Asterisk that is there already: what is written, what is refused."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from demo import __file__ as demo
from domain.clock import real_clock
from domain.errors import Conflict, NotFound, Refused
from domain.settings import load_settings
from office import Config
from office.compile import compile_config
from office.folder import read_files
from pbx.belonging import read_joined, served
from pbx.joined import OWN, TAKEN_IN
from pbx.render import is_untouched
from switchboard.installation import Installation, open_installation, system_name, write_asterisk
from switchboard.joining import BACKUP, Outcome, join, leave, still_joined
from switchboard.run import Options, run
from switchboard.support import gate_of
from tests.house.system import free_port
from tests.unit.pbx.theirs import Theirs

NAME = "a-9f04c27ab1d3e865"
CONFIG = compile_config(read_files(Path(demo).parent / "config"), lambda name, text, names: [])


class Side:
    """An installation of ours beside somebody's Asterisk; its program only says its version."""

    def __init__(self, root: Path) -> None:
        self.theirs = Theirs(root / "them")
        self.program(root, "22.10.1")
        ports = f"[sip]\nport = {free_port()}\n"
        (root / "yingda.toml").write_text(ports)
        self.around: Installation = open_installation(
            load_settings(root / "yingda.toml", {}), real_clock()
        )
        self.config: Config = CONFIG

    def program(self, root: Path, version: str) -> None:
        self.binary = root / "asterisk"
        self.binary.write_text(f"#!/bin/sh\necho Asterisk {version}\n")
        self.binary.chmod(0o755)

    def join(self, *, add: bool = True) -> Outcome:
        return join(self.around, self.config, self.theirs.etc, self.binary, add=add)

    def files(self) -> dict[str, bytes]:
        return {
            str(file): file.read_bytes()
            for file in sorted(self.theirs.etc.rglob("*"))
            if file.is_file()
        }


@pytest.fixture
def side(tmp_path: Path) -> Iterator[Side]:
    yield Side(tmp_path)


def test_without_apply_only_our_own_folder_is_written(side: Side) -> None:
    before = side.files()
    outcome = side.join(add=False)
    assert side.files() == before and outcome.changed == ()
    assert [file.name for file, _ in outcome.lines] == list(TAKEN_IN)
    folder = side.around.data / "run/joined/etc"
    assert sorted(file.name for file in folder.iterdir()) == sorted(OWN)
    assert all(is_untouched(file.read_text()) for file in folder.iterdir())
    assert all(file.stat().st_mode & 0o077 == 0 for file in folder.iterdir())
    assert all(str(folder) in line for _, line in outcome.lines)


def test_joining_again_changes_nothing_and_leaving_leaves_nothing(side: Side) -> None:
    before = side.files()
    assert len(side.join().changed) == len(TAKEN_IN)
    after = side.files()
    assert side.join() == Outcome((), (), ()) and side.files() == after
    assert (side.around.data / BACKUP / "manager.conf").read_bytes() == before[
        str(side.theirs.etc / "manager.conf")
    ]
    assert len(leave(side.around, None).changed) == len(TAKEN_IN)
    assert side.files() == before
    assert read_joined(side.around.data) is None
    with pytest.raises(NotFound):
        leave(side.around, None)


def test_whatever_is_in_the_way_is_told_and_nothing_written(side: Side) -> None:
    side.theirs.add("queues.conf", "[fb-any]\nstrategy = ringall\n")
    side.program(side.binary.parent, "20.5.0")
    with pytest.raises(Refused) as refused:
        side.join()
    told = str(refused.value)
    assert "[fb-any]" in told and "20.5.0 is older" in told
    assert read_joined(side.around.data) is None
    assert not (side.around.data / "run/joined").exists()


def test_what_is_no_asterisk_or_another_one_is_refused(side: Side, tmp_path: Path) -> None:
    with pytest.raises(NotFound, match=r"asterisk\.conf"):
        join(side.around, side.config, tmp_path / "empty", side.binary, add=True)
    side.join()
    second = Theirs(tmp_path / "second")
    with pytest.raises(Conflict, match="joined to"):
        join(side.around, side.config, second.etc, side.binary, add=True)


def test_the_engine_believes_that_asterisks_name_and_writes_for_it(side: Side) -> None:
    side.join()
    assert system_name(side.around) == NAME
    assert NAME in gate_of(side.around).secrets
    assert served(side.around.data) == (side.binary, side.theirs.etc / "asterisk.conf")
    assert (side.around.data / "joined.json").stat().st_mode & 0o077 == 0
    assert write_asterisk(side.around, side.config, "") == ()
    assert not (side.around.data / "run/asterisk").exists()
    manager = (side.around.data / "run/joined/etc/manager.conf").read_text()
    assert "[engine](yd-user)" in manager and "[guard]" not in manager


def test_a_start_says_what_is_not_as_it_was(side: Side) -> None:
    joined = told(side)
    assert "joined to" in still_joined(joined)
    (side.theirs.etc / "pjsip.conf").write_text("[global]\ntype = global\n")
    assert "pjsip.conf" in still_joined(joined)
    side.theirs.add("asterisk.conf", "systemname = b-9f04c27ab1d3e865\n")
    with pytest.raises(Conflict, match="another systemname"):
        still_joined(joined)


def told(side: Side) -> Any:
    side.join()
    return read_joined(side.around.data)


def test_a_record_that_cannot_be_read_stops_us(side: Side) -> None:
    side.join()
    (side.around.data / "joined.json").write_text("{")
    with pytest.raises(Conflict, match="join again"):
        read_joined(side.around.data)


async def test_no_asterisk_of_our_own_is_started_beside_it(side: Side) -> None:
    side.join()
    with pytest.raises(Conflict, match="--no-pbx"):
        await run(side.around, Options(True, Path(), "", lambda text: None))
