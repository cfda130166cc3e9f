"""Our lines in somebody else's files: once, at the end, and gone again to the byte."""

import os
from pathlib import Path

import pytest

from pbx.joined import TAKEN_IN
from pbx.taking_in import added, apply, lacking, removed, take_away

OURS = Path("/srv/cc/etc")


@pytest.mark.parametrize(
    "text", ["", "\n", "a", "a\n", "a\r\nb", "\n\n\n", "; yingda begin\n", "[x]\n; 呼叫\n", "a\n\n"]
)
def test_what_was_added_is_taken_away_to_the_byte(text: str) -> None:
    once = added(text, OURS, "x.conf")
    assert once.startswith(text) and once.count("#tryinclude") == 1
    assert added(once, OURS, "x.conf") == once
    assert removed(once) == text


def test_lines_that_came_after_ours_stay() -> None:
    text = added("a\n", OURS, "x.conf") + "b\n"
    assert removed(text) == "a\nb\n"
    assert removed(added(text, OURS, "x.conf")) == "a\nb\n"


def test_a_file_that_was_not_there_goes_again() -> None:
    text = added(None, OURS, "x.conf")
    assert removed(text) is None
    assert removed(text + "theirs\n") == "theirs\n"


def test_files_keep_their_rights_and_links(tmp_path: Path) -> None:
    etc, elsewhere, backup = tmp_path / "etc", tmp_path / "site", tmp_path / "backup"
    etc.mkdir()
    elsewhere.mkdir()
    odd = b"; \xff not UTF-8\r\n[a]"
    for name in TAKEN_IN[:-2]:
        (etc / name).write_bytes(odd)
        os.chmod(etc / name, 0o640)
    (elsewhere / "real.conf").write_bytes(odd)
    (etc / TAKEN_IN[-2]).symlink_to(elsewhere / "real.conf")
    before = {file.name: file.read_bytes() for file in etc.iterdir()}
    assert lacking(etc, OURS) == list(TAKEN_IN)
    assert [file.name for file in apply(etc, OURS, backup)] == list(TAKEN_IN)
    assert lacking(etc, OURS) == [] and apply(etc, OURS, backup) == []
    assert (etc / TAKEN_IN[0]).stat().st_mode & 0o777 == 0o640
    assert (etc / TAKEN_IN[-2]).is_symlink()
    assert (backup / TAKEN_IN[0]).read_bytes() == odd
    assert (backup / TAKEN_IN[0]).stat().st_mode & 0o077 == 0
    assert len(take_away(etc, backup)) == len(TAKEN_IN)
    assert {file.name: file.read_bytes() for file in etc.iterdir()} == before
    assert take_away(etc, backup) == []
    assert sorted(file.name for file in elsewhere.iterdir()) == ["real.conf"]
