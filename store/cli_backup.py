"""`yingda backup` and `yingda restore`: one file that holds an installation, and back."""

import argparse
import json
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, Protocol

from domain.settings import Settings
from store.backup import Place, Wanted, back_up, check, restore
from store.database import Database


class World(Protocol):
    """What these commands need: the folder of data, the database, where the key lies."""

    @property
    def data(self) -> Path: ...
    @property
    def database(self) -> Database: ...
    @property
    def settings(self) -> Settings: ...


OpenWorld = Callable[[argparse.Namespace], World]


def add_backup(sub: Any, open_world: OpenWorld) -> None:
    """Hang both commands under the command line."""
    text = "把整个安装存进一个文件，运行中也可以 · keep all in one file, also while it runs"
    made = sub.add_parser("backup", help=text, description=text)
    made.add_argument("file", type=Path, help="新文件 · a new file, e.g. yingda.tgz")
    made.add_argument(
        "--without-recordings", action="store_true", help="不含录音 · leave the audio out"
    )
    made.add_argument(
        "--without-key", action="store_true", help="不含录音的密钥，你另外保管 · you keep it apart"
    )
    made.set_defaults(run=lambda args: _backup(open_world(args), args))
    text = "从备份得到一个安装 · make an installation of a backup, where there is none yet"
    back = sub.add_parser("restore", help=text, description=text)
    back.add_argument("file", type=Path, help="备份文件 · the backup")
    back.add_argument("--check", action="store_true", help="只检查 · only prove the file")
    back.set_defaults(run=lambda args: _restore(open_world, args))
    for command in (made, back):
        command.add_argument("--json", action="store_true", help="answer as JSON")


def _backup(world: World, args: argparse.Namespace) -> int:
    now = datetime.now(UTC).isoformat(timespec="seconds")
    about = {"version": _version(), "made_at": now}
    wanted = Wanted(not args.without_recordings, not args.without_key)
    manifest = back_up(_place(world, args), args.file, about, wanted, _bar)
    _clear_bar()
    size, files = args.file.stat().st_size, len(manifest["members"])
    if args.json:
        print(json.dumps({"file": str(args.file), "bytes": size, "files": files}))
        return 0
    print(f"{args.file}: {files} 个文件 · files, {size / 1e6:.1f} MB")
    print("其中有密码和来电号码，请妥善保管 · it holds secrets and callers' numbers: keep it safe")
    return 0


def _restore(open_world: OpenWorld, args: argparse.Namespace) -> int:
    if not args.file.is_file():
        print(f"没有这个文件 · there is no file {args.file}", file=sys.stderr)
        return 1
    manifest = (
        check(args.file) if args.check else restore(_place(open_world(args), args), args.file)
    )
    told = {key: manifest[key] for key in ("version", "made_at", "revision", "records")}
    told["files"] = len(manifest["members"])
    if args.json:
        print(json.dumps(told))
        return 0
    done = "完好 · is whole" if args.check else "已恢复 · restored"
    print(f"{args.file}: {done}")
    print(f"{told['made_at']}, {told['files']} 个文件 · files, {told['records']} 条记录 · records")
    if not args.check:
        print("接着 · next: yingda db upgrade && yingda run")
    return 0


def _place(world: World, args: argparse.Namespace) -> Place:
    return Place(
        world.data, Path(args.settings), world.database.url, world.settings.recordings.key_file
    )


def _version() -> str:
    try:
        return version("yingda")
    except PackageNotFoundError:
        return "checkout"


def _bar(name: str, size: int) -> None:
    if sys.stderr.isatty():
        print(f"\r\x1b[K{name[-60:]}  {size / 1e6:.1f} MB", end="", file=sys.stderr, flush=True)


def _clear_bar() -> None:
    if sys.stderr.isatty():
        print("\r\x1b[K", end="", file=sys.stderr)
