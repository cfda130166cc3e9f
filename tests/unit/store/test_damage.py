"""A damaged journal is mended when it is opened: nothing that was acknowledged is lost for it."""

import random
import shutil
import sqlite3
from collections.abc import Iterable
from itertools import chain
from pathlib import Path

import pytest

from domain.errors import Damaged, Unavailable
from domain.events import JournalMended, PbxLeft, Record
from store.journal import JournalFile
from store.mending import GAP
from store.salvage import PAGE
from tests.chaos.damage import FACTS, broken, reopened, written

SEED = 20261123


@pytest.fixture(scope="module")
def crashed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a journal as a killed engine leaves it: most of it stands in the log."""
    return written(tmp_path_factory.mktemp("crashed"), closed=False)


@pytest.fixture(scope="module")
def closed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a journal that was closed: all of it stands in the file."""
    return written(tmp_path_factory.mktemp("closed"), closed=True)


def places(size: int, count: int, also: Iterable[int] = ()) -> list[int]:
    """Draw bytes of a file by seed, the given ones with them."""
    drawn = random.Random(SEED).sample(range(size), count)
    return sorted({*drawn, *(place for place in also if place < size)})


def test_a_flipped_byte_in_the_log_loses_nothing(crashed: Path, tmp_path: Path) -> None:
    size = (crashed / "journal.db-wal").stat().st_size
    for place in places(size, 10, range(0, 64, 7)):
        facts, new, said = reopened(broken(crashed, tmp_path, "journal.db-wal", flip=place))
        assert facts == FACTS, f"byte {place}: {said}"
        assert new > FACTS


def test_a_flipped_byte_in_the_file_costs_one_record_at_most(closed: Path, tmp_path: Path) -> None:
    data = (closed / "journal.db").read_bytes()
    names_the_key, third_pointer = data.index(b"PRIMARY KEY"), PAGE + 8 + 2 * 2
    also = chain(range(0, 100, 7), [names_the_key, third_pointer])
    for place in places(len(data), 40, also):
        facts, new, said = reopened(broken(closed, tmp_path, "journal.db", flip=place))
        assert facts >= FACTS - 1, f"byte {place}: {said}"
        assert new > FACTS


def test_a_number_that_changed_within_the_file_hides_no_other_record(
    closed: Path, tmp_path: Path
) -> None:
    words = (closed / "journal.db").read_bytes().index(b"reason 15 ")
    for place in range(words - 45, words):  # its length, number and columns stand before its words
        facts, new, said = reopened(broken(closed, tmp_path, "journal.db", flip=place, bits=0x80))
        assert facts >= FACTS - 1, f"byte {place}: {said}"
        assert new > FACTS


def test_a_log_cut_anywhere_opens_with_every_whole_commit(crashed: Path, tmp_path: Path) -> None:
    size = (crashed / "journal.db-wal").stat().st_size
    before = 0
    for place in places(size, 15, range(size - 4200, size, 700)):
        facts, _, said = reopened(broken(crashed, tmp_path, "journal.db-wal", cut=place))
        assert said is None, f"a torn end is no damage: byte {place}"
        assert before <= facts <= FACTS
        before = facts


def test_a_file_cut_short_keeps_what_is_left(closed: Path, tmp_path: Path) -> None:
    for place in places((closed / "journal.db").stat().st_size, 6):
        reopened(broken(closed, tmp_path, "journal.db", cut=place))


async def test_what_was_found_is_said_and_no_number_comes_again(
    closed: Path, tmp_path: Path
) -> None:
    folder = broken(closed, tmp_path, "journal.db", flip=100)
    journal = JournalFile.open(folder / "journal.db", 0)
    assert journal.mended == JournalMended(FACTS, 0, "damaged-1")
    assert [record.seq for record in await journal.append([(0.0, 0, PbxLeft("after"))])] == [
        FACTS + GAP + 1
    ]
    said = journal.read(FACTS)[0]
    assert isinstance(said, Record) and said.event == journal.mended
    assert (folder / "damaged-1" / "journal.db").read_bytes() != (
        closed / "journal.db"
    ).read_bytes()
    assert (folder / "journal.db").stat().st_mode & 0o077 == 0
    journal.close()
    again = JournalFile.open(folder / "journal.db", 0)
    assert again.mended is None and again.last_seq == FACTS + GAP + 1
    again.close()


async def test_damage_met_while_running_is_mended_at_the_next_start(
    closed: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "running"
    shutil.copytree(closed, folder)
    file = sqlite3.connect(folder / "journal.db")
    root = file.execute("SELECT rootpage FROM sqlite_schema WHERE name = 'journal_call'").fetchone()
    file.close()
    journal = JournalFile.open(folder / "journal.db", 0)
    assert journal.mended is None
    with (folder / "journal.db").open("r+b") as out:
        out.seek((root[0] - 1) * 4096)
        out.write(b"\xff" * 8)
    with pytest.raises(Damaged):
        journal.read_call("call")
    assert (folder / "journal.doubted").exists()
    journal.close()
    journal = JournalFile.open(folder / "journal.db", 0)
    assert journal.mended == JournalMended(FACTS, 0, "damaged-1")
    assert journal.read_call("call") == []
    journal.close()


def test_a_disk_that_says_no_is_not_taken_for_damage(tmp_path: Path) -> None:
    (tmp_path / "journal.db").mkdir()
    with pytest.raises(Unavailable, match="cannot be opened"):
        JournalFile.open(tmp_path / "journal.db", 0)
    assert not list(tmp_path.glob("damaged-*"))
