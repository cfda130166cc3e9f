"""The journal keeps every fact, keeps a second writer out, and never believes damage."""

import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from domain.errors import Conflict
from domain.events import CallArrived, CallEnded, KeyPressed, PbxLeft
from domain.ids import CallId
from store.journal import LOG_BYTES, Entry, JournalFile, JournalReader

CALL = CallId("01ARYZ6S410000000000000000")
ARRIVED = CallArrived(CALL, "4008000001", "4008000001", "+8613900000001", caller_name="李\ud800")
ENTRIES: list[Entry] = [
    (1.5, 1_000, ARRIVED),
    (2.25, 1_750, KeyPressed(CALL, "menu", "1", "订单查询")),
    (3.0, 2_500, PbxLeft("gone")),
    (4.0, 3_500, CallEnded(CALL, 16)),
]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "journal" / "journal.db"


async def test_what_is_appended_comes_back_in_order(path: Path) -> None:
    journal = JournalFile.open(path, ballast_bytes=0)
    records = await journal.append(ENTRIES)
    assert [record.seq for record in records] == [1, 2, 3, 4] and journal.last_seq == 4
    assert journal.read(0) == records
    assert journal.read(2, limit=1) == records[2:3]
    assert journal.read_call(CALL) == [records[0], records[1], records[3]]
    assert journal.since(1_750) == records[1:]
    assert await journal.append([]) == []
    journal.close()


async def test_numbers_go_on_after_a_restart(path: Path) -> None:
    first = JournalFile.open(path, ballast_bytes=0)
    await first.append(ENTRIES[:2])
    first.close()
    second = JournalFile.open(path, ballast_bytes=0)
    assert [record.seq for record in await second.append(ENTRIES[2:])] == [3, 4]
    second.close()


async def test_a_second_engine_is_kept_out_and_a_reader_is_not(path: Path) -> None:
    journal = JournalFile.open(path, ballast_bytes=0)
    with pytest.raises(Conflict, match="another engine is running"):
        JournalFile.open(path)
    reader = JournalReader(path)
    await journal.append(ENTRIES)
    assert len(reader.read(0)) == 4
    reader.close()
    journal.close()


async def test_damage_and_newer_kinds_are_listed_and_passed_over(path: Path) -> None:
    journal = JournalFile.open(path, ballast_bytes=0)
    await journal.append(ENTRIES)
    other = sqlite3.connect(path)
    other.execute("UPDATE journal SET data = replace(data, '订单查询', '售后') WHERE seq = 2")
    other.execute("UPDATE journal SET kind = 'Teleported' WHERE seq = 3")
    other.commit()
    other.close()
    assert [record.seq for record in journal.read(0)] == [1, 4]
    assert [record.seq for record in journal.read(0)] == [1, 4]
    assert [bad.seq for bad in journal.bad] == [2, 3]
    journal.close()


async def test_an_unknown_kind_with_a_good_seal_is_counted(path: Path) -> None:
    from store.journal_record import seal

    journal = JournalFile.open(path, ballast_bytes=0)
    await journal.append(ENTRIES)
    other = sqlite3.connect(path)
    row = (5, 1, seal(5, 1, 5.0, 9, "", "Teleported", "{}"), 5.0, 9, "", "Teleported", "{}")
    other.execute("INSERT INTO journal VALUES (?, ?, ?, ?, ?, ?, ?, ?)", row)
    other.commit()
    other.close()
    assert len(journal.read(0)) == 4
    assert journal.skipped == {"Teleported": 1} and journal.bad == []
    journal.close()


_KILLED = """
import asyncio, os, sys
from pathlib import Path
from store.journal import JournalFile
from domain.events import PbxLeft
async def main():
    journal = JournalFile.open(Path(sys.argv[1]), int(sys.argv[2]))
    for number in range(50):
        await journal.append([(0.0, number, PbxLeft(str(number)))])
    os.write(1, b"50")
    os.kill(os.getpid(), 9)
asyncio.run(main())
"""


@pytest.mark.parametrize("ballast_bytes", [0, 4096])
def test_a_killed_writer_loses_nothing_acknowledged(path: Path, ballast_bytes: int) -> None:
    command = [sys.executable, "-c", _KILLED, str(path), str(ballast_bytes)]
    done = subprocess.run(command, capture_output=True)
    log = path.with_name(f"{path.name}-wal")
    assert (log.stat().st_size >= LOG_BYTES) == bool(ballast_bytes), "room is made with the ballast"
    assert {file.stat().st_mode & 0o077 for file in (path, log)} == {0}
    assert done.stdout == b"50", done.stderr
    journal = JournalFile.open(path, ballast_bytes=0)
    assert len(journal.read(0)) == 50
    journal.close()


async def test_the_ballast_gives_way_when_the_file_cannot_grow(path: Path) -> None:
    journal = JournalFile.open(path, ballast_bytes=4096)
    pages = journal._connection.execute("PRAGMA page_count").fetchone()[0]
    journal._connection.execute(f"PRAGMA max_page_count = {pages}")
    ballast = path.with_suffix(".ballast")
    assert ballast.stat().st_size == 4096
    big = [(0.0, 0, PbxLeft("x" * 50_000))]
    with pytest.raises(Exception, match="cannot be written"):
        await journal.append(big)
    assert not ballast.exists() and journal.last_seq == 0
    journal._connection.execute("PRAGMA max_page_count = 100000")
    assert (await journal.append(big))[0].seq == 1
    journal.close()
