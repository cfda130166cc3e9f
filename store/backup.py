"""Keep an installation in one file, and make one from such a file.

Rows first, then what was sent out, the journal after them, recordings last: a row may be told
again from the journal, but a row whose fact is not in the journal would be one nobody can prove.
"""

import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import URL

from domain.errors import Conflict, Fault, Refused
from domain.places import JOURNAL, OUTBOX
from store.archive import Told, pack, unpack
from store.journal_reader import verify
from store.snapshots import check_sqlite, copy_sqlite, dump_postgres, load_postgres
from store.upgrade import head, knows

ROWS, DUMP = "yingda.db", "yingda.pgdump"
ALARMS = "alarms.db"
SETTINGS, KEY = "yingda.toml", "recordings.key"
SMALL = ("secrets.json", "tls", "prompts/takes")
SOUND = ("recordings",)


@dataclass(frozen=True, slots=True)
class Place:
    """Where an installation lies: its data, its settings file, its database, its sound's key."""

    data: Path
    settings: Path
    url: URL
    key: Path

    @property
    def rows(self) -> Path | None:
        """Name the SQLite file; None when the rows are elsewhere."""
        on_disk = self.url.get_backend_name() == "sqlite"
        return Path(self.url.database or "") if on_disk else None


@dataclass(frozen=True, slots=True)
class Wanted:
    """What else goes into a backup: the recordings, and the key without which none is heard."""

    sound: bool = True
    key: bool = True


def back_up(place: Place, file: Path, about: dict[str, Any], wanted: Wanted, told: Told) -> Any:
    """Write a backup while everything runs on; gives its manifest."""
    if not (place.data / JOURNAL).is_file():
        raise Conflict(f"there is no installation in {place.data}")
    with tempfile.TemporaryDirectory(prefix="backup.", dir=place.data) as folder:
        about = {**about, "revision": head(), **asdict(wanted)}
        return pack(file, _members(place, Path(folder), wanted), about, told)


def _members(place: Place, folder: Path, wanted: Wanted) -> Iterator[tuple[str, Path]]:
    if place.rows is None:
        dump_postgres(place.url, folder / DUMP)
        yield DUMP, folder / DUMP
    else:
        yield ROWS, _copied(place.rows, folder / ROWS)
    for name in (OUTBOX, ALARMS, JOURNAL):
        if (place.data / name).is_file():
            yield name, _copied(place.data / name, folder / Path(name).name)
    for name, path in ((SETTINGS, place.settings), *([(KEY, place.key)] if wanted.key else [])):
        if path.is_file():
            yield name, path
    for name in (*SMALL, *(SOUND if wanted.sound else ())):
        yield from _files(place.data, name)


def _copied(source: Path, target: Path) -> Path:
    copy_sqlite(source, target)
    return target


def _files(data: Path, name: str) -> Iterator[tuple[str, Path]]:
    root = data / name
    for path in [root] if root.is_file() else sorted(root.rglob("*")):
        if path.is_file() and not path.is_symlink() and path.suffix != ".part":
            yield path.relative_to(data).as_posix(), path


def check(file: Path) -> dict[str, Any]:
    """Read a backup to its end and prove it: every hash, every page, every record."""
    with tempfile.TemporaryDirectory(prefix="yingda-") as folder:
        return _proved(file, Path(folder), lambda name: name.endswith(".db"))


def restore(place: Place, file: Path) -> dict[str, Any]:
    """Make an installation of a backup, where there is none; nothing is placed unproved."""
    for there in (place.data / JOURNAL, place.rows):
        if there is not None and there.exists():
            raise Conflict(f"{there} exists: move the installation in {place.data} away first")
    place.data.mkdir(mode=0o700, parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="restore.", dir=place.data) as held:
        folder = Path(held)
        manifest = _proved(file, folder, lambda name: True)
        _fits(file, place, manifest)
        if place.rows is None:
            load_postgres(place.url, folder / DUMP)
        _placed(place, folder, manifest)
    return manifest


def _proved(file: Path, folder: Path, kept: Any) -> dict[str, Any]:
    manifest = unpack(file, folder, kept)
    for database in sorted(folder.rglob("*.db")):
        check_sqlite(database)
    records, bad = verify(folder / JOURNAL)
    if bad:
        raise Refused(*(Fault(str(file), 0, JOURNAL, line) for line in bad))
    return {**manifest, "records": records}


def _fits(file: Path, place: Place, manifest: dict[str, Any]) -> None:
    if not knows(manifest["revision"]):
        text = f"was made by a newer version ({manifest['version']}); install that one"
        raise Refused(Fault(str(file), 0, "", text))
    wanted, kind = (ROWS, "SQLite") if place.rows else (DUMP, "PostgreSQL")
    if wanted not in manifest["members"]:
        text = f"its rows are not for {kind}; set database.url as it was when it was made"
        raise Refused(Fault(str(file), 0, wanted, text))


def _placed(place: Place, folder: Path, manifest: dict[str, Any]) -> None:
    """Move all into place; the journal last: without it there is no installation."""
    for name in sorted(manifest["members"], key=lambda name: name == JOURNAL):
        if name == DUMP:
            continue
        target = place.data / name
        if name == ROWS and place.rows:
            target = place.rows
        elif name in (SETTINGS, KEY):
            target = _free(place.settings if name == SETTINGS else place.key)
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        shutil.move(folder / name, target)
        target.chmod(0o600)


def _free(file: Path) -> Path:
    return file.with_name(f"{file.name}.restored") if file.exists() else file
