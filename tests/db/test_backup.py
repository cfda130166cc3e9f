"""A backup taken while facts arrive is whole, is proved, and becomes the same installation."""

import argparse
import asyncio
import gzip
import io
import json
import resource
import shutil
import tarfile
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import func, select, text

import store.cli_backup
from cdr.rebuild import rebuild
from cdr.rows import Call
from domain.errors import Conflict, Refused, YingdaError
from domain.settings import load_settings
from store.backup import Place, Wanted, back_up, check, restore
from store.base import Base
from store.database import Database, open_database
from store.journal import JournalFile, JournalReader
from store.migrations.make import load_rows
from store.upgrade import differences, upgrade
from tests.unit.cdr.stories import day

pytestmark = pytest.mark.db
load_rows(Path(__file__).parents[2])
ABOUT = {"version": "test", "made_at": "2026-11-23T00:00:00+00:00"}


class Home:
    """An installation's folder and database, without its processes."""

    def __init__(self, data: Path, database: Database) -> None:
        self.data, self.database, self.metadata = data, database, Base.metadata
        self.journal = data / "journal" / "journal.db"
        self.place = Place(data, data.parent / "yingda.toml", database.url, data / "recordings.key")
        self.settings = load_settings(self.place.settings, {})


@pytest.fixture
async def home(tmp_path: Path, database: Database) -> Home:
    data = tmp_path / "var"
    for name, content in {
        "secrets.json": b"{}",
        "recordings.key": b"a key",
        "tls/ca.pem": b"a certificate",
        "recordings/2026/11/23/a.mp3": b"\xff\xfb sound" * 5000,
        "recordings/2026/11/23/b.mp3.part": b"half",
        "run/engine.beat": b"1",
    }.items():
        (data / name).parent.mkdir(parents=True, exist_ok=True)
        (data / name).write_bytes(content)
    (tmp_path / "yingda.toml").write_text("[web]\nport = 8080\n")
    found = Home(data, database)
    found.journal.parent.mkdir()
    await upgrade(database, Base.metadata)
    await _told(found, 40)
    reader = JournalReader(found.journal)
    await rebuild(database, reader)
    reader.close()
    return found


async def _told(home: Home, calls_: int) -> None:
    file = JournalFile.open(home.journal, ballast_bytes=0)
    await file.append([(r.mono, r.utc_ms, r.event) for r in day(7, calls_)])
    file.close()


def _command(home: Home, line: str) -> int:
    parser = argparse.ArgumentParser()
    parser.set_defaults(settings=str(home.place.settings))
    sub = parser.add_subparsers()
    store.cli_backup.add_backup(sub, lambda args: home)
    args = parser.parse_args(line.split())
    return int(args.run(args))


def _say_nothing(name: str, size: int) -> None:
    pass


async def test_it_becomes_the_same_installation(home: Home, tmp_path: Path) -> None:
    file = tmp_path / "kept.tgz"
    writing = asyncio.create_task(_told(home, 200))
    await asyncio.to_thread(back_up, home.place, file, ABOUT, Wanted(), _say_nothing)
    await writing
    assert file.stat().st_mode & 0o077 == 0, "secrets: only for its owner"
    async with home.database.read() as look:
        had = (await look.execute(select(func.count()).select_from(Call))).scalar_one()
    assert had
    kept = check(file)["records"]
    assert kept >= len(day(7, 40))

    other = tmp_path / "other"
    if home.place.rows is None:
        again, elsewhere = home.database, home.place.url
        async with again.write() as empty:
            await empty.execute(text("DROP SCHEMA public CASCADE"))
            await empty.execute(text("CREATE SCHEMA public"))
        await again.close()
    else:
        again = open_database(f"sqlite:///{other / 'var' / 'yingda.db'}")
        elsewhere = again.url
        (other / "var" / "yingda.db").unlink(missing_ok=True)
    place = Place(other / "var", other / "yingda.toml", elsewhere, other / "var" / "recordings.key")
    manifest = await asyncio.to_thread(restore, place, file)
    assert manifest["records"] == kept
    reader = JournalReader(other / "var/journal/journal.db")
    assert reader.last_seq == kept
    reader.close()
    assert await differences(again, Base.metadata) == []
    async with again.read() as look:
        assert (await look.execute(select(func.count()).select_from(Call))).scalar_one() == had
    await again.close()
    files = {str(p.relative_to(other)) for p in other.rglob("*") if p.is_file()}
    assert {"yingda.toml", "var/secrets.json", "var/tls/ca.pem", "var/recordings.key"} <= files
    sound = "var/recordings/2026/11/23/a.mp3"
    assert (other / sound).read_bytes() == (home.data.parent / sound).read_bytes()
    assert not [name for name in files if name.endswith((".part", "beat"))]
    with pytest.raises(Conflict, match="move the installation"):
        restore(place, file)


@pytest.fixture
async def kept(home: Home, tmp_path: Path) -> Path:
    file = tmp_path / "kept.tgz"
    await asyncio.to_thread(back_up, home.place, file, ABOUT, Wanted(), _say_nothing)
    return file


def _unpacked(packed: bytes) -> bytes:
    try:
        return gzip.decompress(packed)
    except (OSError, EOFError, zlib.error):
        return b""


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_damaged_or_cut_backup_is_refused_and_nothing_is_placed(
    kept: Path, tmp_path: Path
) -> None:
    whole = kept.read_bytes()
    url = f"sqlite:///{tmp_path / 'new' / 'yingda.db'}"
    place = Place(
        tmp_path / "new", tmp_path / "new.toml", open_database(url).url, tmp_path / "new.key"
    )
    for share in range(1, 20):
        at = len(whole) * share // 20
        for bad in (whole[:at], whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :]):
            if _unpacked(bad) == _unpacked(whole):
                continue  # a run of zeros may be written in more than one way
            file = tmp_path / "bad.tgz"
            file.write_bytes(bad)
            with pytest.raises(YingdaError):
                restore(place, file)
    assert not [path for path in (tmp_path / "new").rglob("*") if path.is_file()]


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_member_that_leaves_the_folder_is_refused(kept: Path, tmp_path: Path) -> None:
    for name in ("../out", "/tmp/out", "a/../../out"):
        file = tmp_path / "hostile.tgz"
        with tarfile.open(file, "w:gz") as tar:
            tar.addfile(tarfile.TarInfo(name), io.BytesIO())
        with pytest.raises(Refused, match="does not belong"):
            check(file)


def test_a_full_disk_leaves_no_half_file(home: Home) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, hard))
    try:
        with pytest.raises(YingdaError, match=r"cannot be|pg_dump"):
            back_up(home.place, home.data / "kept.tgz", ABOUT, Wanted(), _say_nothing)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert not [*home.data.glob("backup.*"), *home.data.glob("kept*")]


async def test_the_commands_tell_what_they_did(
    home: Home, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    run: Callable[..., object] = _command
    assert await asyncio.to_thread(run, home, f"backup {tmp_path}/a.tgz --json") == 0
    told = json.loads(capfd.readouterr().out)
    assert told["files"] >= 5 and told["bytes"] > 1000
    assert await asyncio.to_thread(run, home, f"restore {tmp_path}/a.tgz --check") == 0
    assert "完好" in capfd.readouterr().out
    assert await asyncio.to_thread(run, home, f"restore {tmp_path}/none.tgz") == 1
    shutil.copy(tmp_path / "a.tgz", tmp_path / "b.tgz")
    with pytest.raises(Refused, match="already"):
        run(home, f"backup {tmp_path}/b.tgz")
