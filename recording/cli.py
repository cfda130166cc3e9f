"""`yingda recording check|export|rekey|forget`: prove, take out and lock anew what is kept."""

import argparse
import asyncio
import hashlib
import json
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Protocol, TypeVar

from sqlalchemy import select

from domain.errors import NotFound, Unavailable, YingdaError
from domain.extensions import extensions
from domain.ports import Storage
from domain.settings import Settings
from recording.finish import FORMATS
from recording.keys import Keys, KeyUnfit, MasterKey, keys_of
from recording.rows import Recording
from recording.seal import Damaged, is_sealed, key_ids, relock, unlocked
from store.database import Database

_TABLE: Any = Recording.__table__
PIECE = 1 << 16
Each = TypeVar("Each")


class World(Protocol):
    """What these commands need of an installation."""

    @property
    def settings(self) -> Settings: ...
    @property
    def database(self) -> Database: ...


OpenWorld = Callable[[argparse.Namespace], World]


@dataclass(frozen=True, slots=True)
class Kept:
    """A file that should be there, and the hash of its sound ("" = none was taken)."""

    call: str
    kind: str
    file: str
    sha256: str


@dataclass(slots=True)
class Seen:
    """What a look at every file found; `wrong` says of each what is amiss."""

    files: int = 0
    locked: int = 0
    old_keys: int = 0
    wrong: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Shelf:
    """Every kept file of an installation, wherever its storage keeps it."""

    settings: Settings
    keys: Keys
    storage: Storage

    def path(self, name: str) -> Path:
        """Give a local file of this name."""
        here = self.keys.recordings / name
        return here if here.is_file() else self.storage.path(name)

    def pieces(self, name: str) -> Iterator[bytes]:
        """Read the sound of a file, locked or not."""
        file = self.path(name)
        if is_sealed(file):
            sealed = unlocked(file, self.keys.ring())
            yield from sealed.pieces(0, sealed.length)
            return
        with file.open("rb") as data:
            while piece := data.read(PIECE):
                yield piece

    def relock(self, name: str, ring: tuple[MasterKey, ...]) -> bool:
        """Lock the key of one file anew; one that lies elsewhere goes back to its storage."""
        file = self.path(name)
        changed = is_sealed(file) and relock(file, ring)
        if changed and not file.is_relative_to(self.keys.recordings):
            self.storage.put(file, name)
        return changed


def shelf_of(settings: Settings) -> Shelf:
    """Open the kept files of an installation."""
    keys = keys_of(settings)
    made = extensions("yingda.storage")[settings.extensions.storage]
    return Shelf(settings, keys, made(keys.recordings))


async def kept(database: Database, call: str = "") -> list[Kept]:
    """List what rows say is kept, of one call or of all."""
    row = _TABLE.c
    query = select(row.call, row.kind, row.file, row.sha256).where(row.state == "kept")
    if call:
        query = query.where(row.call == call)
    async with database.read() as connection:
        return [Kept(*found) for found in await connection.execute(query.order_by(row.at))]


def check(shelf: Shelf, files: Iterable[Kept]) -> Seen:
    """Read every file to its end and compare its sound with its hash."""
    seen, newest = Seen(), shelf.keys.ring()[0].id.hex() if shelf.keys.needed() else ""
    for each in files:
        seen.files += 1
        try:
            digest = hashlib.sha256()
            for piece in shelf.pieces(each.file):
                digest.update(piece)
            if each.sha256 and digest.hexdigest() != each.sha256:
                raise Damaged("不是当时录下的声音 · is not the sound that was recorded")
            _count(shelf.path(each.file), newest, seen)
        except (OSError, YingdaError) as problem:
            seen.wrong.append(f"{each.call} {each.file}: {problem}")
    return seen


def _count(file: Path, newest: str, seen: Seen) -> None:
    if is_sealed(file):
        seen.locked += 1
        seen.old_keys += key_ids(file) != (newest,)


def lock_anew(shelf: Shelf, names: Iterable[str], ring: tuple[MasterKey, ...]) -> Seen:
    """Lock the keys of these files with the newest master key; the sound is not touched."""
    seen = Seen()
    for name in names:
        seen.files += 1
        try:
            seen.locked += shelf.relock(name, ring)
        except NotFound:
            continue  # gone with its time of keeping
        except (OSError, YingdaError) as problem:
            seen.wrong.append(f"{name}: {problem}")
    return seen


def add_commands(sub: Any, open_world: OpenWorld) -> None:
    """Hang `recording` under the command line."""
    parser = sub.add_parser("recording", help="prove, take out and lock anew what is kept")
    inner = parser.add_subparsers(required=True, metavar="check|export|rekey|forget")
    for name, act, text in (
        ("check", _check, "read every recording to its end and compare it with its hash"),
        ("export", _export, "write the sound of one call into a file"),
        ("rekey", _rekey, "make a new master key and lock every recording's own key with it"),
        ("forget", _forget, "drop the old master keys; refused while a recording needs one"),
    ):
        command = inner.add_parser(name, help=text, description=text)
        command.add_argument("--json", action="store_true", help="answer as JSON")
        if name == "export":
            command.add_argument("call", metavar="CALL")
            command.add_argument("--to", required=True, type=Path, metavar="FILE")
            command.add_argument("--kind", choices=("talk", "message"), default="talk")
        command.set_defaults(run=_bound(act, open_world))


def _bound(act: Any, open_world: OpenWorld) -> Callable[[argparse.Namespace], int]:
    async def run(args: argparse.Namespace) -> int:
        world = open_world(args)
        try:
            return int(await act(world, shelf_of(world.settings), args))
        finally:
            await world.database.close()

    return lambda args: asyncio.run(run(args))


async def _check(world: World, shelf: Shelf, args: argparse.Namespace) -> int:
    seen = check(shelf, _shown(await kept(world.database)))
    return _told(
        seen, args, f"{seen.files} 个录音，{seen.locked} 个已加密 · recordings, so many locked"
    )


async def _export(world: World, shelf: Shelf, args: argparse.Namespace) -> int:
    found = [each for each in await kept(world.database, args.call) if each.kind == args.kind]
    if not found:
        raise NotFound(f"there is no recording of call {args.call}")
    part = args.to.with_name(f"{args.to.name}.part")
    size = 0
    try:
        with part.open("wb") as out:
            for piece in shelf.pieces(found[0].file):
                size += out.write(piece)
        part.replace(args.to)
    except OSError as error:
        raise Unavailable(f"{args.to}: {error.strerror}") from error
    finally:
        part.unlink(missing_ok=True)
    said = {"call": args.call, "file": str(args.to), "bytes": size, "sha256": found[0].sha256}
    print(json.dumps(said) if args.json else f"{args.to}: {size} bytes")
    return 0


async def _rekey(world: World, shelf: Shelf, args: argparse.Namespace) -> int:
    names = await _names(world, shelf)
    seen = lock_anew(shelf, _shown(names), shelf.keys.renew())
    text = f"已换新密钥，{seen.locked} 个录音改用它 · a new key locks {seen.locked} recordings;"
    return _told(seen, args, f"{text} {shelf.keys.file}: keep a copy")


async def _forget(world: World, shelf: Shelf, args: argparse.Namespace) -> int:
    seen = lock_anew(shelf, _shown(await _names(world, shelf)), shelf.keys.ring())
    if seen.wrong:
        _told(seen, args, "")
        raise KeyUnfit(
            "还有录音要用旧密钥，未删除 · a recording still needs an old key: none dropped"
        )
    gone = shelf.keys.forget_old()
    return _told(seen, args, f"已删除 {gone} 把旧密钥 · {gone} old keys dropped")


async def _names(world: World, shelf: Shelf) -> list[str]:
    root = shelf.keys.recordings
    here = {str(file.relative_to(root)) for end in FORMATS for file in root.rglob(f"*.{end}")}
    return sorted(here | {each.file for each in await kept(world.database)})


def _told(seen: Seen, args: argparse.Namespace, text: str) -> int:
    for line in seen.wrong:
        print(line, file=sys.stderr)
    if args.json:
        print(json.dumps(asdict(seen), ensure_ascii=False))
    elif text:
        print(text)
    return 1 if seen.wrong else 0


def _shown(files: list[Each]) -> Iterator[Each]:
    for done, each in enumerate(files, 1):
        yield each
        if sys.stderr.isatty() and (done % 50 == 0 or done == len(files)):
            end = "\n" if done == len(files) else ""
            print(f"\r{done}/{len(files)}", end=end, file=sys.stderr, flush=True)
